"""`python -m ferrokeet._runner script.py args...` and `... -m module args...`: runs a program translated.

Everything else is as `python` does it: `sys.argv`, `sys.path[0]`, `__main__`, exit codes, tracebacks.
"""

import builtins
import importlib.util
import os
import runpy
import sys
import types
from importlib.machinery import ModuleSpec
from types import CodeType, TracebackType
from typing import Any, NoReturn

from ferrokeet import _stats
from ferrokeet._errors import FerrokeetError
from ferrokeet._hook import TranslatingLoader, add
from ferrokeet._loader import translated


def run_script(path: str) -> None:
    """Runs a script (or a folder's `__main__.py`), and translates the modules beside it when it imports them."""
    if os.path.isdir(path):
        path = os.path.join(path, "__main__.py")
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        print(f"ferrokeet: can't open file {path!r}: [Errno {error.errno}] {error.strerror}", file=sys.stderr)
        sys.exit(2)
    folder = os.path.dirname(os.path.realpath(path))
    path = os.path.abspath(path)
    put_first(folder)
    install_beside(folder)
    code, names = translated(source, path) or (compile(source, path, "exec", dont_inherit=True), {})
    main = {"__file__": path, "__cached__": None, **names}
    run_as_main(code, main)


def run_module(name: str) -> None:
    """Runs a module, or a package's `__main__`, with its package and the modules of the current folder translated."""
    put_first(os.getcwd())
    add([name.partition(".")[0]])
    install_beside(os.getcwd())
    spec = importlib.util.find_spec(name)
    if spec is not None and spec.submodule_search_locations is not None:
        spec = importlib.util.find_spec(f"{name}.__main__")
        if spec is None:
            leave(f"No module named {name}.__main__; {name!r} is a package and cannot be directly executed")
    if spec is None:
        leave(f"No module named {name}")
    made = translation(spec)
    if made is None:
        runpy.run_module(name, run_name="__main__", alter_sys=True)
        return
    code, names = made
    sys.argv[0] = spec.origin or name
    main = {
        "__file__": spec.origin,
        "__cached__": spec.cached,
        "__loader__": spec.loader,
        "__package__": spec.parent,
        "__spec__": spec,
        **names,
    }
    run_as_main(code, main)


def translation(spec: ModuleSpec) -> tuple[CodeType, dict[str, Any]] | None:
    """The translated code of a module that the hook found, if there is any."""
    loader = spec.loader
    if not isinstance(loader, TranslatingLoader):
        return None
    return translated(loader.get_data(loader.path), loader.path)


def run_as_main(code: CodeType, names: dict[str, Any]) -> None:
    """Runs code as the module `__main__`."""
    main = types.ModuleType("__main__")
    main.__dict__.update(names, __builtins__=builtins)
    sys.modules["__main__"] = main
    exec(code, main.__dict__)


def put_first(folder: str) -> None:
    """Lets the program import from a folder, in the place where `python` itself would put it."""
    if not sys.flags.safe_path:
        sys.path[0] = folder
    elif not os.environ.get("PYTHONSAFEPATH"):  # the command's own -P, not the user's wish
        sys.path.insert(0, folder)


def install_beside(folder: str) -> None:
    """Installs the hook for the modules and packages of a folder."""
    try:
        entries = os.listdir(folder)
    except OSError:
        return
    modules = [entry.removesuffix(".py") for entry in entries if entry.endswith(".py")]
    packages = [entry for entry in entries if os.path.exists(os.path.join(folder, entry, "__init__.py"))]
    add(name for name in modules + packages if name.isidentifier())


def leave(message: str) -> NoReturn:
    """Ends with a message and exit code 1."""
    sys.exit(f"ferrokeet: {message}")


def main() -> None:
    """Runs what the command line names."""
    _stats.arrange()
    target = os.environ.pop("FERROKEET_PROFILE", "")  # not for the program's own children
    if target:
        from ferrokeet import _profile

        _profile.arrange(target)
    outcomes = os.environ.pop("FERROKEET_TUNE", "")
    if outcomes:
        from ferrokeet import _tune

        _tune.arrange(outcomes)
    arguments = sys.argv[1:]
    if arguments[:1] == ["-m"] and len(arguments) > 1:
        sys.argv = arguments[1:]
        run_module(arguments[1])
    elif arguments and not arguments[0].startswith("-"):
        sys.argv = arguments
        run_script(arguments[0])
    else:
        if arguments and arguments != ["-m"]:
            print(f"ferrokeet: unknown option {arguments[0]}", file=sys.stderr)
        print("usage: ferrokeet run (SCRIPT | -m MODULE) [ARGUMENT ...]", file=sys.stderr)
        sys.exit(2)


def own(frames: TracebackType, error: BaseException) -> bool:
    """Whether a frame at the top of a traceback is the runner's, of no interest to the program's author."""
    filename = frames.tb_frame.f_code.co_filename
    mine = filename in (__file__, runpy.__file__) or filename.startswith("<frozen ")
    return mine or (isinstance(error, FerrokeetError) and os.path.dirname(filename) == os.path.dirname(__file__))


if __name__ == "__main__":
    try:
        main()
    except SystemExit:
        raise
    except BaseException as error:  # the program's own
        frames = error.__traceback__
        while frames is not None and own(frames, error):
            frames = frames.tb_next
        error.__traceback__ = frames
        sys.excepthook(type(error), error, frames)
        sys.stderr.flush()
        sys.exit(130 if isinstance(error, KeyboardInterrupt) else 1)

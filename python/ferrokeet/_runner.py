"""`python -m ferrokeet._runner script.py args...` and `... -m module args...`: runs a program translated.

Everything else is as `python` does it: `sys.argv`, `sys.path[0]`, `__main__`, exit codes, tracebacks.
"""

import builtins
import os
import runpy
import sys
import types
from pathlib import Path

from ferrokeet._hook import FINDER, install
from ferrokeet._loader import translated


def run_script(path: str) -> None:
    """Runs a script as `__main__`, and translates the modules that lie beside it when it imports them."""
    sys.path[0] = os.path.dirname(os.path.abspath(path))
    source = Path(path).read_bytes()
    install_beside(sys.path[0])
    made = translated(source, path)
    main = types.ModuleType("__main__")
    main.__file__ = path
    main.__builtins__ = builtins  # type: ignore[attr-defined]
    sys.modules["__main__"] = main
    if made is None:
        code = compile(source, path, "exec", dont_inherit=True)
    else:
        code, names = made
        main.__dict__.update(names)
    exec(code, main.__dict__)


def run_module(name: str) -> None:
    """Runs a module as `__main__`, with its package translated."""
    sys.path[0] = os.getcwd()
    install(name.partition(".")[0])
    install_beside(sys.path[0])
    runpy.run_module(name, run_name="__main__", alter_sys=True)


def install_beside(folder: str) -> None:
    """Installs the hook for the modules and packages of a folder."""
    entries = [entry for entry in Path(folder).iterdir() if entry.suffix == ".py" or (entry / "__init__.py").exists()]
    install(*(entry.stem for entry in entries if entry.stem.isidentifier()))


def main() -> None:
    """Runs what the command line names."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["-m"] and len(arguments) > 1:
        sys.argv = arguments[1:]
        run_module(arguments[1])
    elif arguments:
        sys.argv = arguments
        run_script(arguments[0])
    else:
        sys.exit("usage: python -m ferrokeet._runner (script.py | -m module) [argument ...]")


if __name__ == "__main__":
    import traceback

    try:
        assert FINDER is not None
        main()
    except SystemExit:
        raise
    except BaseException as error:  # the program's own: shown without the runner's frames
        frames = error.__traceback__
        while frames is not None and frames.tb_frame.f_code.co_filename != sys.argv[0]:
            frames = frames.tb_next
        if frames is None:
            raise
        error.__traceback__ = frames
        if isinstance(error, KeyboardInterrupt):
            traceback.print_exception(error)
            sys.stderr.flush()
            sys.exit(130)
        sys.excepthook(type(error), error, frames)
        sys.exit(1)

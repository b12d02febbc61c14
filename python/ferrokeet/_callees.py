"""Whether a function of another module is still the one that a kernel has inlined.

Names, files and rows do not tell: the module may have been imported before its file was edited. So the lines that the
translator read are compiled, and the result must be the function's own code.
"""

import __future__

from types import CodeType

SOURCES: dict[str, list[str]] = {}
FUTURE = 0
for feature in __future__.all_feature_names:
    FUTURE |= getattr(__future__, feature).compiler_flag


def remember(filename: str, source: bytes) -> None:
    """Notes the source of a file whose loops call kernels: the code of its functions is not what the source compiles to."""
    SOURCES[filename] = source.decode(errors="replace").splitlines()


def is_defined_by(function: object, source: str, imported: list[str]) -> bool:
    """Whether a function has the code that these lines define, whatever their place in the file.

    `imported` are names that the file imports: CPython compiles `name.method()` in another way for them.
    """
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return False
    lines = source.splitlines()
    known = SOURCES.get(code.co_filename)
    if known is not None:
        start = code.co_firstlineno - 1
        return known[start : start + len(lines)] == lines
    if source[:1].isspace():  # inside an `if` or a `try` of the module
        source = f"if 1:\n{source}"
    source += "".join(f"\nimport {name}" for name in imported)
    try:
        made = compile(source, code.co_filename, "exec", flags=code.co_flags & FUTURE, dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return any(same(code, candidate) for candidate in inside(made))


def inside(code: CodeType) -> list[CodeType]:
    """The code objects directly inside another."""
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def same(left: object, right: object) -> bool:
    """Whether two code objects, or two of their constants, do the same; rows and files do not matter."""
    if type(left) is not type(right):
        return False
    if isinstance(left, CodeType) and isinstance(right, CodeType):
        return (
            left.co_name == right.co_name
            and left.co_code == right.co_code
            and left.co_names == right.co_names
            and left.co_varnames == right.co_varnames
            and left.co_freevars == right.co_freevars
            and left.co_argcount == right.co_argcount
            and left.co_posonlyargcount == right.co_posonlyargcount
            and left.co_kwonlyargcount == right.co_kwonlyargcount
            and left.co_flags == right.co_flags
            and same(left.co_consts, right.co_consts)
        )
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(same, left, right))
    return repr(left) == repr(right)

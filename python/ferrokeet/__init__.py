"""Ferrokeet turns comment pragmas on ordinary Python loops into native parallel code.

* `install("mypackage")` before `import mypackage` translates the package's modules as they are imported.
* `@jit` translates one function.
* `%load_ext ferrokeet` gives a notebook the cell magic `%%ferrokeet`.
* `stats()` tells how every kernel ran so far, and why.

With `FERROKEET_DISABLE=1` in the environment all of this does nothing, and the program runs as Python.
"""

from ferrokeet._errors import FerrokeetError, FerrokeetWarning
from ferrokeet._hook import install, uninstall
from ferrokeet._jit import jit
from ferrokeet._kernels import load
from ferrokeet._notebook import load_ipython_extension
from ferrokeet._stats import stats

__all__ = [
    "FerrokeetError",
    "FerrokeetWarning",
    "install",
    "jit",
    "load",
    "load_ipython_extension",
    "stats",
    "uninstall",
]
__version__ = "0.1.0"

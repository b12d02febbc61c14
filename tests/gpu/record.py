"""Calls every program once, for `ferrokeet record` to see their signatures. Lies beside them."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from programs_of import calls, module

for name, function, make in calls():
    getattr(module("asking", name), function)(*make(0))

"""What `ferrokeet report --run` wants to know beside the times: what kernels were given, and how long CPython takes instead.

Some calls (the 1st, 2nd, 4th, 8th …) run twice: as a kernel, then, with the arrays as they were before, as the loop that
stands in the source, and the program goes on with what that has computed. A loop that takes too long is cut off; then the
program goes on with what the kernel has computed, and all that is known is that CPython takes longer.

How often a loop with `while` or `break` runs, only a run can tell: one call of each size runs a third time, in CPython and with the names of
the program copied, and counts.
"""

import ast
import copy
import math
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from types import CodeType
from typing import Any

from ferrokeet import _kernels, _loader, _progress, _trial

OBSERVED: list["Observed"] = []
# Loops that count their turns, by the numbers with which their frames name them: as they are, and in an order of which every
# beginning is spread over the whole.
COUNTING: list[tuple[CodeType, CodeType]] = []
TURNS, SPREAD = "_ferrokeet_turns", "_ferrokeet_spread"
# Different arguments of a kernel that are kept apart; those of further calls are taken to be alike.
MOST_GIVEN = 1000


class CutOff(BaseException):
    """Ends a loop that takes too long in CPython; no `except` of a program stands between here and there."""


class Loop:
    """A loop that runs in CPython now."""

    def __init__(self, owner: "Observed", key: tuple[Any, ...], before: list[Any], native: float = 0.0):
        self.owner = owner
        self.signature = owner.given[key][0]
        self.key = key
        self.before = before
        self.native = native
        self.result: Any = None
        self.written: _trial.Written | None = None
        self.after: list[Any] = []
        self.cut = False
        self.start = time.perf_counter()


class Observed:
    """Stands for the kernel of a region."""

    def __init__(self, kernel: Any, region: dict[str, Any], budget: float):
        self.kernel = kernel
        self.region = region
        self.budget = budget
        self.number = 0
        # By what a call was given: the signature, and how many such calls there were.
        self.given: dict[tuple[Any, ...], tuple[str, int]] = {}
        self.compared: dict[str, dict[str, float]] = {}
        # By what a call was given: how often the loops of each row began an iteration, and whether that was cut off.
        self.turns: dict[tuple[Any, ...], tuple[dict[int, int], bool]] = {}
        self.loop: Loop | None = None
        # Seconds that a program spends here only because it is observed.
        self.spent = 0.0
        OBSERVED.append(self)

    def __call__(self, *roots: Any) -> Any:
        if ARMED:  # a loop that runs in CPython does so with all that it calls
            return None
        self.number += 1
        try:
            key = self.key(roots)
        except Exception:  # the kernel will find out, too
            return self.kernel(*roots)
        wanted = self.budget > 0 and _trial.is_sampled(self.number) and _trial.alone() and can_cut_off()
        if not wanted:
            return self.counted(key, roots)
        start = time.perf_counter()
        written = _trial.Written(self.region, roots)
        if not written.is_small():
            return self.counted(key, roots)
        before = written.state()
        self.spent += time.perf_counter() - start
        seconds = self.seconds()
        result = self.counted(key, roots)
        native = self.seconds() - seconds
        if result is None or key not in self.given:
            return result
        start = time.perf_counter()
        loop = Loop(self, key, before, native)
        loop.result, loop.written, loop.after = result, written, written.state()
        written.restore(before)
        self.spent += time.perf_counter() - start
        self.loop = loop
        _progress.show(f"{self.kernel.name}: running as Python, for comparison")
        loop.start = time.perf_counter()
        arm(self, self.budget)
        return None

    def key(self, roots: tuple[Any, ...]) -> tuple[Any, ...]:
        """What tells one call's work from another's: the shapes and types of its arrays, its numbers."""
        key: list[Any] = []
        for value in _trial.inputs(self.region, roots):
            shape = getattr(value, "shape", None)
            if _trial.is_array(value):
                kind = getattr(value, "dtype", None) or getattr(value, "format", None) or getattr(value, "typecode", "")
                key.append((tuple(shape) if shape is not None else (len(value),), str(kind)))
            elif _trial.is_list(value):
                key.append(((len(value),), "list"))
            else:
                key.append(int(value) if isinstance(value, int) and not isinstance(value, bool) else type(value))
        return tuple(key)

    def counted(self, key: tuple[Any, ...], roots: tuple[Any, ...]) -> Any:
        """Calls the kernel."""
        known = self.given.get(key)
        if known is not None or len(self.given) >= MOST_GIVEN:
            result = self.kernel(*roots)
            if known is not None and result is not None:
                self.given[key] = (known[0], known[1] + 1)
            return result
        before = _trial.launches(self.kernel)
        result = self.kernel(*roots)
        launch = _trial.launched(self.kernel, before)
        if launch is not None and result is not None:
            self.given[key] = (launch[0], 1)
        return result

    @property
    def cut_off(self) -> type[CutOff] | tuple[()]:
        """What this kernel's frame catches: nothing where the loop that was cut off is one around it."""
        return CutOff if self.loop is not None or (LAST and LAST[0].owner is self) else ()

    def seconds(self) -> float:
        """Of all launches so far."""
        total: float = sum(times["seconds"] for times in self.kernel.times().values())
        return total

    def count(self, number: int) -> None:
        """Counts the turns of the loop that is about to run in CPython, unless those of a call of the same sizes are known."""
        loop = self.loop
        if loop is None or loop.written is None or loop.key in self.turns:
            return
        disarm()
        frame = sys._getframe(1)
        names = {**frame.f_globals, **frame.f_locals, SPREAD: spread}
        for code in COUNTING[number]:
            turns = self.turns_of(code, names, loop, loop.written)
            if turns is None:  # it needs what only the program's own frame has
                break
            # Of a part in another order, what it says of the whole is an estimate.
            self.turns[loop.key] = (turns, loop.key in self.turns or loop.cut)
            if not loop.cut:
                break
        loop.cut = False
        loop.start = time.perf_counter()
        arm(self, self.budget)

    def turns_of(
        self, code: CodeType, names: dict[str, Any], loop: Loop, written: _trial.Written
    ) -> dict[int, int] | None:
        """Runs a loop that counts for a third of the time that is left. What it assigns goes, and the arrays are put back."""
        space = {**names, TURNS: defaultdict(int)}
        start = time.perf_counter()
        loop.cut = False
        turns: dict[int, int] | None = space[TURNS]
        try:
            try:
                arm(self, self.budget / 3)
                exec(code, space)
            finally:
                disarm()
        except CutOff:
            pass
        except Exception:
            turns = None
        written.restore(loop.before)
        seconds = time.perf_counter() - start
        self.spent += seconds
        self.budget -= seconds
        return turns

    def end(self) -> None:
        """The loop in CPython has ended, or is cut off; one that only runs inside of another has nothing to tell."""
        if self.loop is not None:
            disarm()
            self.note()

    def resume(self) -> Any:
        """The loop was cut off: what the kernel has computed takes its place."""
        disarm()
        if self.loop is not None:  # the alarm rang between the loop and `end`
            self.note()
        loop = LAST.pop()
        assert loop.written is not None
        loop.written.restore(loop.after)
        return loop.result

    def note(self) -> None:
        """Keeps how long it took."""
        loop, self.loop = self.loop, None
        assert loop is not None
        LAST[:] = [loop] if loop.cut else []
        seconds = time.perf_counter() - loop.start
        self.spent += seconds
        self.budget -= seconds
        found = self.compared.setdefault(loop.signature or "", {"calls": 0, "native": 0.0, "python": 0.0, "cut": 0})
        found["calls"] += 1
        found["native"] += loop.native
        found["python"] += seconds
        found["cut"] += loop.cut
        _progress.clear()

    def entry(self, signature: str) -> dict[str, Any]:
        """What there is to tell of a signature."""
        names = [described["name"] for described in self.region["inputs"]]
        calls = []
        for key, (known, launches) in self.given.items():
            if known == signature:
                pairs = zip(names, key, strict=True)
                sizes = {name: list(one[0]) if isinstance(one, tuple) else one for name, one in pairs}
                plain = {name: size for name, size in sizes.items() if isinstance(size, list | int)}
                call: dict[str, Any] = {"given": plain, "launches": launches}
                if key in self.turns:
                    call["turns"], call["cut"] = self.turns[key]
                calls.append(call)
        return {"calls": calls, "compared": self.compared.get(signature)}


ARMED: list[Observed] = []
# The loop that was cut off, until its kernel's result has taken its place.
LAST: list[Loop] = []


def can_cut_off() -> bool:
    """Whether nobody else uses the alarm that ends a loop, and none is running now."""
    return not ARMED and hasattr(signal, "SIGALRM") and signal.getsignal(signal.SIGALRM) in (signal.SIG_DFL, ring)


def ring(*_: object) -> None:
    """The alarm."""
    if ARMED:
        loop = ARMED.pop().loop
        if loop is not None:
            loop.cut = True
        raise CutOff


def arm(observed: Observed, seconds: float) -> None:
    """Has the loop that runs next end after some time."""
    signal.signal(signal.SIGALRM, ring)
    ARMED.append(observed)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.01))


def disarm() -> None:
    """The loop has ended."""
    if ARMED:
        ARMED.clear()
        signal.setitimer(signal.ITIMER_REAL, 0)


FRAME = """
try:
    try:
        pass
    finally:
        KERNEL.end()
except KERNEL.cut_off:
    RESULT = KERNEL.resume()
"""


class Instrument(ast.NodeTransformer):
    """Puts a frame around each original loop, which tells its kernel when it ends and can be cut off."""

    def __init__(self, kernels: str, tree: ast.Module):
        self.kernels = kernels
        plain = [one for one in tree.body if isinstance(one, ast.FunctionDef) and not one.decorator_list]
        self.functions = {one.name: copy.deepcopy(one) for one in plain}

    def visit_If(self, node: ast.If) -> ast.If:
        self.generic_visit(node)
        test = node.test
        if not (isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is)):
            return node
        call = test.left.value if isinstance(test.left, ast.NamedExpr) else test.left
        result = test.left.target.id if isinstance(test.left, ast.NamedExpr) else "_"
        kernel = call.func if isinstance(call, ast.Call) else None
        named = isinstance(kernel, ast.Attribute) and isinstance(kernel.value, ast.Name)
        if not (named and isinstance(kernel, ast.Attribute) and ast.unparse(kernel.value) == self.kernels):
            return node
        text = FRAME.replace("KERNEL", ast.unparse(kernel)).replace("RESULT = ", f"{result} = " if node.orelse else "")
        (frame,) = ast.parse(text).body
        assert isinstance(frame, ast.Try)
        assert isinstance(frame.body[0], ast.Try)
        counting = counts(node.body, self.functions)
        begin = [] if counting is None else ast.parse(f"{ast.unparse(kernel)}.count({counting})").body
        for made in (*ast.walk(frame), *begin, *(inner for one in begin for inner in ast.walk(one))):
            ast.copy_location(made, node)
        frame.body[0].body = [*begin, *node.body]
        frame.handlers[0].body += node.orelse
        node.body = [frame]
        return node


class Counter(ast.NodeTransformer):
    """Has loops count their turns by their rows."""

    def visit_For(self, node: ast.For) -> ast.For:
        self.count(node)
        return node

    def visit_While(self, node: ast.While) -> ast.While:
        self.count(node)
        return node

    def count(self, node: ast.For | ast.While) -> None:
        """Has the body begin by counting."""
        self.generic_visit(node)
        node.body[:0] = ast.parse(f"{TURNS}[{node.lineno}] += 1").body


def counts(body: list[ast.stmt], functions: dict[str, ast.FunctionDef]) -> int | None:
    """The number of the code that counts the turns of loops and of functions of the module that they call, where these cannot be
    told from the sizes.
    """
    called: dict[str, ast.stmt] = {}
    ahead: list[ast.stmt] = list(body)
    while ahead:
        for one in ast.walk(ahead.pop()):
            if isinstance(one, ast.Name) and one.id in functions and one.id not in called:
                called[one.id] = functions[one.id]
                ahead.append(functions[one.id])
    statements = [*called.values(), *body]
    if not any(isinstance(one, ast.While | ast.Break) for statement in statements for one in ast.walk(statement)):
        return None
    module = Counter().visit(ast.Module(copy.deepcopy(statements), []))
    try:
        plain = compile(ast.fix_missing_locations(module), "<turns>", "exec")
        for one in module.body:
            if isinstance(one, ast.For):
                one.iter = ast.Call(ast.Name(SPREAD, ast.Load()), [one.iter], [])
        COUNTING.append((plain, compile(ast.fix_missing_locations(module), "<turns>", "exec")))
    except SyntaxError:  # `return` out of the loop
        return None
    return len(COUNTING) - 1


def spread(items: Iterable[Any]) -> Iterator[Any]:
    """The items in an order of which every beginning is spread over the whole: by steps of the golden section."""
    values = items if isinstance(items, range) else list(items)
    step = max(1, round(0.618034 * len(values)))
    while math.gcd(step, len(values)) > 1:
        step += 1
    return (values[number * step % len(values)] for number in range(len(values)))


def arrange(budget: float) -> None:
    """Has all kernels observed from now on, and so many seconds of each compared with CPython."""
    _kernels.STANDS_FOR.append(lambda kernel, region, _: Observed(kernel, region, budget))
    _loader.FINISH.append(lambda tree, kernels: ast.fix_missing_locations(Instrument(kernels, tree).visit(tree)))


def entry(described: dict[str, Any]) -> dict[str, Any]:
    """What there is to tell of an entry of `ferrokeet.stats()`."""
    for one in OBSERVED:
        if (one.kernel.filename, one.kernel.name) == (described["filename"], described["name"]):
            return one.entry(described["signature"])
    return {}


def spent() -> float:
    """Seconds that the program has spent on being observed."""
    return sum(one.spent for one in OBSERVED)

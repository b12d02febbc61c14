"""`ferrokeet tune`: the calls of a program run in every variant of their kernels, with the arrays put back in between.

The program goes on with what the usual kernel has computed. A variant whose result has other bits is out: how a program is
tuned must not show in its answers.
"""

import atexit
import json
import os
import time
from typing import Any

from ferrokeet import _kernels, _progress, _stats, _trial
from ferrokeet._translator import TranslatorError, variants

# A variant has to be faster by this much to be taken, and is given up when it is slower than the best by that much.
WORTH = 0.97
HOPELESS = 1.5
TUNERS: list["Tuner"] = []


class Given:
    """Answers a kernel's question for its library with one that is there."""

    def __init__(self, answer: dict[str, Any]):
        self.answer = answer

    def __call__(self, kernel: Any, signature: str) -> dict[str, Any]:
        return self.answer

    def unusual(self, kernel: Any, signature: str) -> dict[str, Any]:
        """Launches that the usual kernel leaves are not measured."""
        return {"reason": "it is a variant"}

    def declined(self, kernel: Any, reason: str) -> None:
        """A variant that cannot run is out."""

    @staticmethod
    def is_callee(function: object, source: str, imported: list[str]) -> bool:
        """As of the usual kernel."""
        return _kernels.Resolver.is_callee(function, source, imported)


class Variant:
    """One way to run a region, and the times of the measured calls."""

    def __init__(self, region: dict[str, Any], answer: dict[str, Any]):
        from ferrokeet_runtime import Kernel

        self.kernel = Kernel(region, Given(answer))
        self.tuning: str = answer["tuning"]
        self.words: str = answer["words"]
        self.subject: str = answer["subject"]
        self.seconds: list[float] = []

    def total(self) -> float:
        """Of all measured calls."""
        return sum(self.seconds)


class Trials:
    """The variants of one signature of a region."""

    def __init__(self, tuner: "Tuner", signature: str, budget: float):
        self.tuner = tuner
        self.signature = signature
        self.budget = budget
        self.spent = 0.0
        self.calls = 0
        self.key = ""
        self.reason: str | None = None
        self.usual: Variant | None = None
        self.alive: list[Variant] = []
        self.tried = 0
        _progress.show(f"{tuner.kernel.name}: compiling variants")
        found = self.ask([])
        if found:
            self.usual, self.alive = found[0], found[1:]
        self.tried = len(self.alive)
        if self.reason is None and not self.alive:
            self.reason = "there is nothing to choose"

    def ask(self, combine: list[str]) -> list[Variant]:
        """The usual kernel and its variants, or it and the one that has all of these choices."""
        resolver = self.tuner.resolver
        if resolver.source is None:
            self.reason = "the source is not there"
            return []
        kernel = self.tuner.kernel
        try:
            answer = variants(resolver.source, kernel.filename, kernel.name, self.signature, combine)
        except TranslatorError as error:
            answer = {"reason": str(error)}
        if "reason" in answer:
            self.reason = answer["reason"]
            return []
        self.key = answer["key"]
        return [Variant(self.tuner.region, one) for one in answer["variants"]]

    def wants_more(self) -> bool:
        """Whether another call is to be measured."""
        return bool(self.alive) and self.spent < self.budget

    def measure(self, call: "Call") -> None:
        """Measures all variants that are left on one call."""
        assert self.usual is not None
        self.calls += 1
        share = self.budget - self.spent if self.calls > 1 else 0.6 * self.budget
        self.rounds(call, [self.usual, *self.alive], share)
        if self.calls == 1:
            self.combine(call)
        self.keep()

    def rounds(self, call: "Call", measured: list[Variant], seconds: float) -> None:
        """The shortest time of each, measured in turns until the time is up."""
        shortest: dict[int, float] = {}
        until = time.perf_counter() + seconds
        for number in range(20):
            if number > 1 and time.perf_counter() > until:
                break
            for variant in list(measured):
                _progress.show(f"{self.tuner.kernel.name}: measuring {variant.words or 'as it is'}")
                taken = call.run(variant, check=number == 0)
                self.spent += taken or 0.0
                if taken is None:  # it does not run, or gives other bits
                    measured.remove(variant)
                    self.alive = [one for one in self.alive if one is not variant]
                    continue
                shortest[id(variant)] = min(taken, shortest.get(id(variant), taken))
            best = min(shortest.values(), default=0.0)
            measured[:] = [one for one in measured if shortest[id(one)] <= HOPELESS * best or one is self.usual]
        for one in [self.usual, *self.alive]:
            if one is not None and id(one) in shortest:
                one.seconds.append(shortest[id(one)])

    def combine(self, call: "Call") -> None:
        """Puts the best choices of different subjects together, and measures what comes of it."""
        assert self.usual is not None
        usual = self.usual.total()
        better = [one for one in self.alive if one.seconds and one.total() < WORTH * usual]
        chosen: dict[str, Variant] = {}
        for one in sorted(better, key=Variant.total):
            chosen.setdefault(one.subject, one)
        together = [one.tuning for one in chosen.values()]
        for count in range(2, len(together) + 1):
            made = self.ask(together[:count])[1:]
            self.alive += made
            self.tried += len(made)
            self.rounds(call, list(made), 0.15 * self.budget)

    def keep(self) -> None:
        """Only those that have a chance, and have been measured on every call."""
        complete = [one for one in self.alive if len(one.seconds) == self.calls]
        best = min((one.total() for one in complete), default=0.0)
        self.alive = sorted((one for one in complete if one.total() <= HOPELESS * best), key=Variant.total)[:4]

    def outcome(self) -> dict[str, Any]:
        """What was found out."""
        kernel = self.tuner.kernel
        usual = self.usual.total() if self.usual else 0.0
        best: Variant | None = self.usual
        for variant in self.alive:
            if variant.total() < WORTH * usual and best is not None and variant.total() < best.total():
                best = variant
        if self.reason is None and not self.calls:
            self.reason = "no call could be measured"
        return {
            "key": self.key,
            "filename": kernel.filename,
            "row": kernel.row,
            "name": kernel.name,
            "signature": self.signature,
            "variants": self.tried,
            "calls": self.calls,
            "usual": usual,
            "best": best.total() if best else 0.0,
            "tuning": best.tuning if best else "",
            "words": best.words if best else "",
            "reason": self.reason,
        }


class Call:
    """One call of a region, which can be repeated."""

    def __init__(self, region: dict[str, Any], roots: tuple[Any, ...]):
        self.roots = roots
        self.written = _trial.Written(region, roots)
        self.before = self.written.state() if self.written.is_small() else None
        self.after: list[Any] = []
        self.result: Any = None

    def done(self, result: Any) -> None:
        """The usual kernel has run."""
        self.result = result
        self.after = self.written.state()

    def run(self, variant: Variant, check: bool) -> float | None:
        """Seconds of a variant; None: it does not run, or gives other bits."""
        assert self.before is not None
        self.written.restore(self.before)
        try:
            start = time.perf_counter()
            result = variant.kernel(*self.roots)
            seconds = time.perf_counter() - start
        except Exception:  # the usual kernel raises none
            return None
        if result is None:
            return None
        if check and not (_trial.same(result, self.result) and _trial.same(self.written.arrays, self.after)):
            return None
        return seconds

    def end(self) -> None:
        """Leaves the arrays as the usual kernel did."""
        self.written.restore(self.after)


class Tuner:
    """Stands for the kernel of a region."""

    def __init__(self, kernel: Any, region: dict[str, Any], resolver: Any, budget: float):
        self.kernel = kernel
        self.region = region
        self.resolver = resolver
        self.budget = budget
        self.number = 0
        self.trials: dict[str, Trials] = {}
        TUNERS.append(self)

    def __call__(self, *roots: Any) -> Any:
        self.number += 1
        wanted = not self.trials or any(one.wants_more() for one in self.trials.values())
        known = self.number > 1 and not (wanted and _trial.is_sampled(self.number))
        if known or not _trial.alone():
            return self.kernel(*roots)
        try:
            call = Call(self.region, roots)
        except Exception:  # the kernel will find out, too
            return self.kernel(*roots)
        before = _trial.launches(self.kernel)
        result = self.kernel(*roots)
        launch = _trial.launched(self.kernel, before)
        if result is None or launch is None or launch[1] != "fast" or call.before is None:
            return result
        call.done(result)
        trials = self.trials.get(launch[0])
        if trials is None:
            trials = self.trials[launch[0]] = Trials(self, launch[0], self.budget)
        if trials.wants_more():
            try:
                trials.measure(call)
            finally:
                call.end()
                _progress.clear()
        return result


def arrange(target: str) -> None:
    """Has all kernels measured from now on, and the outcomes written to a file at exit."""
    budget = float(os.environ.pop("FERROKEET_TUNE_SECONDS", "5"))
    os.environ["FERROKEET_TUNED"] = "0"  # what is usual does not depend on an earlier tuning
    _kernels.STANDS_FOR.append(lambda kernel, region, resolver: Tuner(kernel, region, resolver, budget))
    atexit.register(end, target, os.getpid())


def end(target: str, process: int) -> None:
    """Tells the outcomes, for the process that was started."""
    if os.getpid() == process:
        _progress.clear()
        outcomes = [trials.outcome() for tuner in TUNERS for trials in tuner.trials.values()]
        _stats.replace(target, json.dumps(outcomes))

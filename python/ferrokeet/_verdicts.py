"""What a notebook shows below a cell: the verdict on every loop, how its kernel ran, and how long."""

from html import escape
from typing import Any

import ferrokeet_runtime

from ferrokeet._profile import duration, profile
from ferrokeet._translator import TranslatorError, verdicts

# Readable on light and on dark pages.
COLOURS = {
    "proven": "#2e9e5b",
    "assumed": "#2e9e5b",
    "guarded": "#3b82d6",
    "sequential": "#8a8a8a",
    "unproven": "#d08a1d",
    "refuted": "#d9534f",
    "error": "#d9534f",
    "warning": "#d08a1d",
}
CELL = "padding:2px 10px;text-align:left;vertical-align:top;"
WAYS = ("fast", "careful", "gpu", "python")


class Verdicts:
    """The loops of one cell, from its translation until it has run."""

    def __init__(self, source: str, filename: str, number: int):
        self.filename = filename
        self.number = number
        self.seconds = 0.0
        self.kernels: list[dict[str, Any]] = []
        try:
            found = verdicts(source.encode(), filename)
        except TranslatorError as error:
            found = {"regions": [], "diagnostics": []}
            self.failure: str | None = str(error)
        else:
            self.failure = None
        self.loops: list[dict[str, Any]] = found["regions"]
        self.messages = [one for one in found["diagnostics"] if one["severity"] != "note"]
        self.before = self.counts()
        ferrokeet_runtime.profile(True)

    @staticmethod
    def counts() -> dict[tuple[str, str, str], dict[str, Any]]:
        """Every kernel as it is now."""
        return {(one["filename"], one["name"], one["signature"]): one for one in profile()}

    def end(self, seconds: float) -> None:
        """The cell has run."""
        ferrokeet_runtime.profile(False)
        self.seconds = seconds
        for key, now in self.counts().items():
            old = self.before.get(key, {})
            new = {name: now[name] - old.get(name, 0) for name in (*WAYS, "seconds")}
            if any(new[way] for way in WAYS):
                self.kernels.append({**now, **new})

    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.loops or self.messages or self.kernels or self.failure)

    def rows(self) -> list[tuple[str, str, str, str, str]]:
        """Place, what it is, verdict, how it ran, and why; for every loop of the cell, then for kernels from elsewhere."""
        rows = []
        for one in self.loops:
            own = [kernel for kernel in self.kernels if self.is_at(kernel, one["row"])]
            why = [
                *one["reasons"],
                *(f"if {guard['text']}" for guard in one["guards"] if guard["kind"] == "dependence"),
            ]
            why += [reason for kernel in own for reason in kernel["reasons"] if reason not in why]
            rows.append((f"line {one['row']}", one["directive"], one["verdict"], ran(own), "; ".join(why)))
        at = {one["row"] for one in self.loops}
        for kernel in self.kernels:
            if kernel["filename"] == self.filename and kernel["row"] in at:
                continue
            rows.append((kernel["name"], "", "", ran([kernel]), "; ".join(kernel["reasons"])))
        return rows

    def is_at(self, kernel: dict[str, Any], row: int) -> bool:
        """Whether a kernel is that of the statement in a row of the cell."""
        return bool(kernel["filename"] == self.filename and kernel["row"] == row)

    def told(self) -> list[tuple[str, str, str]]:
        """Place, severity with code, and text of every message; without those that only repeat a verdict."""
        loops = {one["row"] for one in self.loops if one["verdict"] in ("refuted", "unproven")}
        rows = []
        for one in self.messages:
            near = {one["location"]["row"], one["location"]["row"] + 1}
            if not (one["code"] in ("FK201", "FK202") and near & loops):
                rows.append((f"line {one['location']['row']}", f"{one['severity']}[{one['code']}]", one["message"]))
        return rows

    def __repr__(self) -> str:
        lines = [f"{place}: {kind}: {message}" for place, kind, message in self.told()]
        for place, directive, verdict, how, why in self.rows():
            parts = [part for part in (directive, verdict, how, why) if part]
            lines.append(f"{place}: " + ": ".join(parts))
        lines += [self.failure] if self.failure else []
        return "\n".join([*lines, f"the cell took {duration(self.seconds)}"])

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><td style="{CELL}">{escape(place)}</td><td style="{CELL}">{coloured(kind)}</td>'
            f'<td style="{CELL}" colspan="3">{escape(message)}</td></tr>'
            for place, kind, message in self.told()
        )
        rows += "".join(
            f'<tr><td style="{CELL}">{escape(place)}</td><td style="{CELL}">{coloured(verdict)}</td>'
            f'<td style="{CELL}"><code>{escape(directive)}</code></td><td style="{CELL}">{escape(how)}</td>'
            f'<td style="{CELL}">{escape(why)}</td></tr>'
            for place, directive, verdict, how, why in self.rows()
        )
        failure = f"<div>{escape(self.failure)}</div>" if self.failure else ""
        return (
            f'<div class="ferrokeet" role="group" aria-label="Verdicts of cell {self.number}">'
            f'<table style="border-collapse:collapse;font-size:90%">{rows}</table>{failure}'
            f'<div style="font-size:85%;opacity:0.75">the cell took {escape(duration(self.seconds))}</div></div>'
        )


def coloured(word: str) -> str:
    """A verdict or a severity as a badge."""
    colour = COLOURS.get(word.partition("[")[0])
    if colour is None:
        return escape(word)
    style = f"border:1px solid {colour};border-radius:4px;padding:0 5px;color:{colour};white-space:nowrap"
    return f'<span style="{style}">{escape(word)}</span>'


def ran(kernels: list[dict[str, Any]]) -> str:
    """How kernels ran, and for how long."""
    counts = {way: sum(kernel[way] for kernel in kernels) for way in WAYS}
    calls = ", ".join(f"{count} {way}" for way, count in counts.items() if count)
    seconds = sum(kernel["seconds"] for kernel in kernels)
    return f"{calls}, {duration(seconds)}" if calls and seconds else calls

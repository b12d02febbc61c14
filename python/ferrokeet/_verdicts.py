"""What a notebook shows below a cell: the verdict on every loop, how its kernel ran, and how long."""

from html import escape
from typing import Any

import ferrokeet_runtime

from ferrokeet._profile import duration, profile
from ferrokeet._translator import TranslatorError, verdicts

# Where a host tells whether its page is dark, that counts; else what the user prefers. Where it takes styles away, all is plain text.
LIGHT = {"good": "#12703d", "fair": "#1f5fb0", "plain": "#59636f", "doubt": "#8f5200", "bad": "#b3321f"}
DARK = {"good": "#63d68f", "fair": "#82b6ff", "plain": "#9da7b3", "doubt": "#f0b865", "bad": "#ff9685"}
STYLE = """
.ferrokeet table { border-collapse: collapse; margin: 0.2em 0 0.4em; font-size: 0.93em; border: 0; }
.ferrokeet th, .ferrokeet td { text-align: left !important; vertical-align: top; padding: 0.25em 1em 0.25em 0; border: 0; max-width: 70ch;
  white-space: normal; }
.ferrokeet tr { background: none !important; }
.ferrokeet thead th { font-weight: 600; opacity: 0.7; padding-bottom: 0.1em; }
.ferrokeet tbody tr + tr > * { border-top: 1px solid color-mix(in srgb, currentcolor 14%, transparent); }
.ferrokeet td:first-child, .ferrokeet .fk-ran { white-space: nowrap; font-variant-numeric: tabular-nums; }
.ferrokeet code { background: none; padding: 0; }
.ferrokeet .fk-word { border-radius: 1em; padding: 0.1em 0.7em; white-space: nowrap; font-weight: 600;
  background: color-mix(in srgb, currentcolor 13%, transparent); }
.ferrokeet .fk-end { opacity: 0.75; font-size: 0.9em; }
"""
MEANING = {
    "proven": "good",
    "assumed": "good",
    "guarded": "fair",
    "sequential": "plain",
    "unproven": "doubt",
    "refuted": "bad",
    "error": "bad",
    "warning": "doubt",
}
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
            why = list(one["reasons"])
            more = [f"if {guard['text']}" for guard in one["guards"] if guard["kind"] == "dependence"]
            more += [reason for kernel in own for reason in kernel["reasons"]]
            why += [text for text in more if not any(known in text or text in known for known in why)]
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
        told = "".join(
            f'<tr><td>{escape(place)}</td><td>{badge(kind)}</td><td colspan="3">{sentence(message)}</td></tr>'
            for place, kind, message in self.told()
        )
        loops = "".join(
            f"<tr><td>{escape(place)}</td><td>{badge(verdict)}</td><td><code>{escape(directive)}</code></td>"
            f'<td class="fk-ran">{escape(how)}</td><td>{sentence(why)}</td></tr>'
            for place, directive, verdict, how, why in self.rows()
        )
        head = "".join(
            f'<th scope="col">{name}</th>' for name in ("", "verdict", "loop", "ran", "why" if loops else "")
        )
        table = f"<table><thead>{head}</thead><tbody>{told}{loops}</tbody></table>" if told or loops else ""
        failure = f"<div>{escape(self.failure)}</div>" if self.failure else ""
        return (
            f'<div class="ferrokeet" role="group" aria-label="Verdicts of cell {self.number}"><style>{style()}</style>'
            f'{table}{failure}<div class="fk-end">the cell took {escape(duration(self.seconds))}</div></div>'
        )


def style() -> str:
    """The rules for one report."""

    def colours(before: str, values: dict[str, str]) -> str:
        return "".join(f"{before}.ferrokeet .fk-{name} {{ color: {value}; }}\n" for name, value in values.items())

    preferred = colours("body:not([data-jp-theme-light]):not([data-vscode-theme-kind]) ", DARK)
    return (
        STYLE
        + colours("", LIGHT)
        + colours('[data-jp-theme-light="false"] ', DARK)
        + colours("body.vscode-dark ", DARK)
        + f"@media (prefers-color-scheme: dark) {{\n{preferred}}}\n"
    )


def badge(word: str) -> str:
    """A verdict or a severity, in its colour."""
    meaning = MEANING.get(word.partition("[")[0])
    return f'<span class="fk-word fk-{meaning}">{escape(word)}</span>' if meaning else escape(word)


def sentence(text: str) -> str:
    """What stands between backticks is code."""
    parts = [escape(part) for part in text.split("`")]
    if len(parts) % 2 == 0:
        return escape(text)
    return "".join(f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts))


def ran(kernels: list[dict[str, Any]]) -> str:
    """How kernels ran, and for how long."""
    counts = {way: sum(kernel[way] for kernel in kernels) for way in WAYS}
    calls = ", ".join(f"{count} {way}" for way, count in counts.items() if count)
    seconds = sum(kernel["seconds"] for kernel in kernels)
    return f"{calls}, {duration(seconds)}" if calls and seconds else calls

"""`ferrokeet run --profile` and `ferrokeet report --run`: where the time went, kernel by kernel."""

import atexit
import json
import os
import sys
import time
from typing import Any

import ferrokeet_runtime

from ferrokeet import _stats

HEADER = ("kernel", "at", "calls", "time", "share", "a call", "ran", "threads", "GB/s")


def arrange(target: str) -> None:
    """Has all launches timed, and at exit the table printed (`-`) or the entries written to a file (a path)."""
    ferrokeet_runtime.profile(True)
    budget = os.environ.pop("FERROKEET_OBSERVE", "")
    if budget:
        from ferrokeet import _observe

        _observe.arrange(float(budget))
    atexit.register(end, target, time.perf_counter(), os.getpid())


def profile() -> list[dict[str, Any]]:
    """The entries of `ferrokeet.stats()`, each with `launches` that were timed, `seconds`, `bytes` and `threads`."""
    untimed = {"launches": 0, "seconds": 0.0, "bytes": 0, "threads": 0}
    entries = []
    for kernel in _stats.KERNELS:
        times = kernel.times()
        entries += [{**entry, **times.get(entry["signature"], untimed)} for entry in kernel.stats()]
    return sorted(entries, key=lambda entry: -entry["seconds"])


def end(target: str, start: float, process: int) -> None:
    """Tells the times, for the process that was started (not its forked children)."""
    if os.getpid() != process:
        return
    seconds, entries = time.perf_counter() - start, profile()
    if target != "-":
        from ferrokeet import _observe

        told = [{**entry, **_observe.entry(entry)} for entry in entries]
        _stats.replace(target, json.dumps({"seconds": seconds - _observe.spent(), "kernels": told}))
        return
    colour = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    print(table(entries, seconds, colour), file=sys.stderr)


def table(entries: list[dict[str, Any]], total: float, colour: bool = False) -> str:
    """The entries as text, and sums below."""
    rows = [HEADER, *(row(entry, total) for entry in entries)]
    widths = [max(len(line[column]) for line in rows) for column in range(len(HEADER))]
    lines = ["  ".join(aligned(line, widths)).rstrip() for line in rows]
    if colour:
        lines[0] = f"\033[1m{lines[0]}\033[0m"
    for entry in entries:
        place = f"{os.path.basename(entry['filename'])}:{entry['row']}"
        if entry["python"] or entry["careful"]:
            lines += [f"  {place}: {reason}" for reason in entry["reasons"]]
        if entry["gpu"]:
            lines.append(
                f"  {place}: {duration(entry['device_ms'] / 1e3)} on the GPU; "
                f"{size(entry['to_device'])} copied there, {size(entry['from_device'])} copied back"
            )
    for entry in entries:
        tuned = _stats.TUNED.get((entry["filename"], entry["name"], entry["signature"]))
        if tuned:
            lines.append(f"  {entry['name']}: tuned: {tuned}")
    seconds = sum(entry["seconds"] for entry in entries)
    compiling = sum(entry["compile_ms"] for entry in entries) / 1e3
    lines.append(
        f"{duration(total)} in all, {duration(seconds)} ({share(seconds, total)}) of it in kernels; "
        f"{duration(compiling)} to compile or find them\n"
        "(GB/s: the sizes of a kernel's arrays, each once a call, over its time)"
    )
    return "\n".join(lines)


def aligned(line: tuple[str, ...], widths: list[int]) -> list[str]:
    """Texts to the left, numbers to the right."""
    texts = {HEADER.index(name) for name in ("kernel", "at", "ran")}
    pairs = enumerate(zip(line, widths, strict=True))
    return [text.ljust(width) if column in texts else text.rjust(width) for column, (text, width) in pairs]


def row(entry: dict[str, Any], total: float) -> tuple[str, ...]:
    """One line of the table. How long a loop took as Python is not known."""
    ways = [way for way in ("fast", "careful", "gpu", "python") if entry[way]]
    calls, launches = sum(entry[way] for way in ways), entry["launches"]
    ran = " + ".join(f"{entry[way]} {way}" if len(ways) > 1 else way for way in ways)
    place = f"{os.path.basename(entry['filename'])}:{entry['row']}"
    if not launches:
        return (entry["name"], place, str(calls), "-", "-", "-", ran, "-", "-")
    seconds = entry["seconds"]
    return (
        entry["name"],
        place,
        str(calls),
        duration(seconds),
        share(seconds, total),
        duration(seconds / launches),
        ran,
        str(entry["threads"]),
        f"{entry['bytes'] / seconds / 1e9:.1f}" if entry["bytes"] and seconds else "-",
    )


def size(count: int) -> str:
    """Three digits and a unit."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= scale:
            return f"{count / scale:.3g} {unit}"
    return f"{count} B"


def share(part: float, total: float) -> str:
    """In per cent."""
    return f"{100 * part / total if total else 0:.0f} %"


def duration(seconds: float) -> str:
    """Three digits and a unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            value = seconds / size
            return f"{value:.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"
    return f"{seconds * 1e9:.0f} ns"

"""Which recorded accesses make one iteration depend on another one.

Two iterations conflict when they touch the same element, unless both only read it or both only update it by the same reduction
operator. A scalar belongs to the iteration that assigns it before reading it, so scalars conflict only where a value flows from
one iteration into a later one; so do arrays of which each iteration may have its own.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Event:
    """One access: `kind` is `read`, `write`, `exit`, or the operator of a reduction."""

    name: str
    iteration: int
    kind: str
    row: int


@dataclass(frozen=True)
class Conflict:
    """Two accesses by which an iteration depends on another one."""

    events: tuple[Event, Event]

    def __str__(self) -> str:
        return " and ".join(
            f"{event.kind} of `{event.name}` in row {event.row} by iteration {event.iteration}" for event in self.events
        )


@dataclass
class Execution:
    """One execution of an annotated loop: the events of each scalar (by name) and element (by address), in order."""

    row: int
    iteration: int = 0
    places: dict[str | int, list[Event]] = field(default_factory=dict)


@dataclass(frozen=True)
class Licence:
    """What the header of an item permits: arrays of which each iteration may have its own, reduction variables of a form
    that single statements don't show (argmax), and lanes that iterations further apart never share."""

    private: frozenset[str] = frozenset()
    reductions: frozenset[str] = frozenset()
    lanes: int = sys.maxsize


def conflicts(executions: Iterable[Execution], row: int, licence: Licence) -> list[Conflict]:
    """The conflicts between iterations of the annotated loop at a row."""
    found = []
    for execution in executions:
        if execution.row == row:
            for place, events in execution.places.items():
                name = events[0].name
                if name in licence.reductions:
                    continue
                flowing = isinstance(place, str) or name in licence.private
                pair = flows(events) if flowing else meetings(events, licence.lanes)
                if pair:
                    found.append(Conflict(pair))
    return found


def meetings(events: list[Event], lanes: int) -> tuple[Event, Event] | None:
    """Two events of different iterations, less than `lanes` apart, that don't commute."""
    seen: dict[tuple[str, int], Event] = {}
    for event in events:
        if event.kind == "exit":
            return event, event
        for earlier in seen.values():
            if clash(earlier, event) and abs(earlier.iteration - event.iteration) < lanes:
                return earlier, event
        seen.setdefault((event.kind, event.iteration), event)
    return None


def flows(events: list[Event]) -> tuple[Event, Event] | None:
    """A value that flows from one iteration into another one."""
    covered: set[int] = set()
    changes: list[Event] = []
    for event in events:
        if event.kind == "exit":
            return event, event
        if event.kind == "write":
            covered.add(event.iteration)
        elif event.iteration not in covered:
            earlier = next((change for change in changes if clash(change, event)), None)
            if earlier:
                return earlier, event
        if event.kind != "read":
            changes.append(event)
    return None


def clash(earlier: Event, later: Event) -> bool:
    """Whether two events of different iterations are ordered: unless both read, or both update by one operator."""
    return earlier.iteration != later.iteration and not (earlier.kind == later.kind != "write")

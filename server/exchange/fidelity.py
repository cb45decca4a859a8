"""How much of something survives its way into another format: a note for every construct, none left out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from server.findings import Param

Outcome = Literal["carried", "approximated", "dropped"]

#: From best to worst; where a construct meets several fates, the worst is told.
_ORDER: tuple[Outcome, ...] = ("carried", "approximated", "dropped")


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one construct; its text is in `server.messages.fidelity`."""

    outcome: Outcome
    #: Where it stands in the source: a document and pointer, or a cell.
    place: str
    #: The construct as its author wrote it: a keyword, a column, a rule.
    construct: str
    #: How it was approximated, or why it was dropped.
    code: str = ""
    params: dict[str, Param] = {}


class Ledger:
    """Constructs of a source and what became of each; whatever nobody spoke for is dropped, and says so."""

    def __init__(self, constructs: Iterable[tuple[str, str]] = ()) -> None:
        """`constructs` are pairs of place and name."""
        self._names = dict(constructs)
        self._notes: dict[str, list[Note]] = {}

    def expect(self, place: str, construct: str) -> None:
        """Ensures that somebody has to speak for a construct."""
        self._names.setdefault(place, construct)

    def carry(self, place: str, construct: str = "") -> None:
        """The construct means the same in the result."""
        self._add("carried", place, construct, "", {})

    def approximate(self, place: str, code: str, construct: str = "", **params: Param) -> None:
        """The construct became something that is not quite the same."""
        self._add("approximated", place, construct, code, params)

    def drop(self, place: str, code: str, construct: str = "", **params: Param) -> None:
        """The construct is not in the result."""
        self._add("dropped", place, construct, code, params)

    def drop_unsaid(self, place: str, code: str) -> None:
        """The construct is dropped for this reason unless somebody has spoken for it."""
        if place not in self._notes:
            self.drop(place, code)

    def sweep(self, place: str, code: str) -> None:
        """Everything inside a place is dropped for this reason, unless somebody has spoken for a part of it."""
        inside = [inner for inner in self._names if inner.startswith(f"{place}/")]
        if not any(inner in self._notes for inner in inside):
            for inner in inside:
                self.drop(inner, code)

    def name_dropped(self, construct: str, code: str) -> None:
        """Every construct of this name that nobody has spoken for is dropped for this reason."""
        for place, name in self._names.items():
            if name == construct and place not in self._notes:
                self.drop(place, code)

    def add(self, note: Note) -> None:
        """A note that another ledger came to."""
        said = self._notes.setdefault(note.place, [])
        if note not in said:
            said.append(note)

    def notes(self) -> tuple[Note, ...]:
        """One note for each construct and each different fate it met, the carried ones only where nothing worse happened."""
        found: list[Note] = []
        for place in dict.fromkeys((*self._names, *self._notes)):
            said = self._notes.get(place)
            if said is None:
                code = "gone-with-outer" if self._is_inside_dropped(place) else "not-understood"
                found.append(Note(outcome="dropped", place=place, construct=self._names[place], code=code))
                continue
            worse = [note for note in said if note.outcome != "carried"]
            found += worse or said[:1]
        return tuple(found)

    def _is_inside_dropped(self, place: str) -> bool:
        while place := place.rpartition("/")[0]:
            if any(note.outcome == "dropped" for note in self._notes.get(place, ())):
                return True
        return False

    def _add(self, outcome: Outcome, place: str, construct: str, code: str, params: dict[str, Param]) -> None:
        name = construct or self._names.get(place, place.rpartition("/")[2])
        self.add(Note(outcome=outcome, place=place, construct=name, code=code, params=params))


def counts(notes: Iterable[Note]) -> dict[Outcome, int]:
    """How many constructs met which fate."""
    found = dict.fromkeys(_ORDER, 0)
    for note in notes:
        found[note.outcome] += 1
    return found

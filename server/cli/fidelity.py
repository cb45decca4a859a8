"""Reports of what another format can carry, for people and machines."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from server.exchange.fidelity import Note, counts
from server.messages.fidelity import Language, note_text, outcome_text
from server.types import JsonValue


class NoteLine(msgspec.Struct, frozen=True, kw_only=True):
    """A note as printed."""

    outcome: str
    place: str
    construct: str
    code: str
    message: str


def note_lines(notes: Iterable[Note], language: Language) -> tuple[NoteLine, ...]:
    """The notes with their texts."""
    return tuple(
        NoteLine(
            outcome=note.outcome,
            place=note.place,
            construct=note.construct,
            code=note.code,
            message=note_text(note.code, note.params, language),
        )
        for note in notes
    )


def report_of(notes: tuple[Note, ...], language: Language) -> JsonValue:
    """The report as JSON: counts, then every note."""
    return {"counts": counts(notes), "notes": msgspec.to_builtins(note_lines(notes, language))}


def print_notes(notes: tuple[Note, ...], language: Language) -> None:
    """What was approximated or dropped, one a line, then the counts."""
    for note in notes:
        if note.outcome != "carried":
            text = note_text(note.code, note.params, language)
            print(printable(f"{outcome_text(note.outcome, language)}: {note.place} {note.construct}: {text}"))
    print(", ".join(f"{outcome_text(outcome, language)} {count}" for outcome, count in counts(notes).items()))


def printable(text: str) -> str:
    """The text without what a terminal would obey."""
    return "".join(character if character.isprintable() else " " for character in text)

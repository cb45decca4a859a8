"""What a target makes of a release."""

from __future__ import annotations

import msgspec

from server.exchange.fidelity import Note
from server.exchange.importers.sources import Sheet
from server.types import JsonValue


class Derived(msgspec.Struct, frozen=True, kw_only=True):
    """Files for others, and what became of everything that they were made of."""

    #: Path to JSON value, or to text as it stands in the file.
    files: dict[str, JsonValue]
    #: Path of each workbook to its sheets.
    sheets: dict[str, tuple[Sheet, ...]] = {}
    notes: tuple[Note, ...]

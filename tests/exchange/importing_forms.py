"""A small library, and forms converted on it."""

from __future__ import annotations

from typing import Any

from server.exchange.importers.sources import Sheet, Sources
from server.exchange.importers.table import Converted, Format, convert
from server.messages.fidelity import NOTES, note_text

SERVICE, REGION = "any/form", "110000"
LIBRARY = {
    f"form_schemas/library/regions/{REGION}.json": {
        "title": "Regions",
        "regions": {REGION: "Capital", "110100": "City", "110101": "District"},
    }
}


def converted(form: Format, *documents: Any, sheets: tuple[Sheet, ...] = ()) -> Converted:
    """The form as a service of its own, without errors, and with a note that can be read on everything."""
    sources = Sources(documents=tuple((f"{number}.json", one) for number, one in enumerate(documents)), sheets=sheets)
    made = convert(sources, form, service_id=SERVICE, region=REGION, library=LIBRARY)
    assert [finding for finding in made.findings if finding.severity == "error"] == []
    for note in made.notes:
        assert note.code in NOTES
        assert note.code == "" or note.code not in (
            note_text(note.code, note.params, "zh"),
            note_text(note.code, note.params, "en"),
        )
    return made


def part(made: Converted, name: str) -> Any:
    """One of the three documents of the form."""
    return made.documents[f"form_schemas/{SERVICE}/form/{name}.json"]


def reported(made: Converted) -> set[tuple[str, str]]:
    """Place and code of everything that is not as it was."""
    return {(note.place, note.code) for note in made.notes if note.outcome != "carried"}

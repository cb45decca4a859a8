"""Types of XLSForm questions → schemas of fields."""

from __future__ import annotations

import re
from typing import Any

from server.exchange.fidelity import Ledger
from server.exchange.importers.schema_fields import entries
from server.exchange.importers.xlsform_sheets import Cells, Form
from server.messages.importing import OTHER

_SELECT = re.compile(r"(select_one|select_multiple|select one|select multiple|rank)\s+(\S+)(?:\s+(or_other|or specify other))?")
_FILE_OF_CHOICES = re.compile(r"select_(?:one|multiple)_(?:from_file|external)\b.*")
_FILE: dict[str, Any] = {
    "type": "array",
    "x-element": "attachment",
    "items": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
    "maxItems": 20,
}
_AS_TEXT = ("time", "datetime", "barcode", "geopoint", "geotrace", "geoshape")
#: Type of a question to the schema of its field.
_FIELDS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "int": {"type": "integer"},
    "decimal": {"type": "integer", "x-element": {"kind": "decimal", "scale": 2}},
    "range": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
    "acknowledge": {"type": "boolean"},
    "trigger": {"type": "boolean"},
    **dict.fromkeys(("image", "photo", "audio", "video", "file", "background-audio"), _FILE),
    **{name: {"type": "string", "maxLength": 200} for name in _AS_TEXT},
}


class Types:
    """The types of one form's questions; remembers which lists of choices they use."""

    def __init__(self, form: Form, ledger: Ledger) -> None:
        self._form, self._ledger = form, ledger
        self.lists: set[str] = set()

    def schema(self, cells: Cells, told: str, kind: str) -> tuple[dict[str, Any] | None, dict[str, Any]]:
        """Schema and options of a question's field; no schema for types that are none."""
        select = _SELECT.fullmatch(told)
        if select is not None:
            return self._select(cells, select)
        if kind == "calculate":
            self._ledger.carry(cells.places["type"])
            return {"type": "string", "readOnly": True}, {}
        if _FILE_OF_CHOICES.fullmatch(kind) or kind.startswith(("select_one", "select_multiple")):
            self._ledger.approximate(cells.places["type"], "no-list", told)
            return {"type": "string"}, {}
        schema = _FIELDS.get(kind)
        if schema is None:
            return None, {}
        if kind in _AS_TEXT:
            self._ledger.approximate(cells.places["type"], "answered-as-text", told)
        elif kind == "decimal":
            self._ledger.approximate(cells.places["type"], "number-scaled", told, places=2)
        else:
            self._ledger.carry(cells.places["type"])
        return dict(schema) | (self._range(cells) if kind == "range" else {}), {}

    def _range(self, cells: Cells) -> dict[str, Any]:
        found = dict(re.findall(r"(start|end|step)\s*=\s*(-?\d{1,9})(?![\d.])", cells.get("parameters")))
        if "parameters" in cells.places:
            self._ledger.carry(cells.places["parameters"])
        names = {"start": "minimum", "end": "maximum"}
        return {names[name]: int(value) for name, value in found.items() if name in names}

    def _select(self, cells: Cells, select: re.Match[str]) -> tuple[dict[str, Any], dict[str, Any]]:
        rows = self._form.choices.get(select[2], ())
        place = cells.places["type"]
        if not rows:
            self._ledger.approximate(place, "no-list", select[2])
            return {"type": "string"}, {}
        self.lists.add(select[2])
        options: list[tuple[Any, str]] = [
            (row.get("name"), row.get("label") or row.get("name")) for row in rows if row.get("name")
        ]
        if select[3]:
            options.append(("other", OTHER))
            self._ledger.approximate(place, "other-added", select[0])
        elif select[1] == "rank":
            self._ledger.approximate(place, "rank-as-choices", select[0])
        else:
            self._ledger.carry(place)
        listed = entries(options)
        if select[1] in ("select_multiple", "select multiple", "rank"):
            return {"type": "array", "items": {"type": "string", "oneOf": listed}, "uniqueItems": True}, {}
        return {"type": "string", "oneOf": listed}, {"format": "search"} if len(listed) > 30 else {}

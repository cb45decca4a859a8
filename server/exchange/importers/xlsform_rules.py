"""Rules of XLSForm questions → rules of fields, as far as typed rules can say them."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from server.exchange.fidelity import Ledger
from server.exchange.importers.draft import AssertionDraft, FieldDraft
from server.exchange.importers.schema_fields import literal
from server.exchange.importers.titles import readable
from server.exchange.importers.xlsform_sheets import Cells
from server.exchange.importers.xpath import NotExpressible, Scope, Value, to_cel
from server.messages.importing import CHECK_FAILED

_YES = frozenset(("yes", "true", "true()", "1", "y"))
_NO = frozenset(("no", "false", "false()", "0", "n"))


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A named field, for expressions."""

    field: FieldDraft
    #: Field path, from the row inside repeats.
    path: str
    repeat: str


class Rules:
    """The rules of a survey, read when every question is known."""

    def __init__(self, questions: dict[str, Question], places: dict[str, str], ledger: Ledger) -> None:
        """`questions` by their names, `places` of fields by their ids."""
        self._questions, self._places, self._ledger = questions, places, ledger
        self.rules: dict[str, dict[str, str]] = {}
        self.required: set[str] = set()
        #: Type of each computed field.
        self.kinds: dict[str, str] = {}
        self.assertions: list[AssertionDraft] = []
        self.facts: dict[str, dict[str, Any]] = {}

    def relevant(self, cells: Cells, repeat: str) -> str:
        """The rule of a group; empty for always."""
        if "relevant" not in cells.places:
            return ""
        value = self._translated(cells, "relevant", self._scope(None, repeat), kinds=("bool",))
        return value.cel if value is not None else ""

    def read(self, field_id: str, cells: Cells, repeat: str) -> None:
        """The rules of one field."""
        question = self._questions.get(cells.get("name"))
        own = self._value(question, repeat) if question is not None and self._places.get(field_id) == cells.place else None
        scope = self._scope(own, repeat)
        rules: dict[str, str] = {}
        told = cells.get("required").lower()
        if told in _YES:
            self.required.add(field_id)
            self._ledger.carry(cells.places["required"])
        elif told in _NO:
            self._ledger.carry(cells.places["required"])
        for column, aspect in (("relevant", "relevant"), ("required", "required"), ("calculation", "computed")):
            if column in cells.places and not (column == "required" and told in _YES | _NO):
                value = self._translated(
                    cells, column, scope, kinds=("bool",) if aspect != "computed" else ("string", "int", "bool")
                )
                if value is not None:
                    rules[aspect] = value.cel
                    if aspect == "computed":
                        self._computed_kind(field_id, value)
        if "constraint" in cells.places:
            value = self._translated(cells, "constraint", scope, kinds=("bool",))
            if value is not None and question is not None:
                message = readable(cells.get("constraint_message"), CHECK_FAILED.format(label=question.field.label), longest=500)
                place = cells.places["constraint"]
                self.assertions.append(AssertionDraft(at=field_id, holds=value.cel, message=message, place=place))
                if "constraint_message" in cells.places:
                    self._ledger.carry(cells.places["constraint_message"])
        if "default" in cells.places and question is not None:
            text = literal(_typed(cells.get("default"), question.field.schema), question.field.schema)
            if text is not None:
                rules["suggested"] = text
                self._ledger.approximate(cells.places["default"], "default-suggested")
            else:
                self._ledger.drop(cells.places["default"], "default-not-fitting")
        for column in ("appearance", "parameters", "readonly", "choice_filter", "required_message", "guidance_hint"):
            if column in cells.places:
                code = "look-only" if column in ("appearance", "parameters", "guidance_hint") else "not-checked"
                self._ledger.drop_unsaid(cells.places[column], code)
        self.rules[field_id] = rules

    def _translated(self, cells: Cells, column: str, scope: Scope, *, kinds: tuple[str, ...]) -> Value | None:
        place = cells.places[column]
        try:
            value = to_cel(cells.get(column), scope)
            if value.kind == "number" and "int" in kinds and isinstance(value.literal, int):
                value = Value(cel=value.cel, kind="int")
            if value.kind not in kinds or value.scale:
                raise NotExpressible(value.kind)
        except NotExpressible as error:
            self._ledger.drop(place, "expression", cells.get(column)[:80], detail=str(error)[:60])
            return None
        self._ledger.carry(place, cells.get(column)[:80])
        return value

    def _scope(self, own: Value | None, repeat: str) -> Scope:
        def field(name: str) -> Value | None:
            question = self._questions.get(name)
            return self._value(question, repeat) if question is not None else None

        def answered(path: str) -> str | None:
            if path.startswith("row."):
                return None
            fact = f"answered.{path.replace('.', '_')}"
            self.facts[fact] = {"is_answered": path}
            return fact

        def today() -> str:
            self.facts["day.today"] = {"today": []}
            return "day.today"

        return Scope(field=field, own=own, answered=answered, today=today)

    def _value(self, question: Question, repeat: str) -> Value | None:
        """A field as an expression sees it; fields of rows are seen from their own rows only."""
        if question.repeat and question.repeat != repeat:
            return None
        path = f"row.{question.path}" if question.repeat else question.path
        schema = question.field.schema
        kind = {"string": "string", "integer": "int", "boolean": "bool", "array": "list"}.get(str(schema.get("type")))
        if kind is None or schema.get("x-element") == "attachment":
            return None
        element = schema.get("x-element")
        scale = int(element.get("scale", 0)) if isinstance(element, dict) else 0
        return Value(cel=path, kind=kind, scale=scale, path=path)

    def _computed_kind(self, field_id: str, value: Value) -> None:
        self.kinds[field_id] = {"string": "string", "int": "integer", "bool": "boolean"}[value.kind]


def _typed(text: str, schema: dict[str, Any]) -> Any:
    if schema.get("type") == "integer" and re.fullmatch(r"-?\d{1,15}(\.\d+)?", text):
        return float(text) if "." in text else int(text)
    if schema.get("type") == "boolean":
        return text.lower() in _YES
    if "oneOf" in schema and text not in [option["const"] for option in schema["oneOf"]]:
        return None
    return None if "(" in text or "${" in text else text

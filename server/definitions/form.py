"""The three files of a form: `data.schema.json` (plain JSON Schema), `ui.json` (layout) and `logic.json` (rules)."""

from __future__ import annotations

from typing import Literal

import msgspec

from server.definitions.common import Document
from server.types import JsonValue


class Element(Document, tag_field="type", frozen=True, kw_only=True):
    """What every layout element has."""

    id: str


class ControlOptions(Document, frozen=True, kw_only=True):
    """How a control looks and behaves."""

    #: `radio`, `select`, `search`, `checkboxes`; the field kind's own choice when absent.
    format: Literal["radio", "select", "search", "checkboxes"] | None = None
    #: Repeating groups: as cards or as a table.
    rows: Literal["cards", "table"] | None = None
    #: Repeating groups: the controls of one row; scopes are relative to the row.
    detail: tuple[AnyElement, ...] | None = None
    #: Repeating groups: word for one row, e.g. 成员.
    row_title: str | None = None
    add_label: str | None = None
    #: Property of the row shown in its heading.
    row_label_field: str | None = None
    #: Text width in characters.
    width: int | None = None
    rows_high: int | None = None
    #: HTML autocomplete token.
    autocomplete: str | None = None
    #: As misprinted on the paper form; shown to administrators and found by search.
    printed: str | None = None
    #: typed or dropdown, as the filling instructions of the paper say.
    entry: Literal["typed", "dropdown", "computed"] | None = None


class Control(Element, tag="Control", frozen=True, kw_only=True):
    """One field; label and hint are `title` and `description` of its schema unless given here."""

    #: JSON Pointer into the data schema, `#/properties/a/properties/b`.
    scope: str
    label: str | None = None
    hint: str | None = None
    options: ControlOptions = ControlOptions()


class Label(Element, tag="Label", frozen=True, kw_only=True):
    """Static text (Markdown subset)."""

    text: str


class Group(Element, tag="Group", frozen=True, kw_only=True):
    """A titled set of elements on one page."""

    label: str | None = None
    hint: str | None = None
    elements: tuple[AnyElement, ...]


class Category(Element, tag="Category", frozen=True, kw_only=True):
    """One page of the form and one entry of the task list."""

    label: str
    hint: str | None = None
    elements: tuple[AnyElement, ...]


class Categorization(Document, frozen=True, kw_only=True):
    """`ui.json`: the whole layout."""

    type: Literal["Categorization"]
    id: str
    elements: tuple[Category, ...]


AnyElement = Control | Label | Group


class FieldRules(Document, frozen=True, kw_only=True):
    """Rules of one field; the key is its property path, `group[].field` for a field of a row (`row.x` in the rule)."""

    relevant: str | None = None
    #: Rule for requiredness beyond the schema's `required`.
    required: str | None = None
    #: Rule whose value the field takes; it cannot be posted.
    computed: str | None = None
    #: Rule whose value is offered while the field is unanswered; people may correct it.
    suggested: str | None = None
    #: Rule yielding the list of codes offered.
    options: str | None = None


class Assertion(Document, frozen=True, kw_only=True):
    """A check across fields."""

    #: Property path beside which the message stands; `group[].field` checks every row.
    at: str
    holds: str
    message: str
    severity: Literal["error", "warning"] = "error"
    source: str | None = None


class Logic(Document, frozen=True, kw_only=True):
    """`logic.json`."""

    facts: dict[str, dict[str, JsonValue]] = msgspec.field(default_factory=dict)
    fields: dict[str, FieldRules] = msgspec.field(default_factory=dict)
    assertions: dict[str, Assertion] = msgspec.field(default_factory=dict)


class FormDefinition(Document, frozen=True, kw_only=True):
    """One form: its data schema as plain JSON, its layout and its rules."""

    #: `form` for the application form, `tasks/<id>` for a task form.
    id: str
    schema: dict[str, JsonValue]
    ui: Categorization
    logic: Logic

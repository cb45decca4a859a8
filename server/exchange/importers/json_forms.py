"""JSON Forms: a JSON Schema with a UI schema → a form laid out and shown as the UI schema says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from server.documents.pointer import escape, parse_pointer
from server.exchange.fidelity import Ledger
from server.exchange.importers.draft import FieldDraft, FormDraft, GroupDraft, MemberDraft, PageDraft, TextDraft, joined
from server.exchange.importers.json_forms_rules import rule_of
from server.exchange.importers.json_schema import read_json_schema
from server.exchange.importers.schema_place import ROWS
from server.exchange.importers.sources import Sources
from server.exchange.importers.titles import readable
from server.messages.importing import GENERAL_PAGE, PART
from server.types import JsonValue

_LAYOUTS = ("VerticalLayout", "HorizontalLayout", "Group", "Categorization", "Category")
_MAX_DEPTH = 30
_UI = "ui"


def schema_and_layout(sources: Sources) -> tuple[JsonValue, JsonValue]:
    """The two halves of a form: files of their own, or members of one file."""
    schema: JsonValue = None
    layout: JsonValue = None
    for _, value in sources.documents:
        if not isinstance(value, dict):
            continue
        together = value.get("uischema", value.get("uiSchema"))
        if isinstance(together, dict):
            layout, schema = together, value.get("schema", schema)
        elif isinstance(value.get("elements"), list) or "scope" in value:
            layout = value
        else:
            schema = value
    return schema, layout


def read_json_forms(schema: JsonValue, layout: JsonValue, ledger: Ledger) -> FormDraft | None:
    """The form that both describe together; fields without a control are left out, as JSON Forms does not show them."""
    draft = read_json_schema(schema, ledger)
    if draft is None or not isinstance(layout, dict):
        return draft
    for place, name in _constructs(layout, _UI, 0):
        ledger.expect(place, name)
    return _Layout(draft, ledger).arranged(layout)


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A field or group that a control can point at."""

    member: MemberDraft
    #: Id of the field, from the row inside rows.
    path: str
    #: Rule of everything it stands in.
    relevant: str = ""


class _Layout:
    """The members of a draft, put where a UI schema wants them."""

    def __init__(self, draft: FormDraft, ledger: Ledger) -> None:
        self._draft, self._ledger = draft, ledger
        self._known = {known.path: known for page in draft.pages for known in _all(page)}
        self._ids = {chain: field_id for chain, field_id in draft.chains.items() if ROWS not in chain}
        self._used: set[str] = set()

    def arranged(self, layout: dict[str, Any]) -> FormDraft:
        """The draft with the pages of the layout."""
        self._ledger.carry(f"{_UI}/type")
        if layout.get("type") == "Categorization":
            self._ledger.carry(f"{_UI}/elements")
            categories = [(f"{_UI}/elements/{n}", one) for n, one in enumerate(_elements(layout))]
            pages = [page for place, one in categories if (page := self._page(one, place)) is not None]
        else:
            members = self._element(layout, _UI, self._known, self._ids, 0)
            pages = [PageDraft(label=GENERAL_PAGE, members=tuple(members))] if members else []
        for chain, field_id in self._ids.items():
            known = self._known.get(field_id)
            if known is not None and isinstance(known.member, FieldDraft) and not self._is_used(field_id):
                self._ledger.drop(self._draft.places[field_id], "without-control", ".".join(chain))
        assertions = tuple(one for one in self._draft.assertions if self._is_used(one.at.split("[]")[0]))
        return msgspec.structs.replace(self._draft, pages=tuple(pages), assertions=assertions)

    def _is_used(self, field_id: str) -> bool:
        return any(field_id == used or field_id.startswith(f"{used}.") for used in self._used)

    def _page(self, category: Any, place: str) -> PageDraft | None:
        if not isinstance(category, dict):
            self._ledger.drop(place, "not-understood", "Category")
            return None
        label = self._label(category, place) or PART.format(number=place.rpartition("/")[2])
        relevant = self._rule(category, place, self._known, self._ids)
        for name in ("type", "elements"):
            if name in category:
                self._ledger.carry(f"{place}/{name}")
        members = self._children(category, place, self._known, self._ids, 1)
        return PageDraft(label=label, members=tuple(members), relevant=relevant) if members else None

    def _children(self, element: dict[str, Any], place: str, known: dict[str, Known], ids: Any, depth: int) -> list[MemberDraft]:
        children = enumerate(_elements(element))
        return [found for n, one in children for found in self._element(one, f"{place}/elements/{n}", known, ids, depth + 1)]

    def _element(self, element: Any, place: str, known: dict[str, Known], ids: Any, depth: int) -> list[MemberDraft]:
        """What an element of the layout becomes."""
        kind = element.get("type") if isinstance(element, dict) else None
        if not isinstance(element, dict) or not isinstance(kind, str) or depth > _MAX_DEPTH:
            self._ledger.drop(place, "too-deep" if depth > _MAX_DEPTH else "not-understood", "element", limit=_MAX_DEPTH)
            return []
        if isinstance(element.get("scope"), str):
            return self._control(element, place, known, ids, depth)
        relevant = self._rule(element, place, known, ids)
        label = self._label(element, place)
        if kind == "Label":
            self._ledger.carry(f"{place}/type")
            text = label or readable(_text(element.get("text")), "", longest=4_000)
            self._ledger.carry(f"{place}/text")
            return [TextDraft(text=text)] if text else []
        if not isinstance(element.get("elements"), list):
            self._ledger.drop(f"{place}/type", "unknown-element", kind)
            return []
        self._ledger.carry(f"{place}/elements")
        if kind == "HorizontalLayout":
            self._ledger.approximate(f"{place}/type", "below-each-other", kind)
        elif kind in _LAYOUTS:
            self._ledger.carry(f"{place}/type", kind)
        else:
            self._ledger.approximate(f"{place}/type", "unknown-layout", kind)
        members = self._children(element, place, known, ids, depth)
        if not members:
            return []
        if kind not in ("Group", "Category") and not relevant:
            return members
        if kind in ("Group", "Category") or label:
            return [GroupDraft(label=label or PART.format(number=depth), members=tuple(members), relevant=relevant)]
        return [_when(member, relevant) for member in members]

    def _control(self, element: dict[str, Any], place: str, known: dict[str, Known], ids: Any, depth: int) -> list[MemberDraft]:
        """The field that a control points at."""
        chain = _chain(element["scope"])
        field_id = ids.get(chain, "") if chain is not None else ""
        found = known.get(field_id)
        if found is None or (known is self._known and self._is_used(field_id)):
            code = "field-twice" if found is not None else "scope-without-field"
            self._ledger.drop(f"{place}/scope", code, element["scope"][:80])
            return []
        if known is self._known:
            self._used.add(field_id)
        self._ledger.carry(f"{place}/type")
        self._ledger.carry(f"{place}/scope")
        member = _named(found.member, found.path)
        if isinstance(member, FieldDraft):
            member = self._with_options(member, element, place, chain or (), depth)
        elif isinstance(element.get("options"), dict):
            self._drop_options(element["options"], place)
        label = element.get("label")
        if label is False:
            self._ledger.approximate(f"{place}/label", "label-always")
        elif label is not None:
            member = _labelled(member, self._label(element, place))
        return [_when(_when(member, found.relevant), self._rule(element, place, known, ids))]

    def _with_options(
        self, field: FieldDraft, element: dict[str, Any], place: str, chain: tuple[str, ...], depth: int
    ) -> FieldDraft:
        options = element.get("options")
        if not isinstance(options, dict):
            return field
        self._ledger.carry(f"{place}/options")
        for name, value in options.items():
            here = f"{place}/options/{escape(name)}"
            if name == "multi" and value is True and field.schema.get("type") == "string" and "oneOf" not in field.schema:
                field = msgspec.structs.replace(field, schema={**field.schema, "x-element": "long_text"})
                self._ledger.carry(here)
            elif name == "format" and value == "radio" and "oneOf" in field.schema:
                field = msgspec.structs.replace(field, options={**field.options, "format": "radio"})
                self._ledger.carry(here)
            elif name == "detail" and isinstance(value, dict) and field.rows:
                field = self._with_detail(field, value, here, chain, depth)
            elif name == "elementLabelProp" and field.rows and (label := self._row_label(field, value, chain)):
                field = msgspec.structs.replace(field, options={**field.options, "row_label_field": label})
                self._ledger.carry(here)
            else:
                self._ledger.drop(here, "look-only", name)
        return field

    def _with_detail(
        self, field: FieldDraft, layout: dict[str, Any], place: str, chain: tuple[str, ...], depth: int
    ) -> FieldDraft:
        """The rows of a list as their own UI schema lays them out."""
        self._ledger.carry(place)
        prefix = (*chain, ROWS)
        below = {full: field_id for full, field_id in self._draft.chains.items() if full[: len(prefix)] == prefix}
        inner = {full[len(prefix) :]: field_id.partition("[].")[2] for full, field_id in below.items()}
        known = {one.path: one for one in _inside(field.rows, "")}
        members = self._element(layout, place, known, inner, depth + 1)
        return msgspec.structs.replace(field, rows=tuple(members)) if members else field

    def _row_label(self, field: FieldDraft, value: Any, chain: tuple[str, ...]) -> str:
        field_id = self._draft.chains.get((*chain, ROWS, str(value)), "")
        name = field_id.partition("[].")[2]
        return name if any(isinstance(row, FieldDraft) and row.name == name for row in field.rows) else ""

    def _drop_options(self, options: dict[str, Any], place: str) -> None:
        for name in options:
            self._ledger.drop(f"{place}/options/{escape(name)}", "look-only", name)
        self._ledger.carry(f"{place}/options")

    def _label(self, element: dict[str, Any], place: str) -> str:
        for name in ("label", "text", "title"):
            text = readable(_text(element.get(name)), "")
            if text:
                self._ledger.carry(f"{place}/{name}")
                return text
        return ""

    def _rule(self, element: dict[str, Any], place: str, known: dict[str, Known], ids: Any) -> str:
        if "rule" not in element:
            return ""

        def field_of(scope: str) -> tuple[str, FieldDraft] | None:
            chain = _chain(scope)
            found = known.get(ids.get(chain, "")) if chain is not None else None
            if found is None or not isinstance(found.member, FieldDraft):
                return None
            return (found.path if known is self._known else f"row.{found.path}"), found.member

        return rule_of(element["rule"], f"{place}/rule", field_of, self._ledger)


def _constructs(element: Any, place: str, depth: int) -> Iterator[tuple[str, str]]:
    """Every member of every element of a layout."""
    if not isinstance(element, dict) or depth > 2 * _MAX_DEPTH:
        return
    for name, value in element.items():
        here = f"{place}/{escape(name)}"
        yield here, name
        if name == "elements" and isinstance(value, list):
            for index, one in enumerate(value):
                yield from _constructs(one, f"{here}/{index}", depth + 1)
        elif name == "options" and isinstance(value, dict):
            for option, one in value.items():
                yield f"{here}/{escape(option)}", option
                if option == "detail":
                    yield from _constructs(one, f"{here}/{option}", depth + 1)


def _all(page: PageDraft) -> Iterator[Known]:
    yield from _inside(page.members, page.name, page.relevant)
    if page.name:
        group = GroupDraft(name=page.name, label=page.label, hint=page.hint, members=page.members)
        yield Known(member=group, path=page.name, relevant=page.relevant)


def _inside(members: tuple[MemberDraft, ...], path: str, relevant: str = "") -> Iterator[Known]:
    for member in members:
        if isinstance(member, TextDraft):
            continue
        here = joined(path, member.name)
        yield Known(member=member, path=here, relevant=relevant)
        if isinstance(member, GroupDraft):
            both = f"({relevant}) && ({member.relevant})" if relevant and member.relevant else relevant or member.relevant
            yield from _inside(member.members, here, both)


def _chain(scope: str) -> tuple[str, ...] | None:
    """The property names of `#/properties/a/properties/b`."""
    if not scope.startswith("#"):
        return None
    try:
        steps = parse_pointer(scope[1:])
    except ValueError:
        return None
    return tuple(steps[1::2]) if len(steps) % 2 == 0 and all(step == "properties" for step in steps[::2]) else None


def _named(member: MemberDraft, path: str) -> MemberDraft:
    return member if isinstance(member, TextDraft) else msgspec.structs.replace(member, name=path)


def _labelled(member: MemberDraft, label: str) -> MemberDraft:
    return msgspec.structs.replace(member, label=label) if label and not isinstance(member, TextDraft) else member


def _when(member: MemberDraft, rule: str) -> MemberDraft:
    """The member where the rule holds as well."""
    if not rule or isinstance(member, TextDraft):
        return member
    if isinstance(member, GroupDraft):
        before = member.relevant
        return msgspec.structs.replace(member, relevant=f"({before}) && ({rule})" if before else rule)
    before = member.rules.get("relevant", "")
    return msgspec.structs.replace(member, rules={**member.rules, "relevant": f"({before}) && ({rule})" if before else rule})


def _elements(element: dict[str, Any]) -> list[Any]:
    found = element.get("elements")
    return found if isinstance(found, list) else []


def _text(label: Any) -> str:
    if isinstance(label, dict):
        label = label.get("text", "") if label.get("show", True) else ""
    return label if isinstance(label, str) else ""

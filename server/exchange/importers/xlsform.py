"""XLSForm (survey, choices, settings) → a form with its groups, repeats and rules."""

from __future__ import annotations

import re

import msgspec

from server.exchange.fidelity import Ledger
from server.exchange.importers.draft import MAX_FIELDS, FieldDraft, FormDraft, GroupDraft, MemberDraft, PageDraft, TextDraft
from server.exchange.importers.names import ROOT_TAKEN, Names
from server.exchange.importers.sources import Sheet
from server.exchange.importers.titles import readable, words_of
from server.exchange.importers.xlsform_rules import Question, Rules
from server.exchange.importers.xlsform_sheets import Cells, Form, read_form
from server.exchange.importers.xlsform_types import Types
from server.messages.importing import GENERAL_PAGE, UNTITLED_FORM

_BLOCK = re.compile(r"(begin|end)[ _](group|repeat)", re.IGNORECASE)
_OF_DEVICES = (
    *(
        "start",
        "end",
        "today",
        "deviceid",
        "subscriberid",
        "simserial",
        "phonenumber",
        "phone number",
        "username",
        "email",
        "audit",
    ),
    *("start-geopoint", "uri", "instanceid", "hidden", "xml-external", "csv-external", "entity", "osm"),
)


class Block(msgspec.Struct):
    """A group or repeat that has begun and not ended."""

    cells: Cells | None
    kind: str
    name: str
    members: list[MemberDraft]


def read_xlsform(sheets: tuple[Sheet, ...], ledger: Ledger) -> FormDraft | None:
    """The form in a workbook; nothing where it has no survey or no question that people answer."""
    form = read_form(sheets, ledger)
    return _Survey(form, ledger).draft() if form is not None else None


class _Survey:
    """A survey on its way: its structure first, its expressions when every name is known."""

    def __init__(self, form: Form, ledger: Ledger) -> None:
        self._form, self._ledger = form, ledger
        self._names = Names(taken=ROOT_TAKEN)
        self._row_names: dict[str, Names] = {}
        self._questions: dict[str, Question] = {}
        self._waiting: list[tuple[str, Cells, str]] = []
        self._places: dict[str, str] = {}
        #: Number of a group to its own cells, whose rule is read at the end.
        self._groups: dict[str, tuple[Cells, str]] = {}
        self._types = Types(form, ledger)
        self._rules = Rules(self._questions, self._places, ledger)

    def draft(self) -> FormDraft | None:
        """The whole form."""
        members = self._structure()
        for field_id, cells, repeat in self._waiting:
            self._rules.read(field_id, cells, repeat)
        for name, rows in self._form.choices.items():
            for row in rows:
                for column, place in row.places.items():
                    if name not in self._types.lists:
                        self._ledger.drop(place, "list-unused", name)
                    elif column in ("list_name", "name", "label"):
                        self._ledger.carry(place)
        members = tuple(self._finished(member, "") for member in members)
        title = readable(self._form.settings.get("form_title", self._form.settings.get("title")), UNTITLED_FORM)
        pages = _pages(members)
        if not pages:
            return None
        return FormDraft(
            title=title, pages=pages, assertions=tuple(self._rules.assertions), facts=self._rules.facts, places=self._places
        )

    def _structure(self) -> tuple[MemberDraft, ...]:
        root = Block(cells=None, kind="", name="", members=[])
        stack = [root]
        for cells in self._form.survey:
            told = " ".join(cells.get("type").split())
            block = _BLOCK.fullmatch(told)
            if block is None:
                self._question(cells, told, stack)
            elif block[1].lower() == "begin":
                stack.append(self._begun(cells, block[2].lower(), stack))
            elif len(stack) > 1 and stack[-1].kind == block[2].lower():
                self._carry(cells, ("type", "name", "label"))
                self._end(stack)
            else:
                self._ledger.drop(cells.places["type"], "unbalanced", told)
        while len(stack) > 1:
            self._ledger.drop(stack[-1].cells.place if stack[-1].cells else "", "unbalanced", stack[-1].kind)
            self._end(stack)
        return tuple(root.members)

    def _begun(self, cells: Cells, kind: str, stack: list[Block]) -> Block:
        self._carry(cells, ("type", "name", "label", "hint"))
        repeat = _repeat_of(stack)
        name = ""
        if kind == "repeat" and repeat:
            self._ledger.drop(cells.places["type"], "rows-in-rows", cells.get("name"))
        elif kind == "repeat":
            name = self._taken(cells, self._names)
            self._row_names[name] = Names()
        else:
            name = f"?{len(self._groups)}"
            self._groups[name] = (cells, repeat)
        for column in ("repeat_count", "appearance", "parameters"):
            if column in cells.places:
                self._ledger.drop(cells.places[column], "look-only" if column == "appearance" else "not-checked", column)
        return Block(cells=cells, kind=kind, name=name, members=[])

    def _end(self, stack: list[Block]) -> None:
        block = stack.pop()
        cells = block.cells
        if cells is None or not block.members or (block.kind == "repeat" and not block.name):
            return
        label = readable(cells.get("label"), readable(words_of(cells.get("name")), GENERAL_PAGE))
        hint = readable(cells.get("hint"), "", longest=1_000)
        if block.kind == "group":
            # The name stands for the group until its rule is known.
            stack[-1].members.append(GroupDraft(name=block.name, label=label, hint=hint, members=tuple(block.members)))
            return
        rows = FieldDraft(name=block.name, label=label, hint=hint, schema={"type": "array"}, rows=tuple(block.members))
        self._places[block.name] = cells.place
        self._waiting.append((block.name, cells, ""))
        stack[-1].members.append(rows)

    def _question(self, cells: Cells, told: str, stack: list[Block]) -> None:
        kind = told.lower()
        if kind in _OF_DEVICES or not told:
            self._drop(cells, "device-only" if told else "not-understood")
            return
        if kind == "note":
            self._carry(cells, ("type", "name", "label", "hint"))
            self._expected_rules(cells, "not-checked")
            text = readable(" ".join((cells.get("label"), cells.get("hint"))), "", longest=4_000)
            if "${" in text:
                self._ledger.approximate(cells.places.get("label", cells.place), "values-in-text")
            if text:
                stack[-1].members.append(TextDraft(text=text))
            return
        repeat = _repeat_of(stack)
        if any(block.kind == "repeat" and not block.name for block in stack):
            self._drop(cells, "rows-in-rows")
            return
        if len(self._questions) >= MAX_FIELDS:
            self._drop(cells, "too-many-fields")
            return
        schema, options = self._types.schema(cells, told, kind)
        if schema is None:
            self._drop(cells, "type-without-field")
            return
        names = self._row_names[repeat] if repeat else self._names
        name = self._taken(cells, names)
        label = readable(cells.get("label"), readable(words_of(cells.get("name")), name))
        if "${" in label:
            self._ledger.approximate(cells.places["label"], "values-in-text")
        hint = readable(cells.get("hint"), "", longest=1_000)
        self._carry(cells, ("label", "hint"))
        if cells.get("appearance") == "multiline" and schema == {"type": "string"}:
            schema = {"type": "string", "x-element": "long_text"}
            self._ledger.carry(cells.places["appearance"])
        field = FieldDraft(name=name, label=label, hint="" if hint == label else hint, schema=schema, options=options)
        self._questions.setdefault(cells.get("name"), Question(field=field, path=name, repeat=repeat))
        field_id = f"{repeat}[].{name}" if repeat else name
        self._places[field_id] = cells.place
        self._waiting.append((field_id, cells, repeat))
        stack[-1].members.append(field)

    def _taken(self, cells: Cells, names: Names) -> str:
        written = cells.get("name")
        name = names.take(written, otherwise="field")
        if "name" in cells.places:
            if name == written:
                self._ledger.carry(cells.places["name"])
            else:
                self._ledger.approximate(cells.places["name"], "renamed", written, name=name)
        return name

    def _finished(self, member: MemberDraft, repeat: str) -> MemberDraft:
        """The member with the rules that were read for it."""
        if isinstance(member, GroupDraft):
            cells, inside = self._groups[member.name]
            relevant = self._rules.relevant(cells, inside)
            members = tuple(self._finished(one, repeat) for one in member.members)
            return msgspec.structs.replace(member, name="", members=members, relevant=relevant)
        if isinstance(member, TextDraft):
            return member
        field_id = f"{repeat}[].{member.name}" if repeat else member.name
        schema = dict(member.schema)
        rules = self._rules.rules.get(field_id, {})
        if schema.pop("readOnly", False):
            schema["type"] = self._rules.kinds.get(field_id, "string")
        return msgspec.structs.replace(
            member,
            schema=schema,
            rules=rules,
            required=field_id in self._rules.required,
            rows=tuple(self._finished(row, member.name) for row in member.rows),
        )

    def _expected_rules(self, cells: Cells, code: str) -> None:
        for column in cells.places:
            self._ledger.drop_unsaid(cells.places[column], code)

    def _drop(self, cells: Cells, code: str) -> None:
        for place in cells.places.values():
            self._ledger.drop(place, code, cells.get("type"), limit=MAX_FIELDS)

    def _carry(self, cells: Cells, columns: tuple[str, ...]) -> None:
        for column in columns:
            if column in cells.places:
                self._ledger.carry(cells.places[column])


def _repeat_of(stack: list[Block]) -> str:
    return next((block.name for block in reversed(stack) if block.kind == "repeat" and block.name), "")


def _pages(members: tuple[MemberDraft, ...]) -> tuple[PageDraft, ...]:
    """A page for each group and repeat at the root; what stands between them shares one."""
    pages: list[PageDraft] = []
    single: list[MemberDraft] = []
    for member in (*members, None):
        own = isinstance(member, GroupDraft) or (isinstance(member, FieldDraft) and bool(member.rows))
        if (own or member is None) and any(not isinstance(one, TextDraft) for one in single):
            pages.append(PageDraft(label=GENERAL_PAGE, members=tuple(single)))
            single = []
        if isinstance(member, GroupDraft):
            inner = (*single, *member.members)
            pages.append(PageDraft(label=member.label, hint=member.hint, members=inner, relevant=member.relevant))
            single = []
        elif isinstance(member, FieldDraft) and member.rows:
            pages.append(
                PageDraft(label=member.label, hint=member.hint, members=(*single, msgspec.structs.replace(member, hint="")))
            )
            single = []
        elif member is not None:
            single.append(member)
    if single and pages:
        last = pages[-1]
        pages[-1] = msgspec.structs.replace(last, members=(*last.members, *single))
    return tuple(pages)

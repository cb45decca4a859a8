"""Conditions of a JSON Schema (`if`, `dependentRequired` …) → rules of fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from server.documents.pointer import escape
from server.exchange.importers.draft import AssertionDraft, FieldDraft, GroupDraft, MemberDraft
from server.exchange.importers.names import Names
from server.exchange.importers.schema_fields import literal
from server.exchange.importers.schema_place import Place, Reading
from server.exchange.importers.schema_source import Flat, Part, Said
from server.messages.importing import CHECK_FAILED


def conditioned(
    reader: Reading, flat: Flat, members: dict[str, MemberDraft], names: Names, place: Place
) -> dict[str, MemberDraft]:
    """The members of an object with what its conditions demand of them; whatever no rule can say is reported."""
    work = _Conditions(reader, flat, members, names, place)
    for part in flat.conditions:
        work.condition(part)
    for keyword in ("dependentRequired", "dependentSchemas", "dependencies"):
        for one in flat.said.get(keyword, ()):
            work.dependencies(one)
    return work.members


def value_rule(path: str, schema: Any, field: FieldDraft, carried: Callable[[str], None]) -> str | None:
    """A schema for the value of one field as a rule; nothing where no rule says the same."""
    if not isinstance(schema, dict):
        return "true" if schema is True else "false" if schema is False else None
    parts = []
    for keyword, value in schema.items():
        text: str | None
        match keyword:
            case "const":
                text = _compared(path, "==", value, field)
            case "enum" if isinstance(value, list):
                codes = [literal(one, field.schema) for one in value if one is not None]
                text = None if None in codes or not codes else f"{path} in [{', '.join(map(str, codes))}]"
            case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
                text = _compared(path, _SIGNS[keyword], value, field)
            case "not":
                inner = value_rule(path, value, field, lambda _: None)
                text = None if inner is None else f"!({inner})"
            case "type" | "title" | "description" | "$comment":
                text = "true"
            case _:
                text = None
        if text is None:
            return None
        carried(keyword)
        parts += [text] if text != "true" else []
    return " && ".join(parts) or "true"


class _Conditions:
    """The conditions of one object."""

    def __init__(self, reader: Reading, flat: Flat, members: dict[str, MemberDraft], names: Names, place: Place) -> None:
        self._reader, self._flat, self._names, self._place = reader, flat, names, place
        self._ledger = reader.ledger
        self.members = dict(members)

    def condition(self, part: Part) -> None:
        """`if` with its `then` and `else`."""
        schema = part.schema
        rule = self._rule(schema["if"], f"{part.pointer}/if")
        if rule is None:
            for keyword in ("if", "then", "else"):
                if keyword in schema:
                    self._ledger.drop(f"{part.pointer}/{keyword}", "condition-not-expressible", keyword)
            return
        self._ledger.approximate(f"{part.pointer}/if", "condition-needs-answer")
        for keyword, holds in (("then", rule), ("else", f"!({rule})")):
            if keyword in schema:
                self._ledger.carry(f"{part.pointer}/{keyword}")
                self._consequence(Part(schema[keyword], f"{part.pointer}/{keyword}"), holds)

    def dependencies(self, one: Said) -> None:
        """What an answered field demands of others."""
        if not isinstance(one.value, dict):
            self._ledger.drop(one.pointer, "not-understood")
            return
        self._ledger.carry(one.pointer)
        for name, demand in one.value.items():
            place = f"{one.pointer}/{escape(name)}"
            rule = self._answered(name)
            if rule is None:
                self._ledger.drop(place, "condition-not-expressible", name)
            elif isinstance(demand, list):
                self._require([str(wanted) for wanted in demand], rule, place)
            else:
                self._consequence(Part(demand, place), rule)

    def _consequence(self, part: Part, rule: str) -> None:
        """What holds where the rule does: fields that are there, demanded, or limited."""
        flat = self._reader.source.flat([part], self._flat.trail)
        for name, parts in flat.properties.items():
            if name not in self.members:
                own = self._names.take(name, otherwise="field")
                member = self._reader.member(parts, flat, name, own, self._place, required=False)
                if member is not None:
                    self.members[name] = _relevant(member, rule)
                    self._ledger.approximate(parts[0].pointer, "asked-on-condition", name)
                continue
            consequence = self._rule({"properties": {name: parts[0].schema}}, parts[0].pointer)
            member = self.members[name]
            if consequence is None or isinstance(member, GroupDraft) or len(parts) > 1:
                self._ledger.drop(parts[0].pointer, "condition-not-expressible", name)
            elif consequence != "true":
                self._ledger.approximate(parts[0].pointer, "checked-on-condition", name)
                self._assert(name, f"!({rule}) || ({consequence})", parts[0].pointer)
        for one in flat.said.get("required", ()):
            self._require([str(wanted) for wanted in one.value] if isinstance(one.value, list) else [], rule, one.pointer)
        for inner in flat.conditions:
            for keyword in ("if", "then", "else"):
                if keyword in inner.schema:
                    self._ledger.drop(f"{inner.pointer}/{keyword}", "condition-not-expressible", keyword)

    def _require(self, wanted: list[str], rule: str, place: str) -> None:
        missing = []
        for name in wanted:
            member = self.members.get(name)
            if not isinstance(member, FieldDraft):
                missing.append(name)
                continue
            before = member.rules.get("required", "")
            whole = f"({before}) || ({rule})" if before else rule
            self.members[name] = msgspec.structs.replace(member, rules={**member.rules, "required": whole})
        if missing:
            self._ledger.drop(place, "required-without-field", ", ".join(missing)[:80])
        else:
            self._ledger.carry(place)

    def _rule(self, schema: Any, pointer: str) -> str | None:
        """A schema for the object as a rule; nothing where no rule says the same."""
        if schema is True or schema == {}:
            return "true"
        if not isinstance(schema, dict):
            return None
        parts: list[str | None] = []
        for keyword, value in schema.items():
            here = f"{pointer}/{escape(keyword)}"
            match keyword:
                case "properties" if isinstance(value, dict):
                    parts += [self._property(name, one, f"{here}/{escape(name)}") for name, one in value.items()]
                case "required" if isinstance(value, list):
                    told = schema.get("properties", {})
                    parts += [self._answered(name) for name in value if not (isinstance(told, dict) and name in told)]
                case "allOf" | "anyOf" if isinstance(value, list) and value:
                    found = [self._rule(one, f"{here}/{index}") for index, one in enumerate(value)]
                    sign = " && " if keyword == "allOf" else " || "
                    parts.append(None if None in found else sign.join(f"({one})" for one in found))
                case "not":
                    inner = self._rule(value, here)
                    parts.append(None if inner is None else f"!({inner})")
                case "type" | "title" | "description" | "$comment":
                    pass
                case _:
                    return None
            self._ledger.carry(here)
        if None in parts:
            return None
        return " && ".join(f"({one})" if len(parts) > 1 else str(one) for one in parts) or "true"

    def _property(self, name: str, schema: Any, pointer: str) -> str | None:
        """A schema for one field as a rule."""
        member = self.members.get(name)
        if not isinstance(member, FieldDraft) or member.rows or not isinstance(schema, dict):
            return None
        rule = value_rule(self._path(member), schema, member, lambda keyword: self._ledger.carry(f"{pointer}/{escape(keyword)}"))
        if rule is not None:
            self._ledger.carry(pointer)
        return rule

    def _answered(self, name: Any) -> str | None:
        """The fact that a field is answered; there are none about fields of rows."""
        member = self.members.get(name) if isinstance(name, str) else None
        if not isinstance(member, FieldDraft) or self._place.group:
            return None
        path = self._path(member)
        fact = f"answered.{path.replace('.', '_')}"
        self._reader.facts[fact] = {"is_answered": path, "title": member.label}
        return fact

    def _path(self, member: FieldDraft) -> str:
        return self._place.under(member.name).variable

    def _assert(self, name: str, holds: str, pointer: str) -> None:
        member = self.members[name]
        if isinstance(member, FieldDraft):
            at = self._place.under(member.name).field_id
            message = CHECK_FAILED.format(label=member.label)
            self._reader.assertions.append(AssertionDraft(at=at, holds=holds, message=message, place=pointer))


_SIGNS = {"minimum": ">=", "maximum": "<=", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}


def _compared(path: str, sign: str, value: Any, member: FieldDraft) -> str | None:
    text = literal(value, member.schema)
    return None if text is None else f"{path} {sign} {text}"


def _relevant(member: MemberDraft, rule: str) -> MemberDraft:
    if isinstance(member, GroupDraft):
        return msgspec.structs.replace(member, relevant=rule)
    if isinstance(member, FieldDraft):
        return msgspec.structs.replace(member, rules={**member.rules, "relevant": rule})
    return member

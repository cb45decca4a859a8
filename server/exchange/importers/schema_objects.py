"""Objects and lists of a JSON Schema → groups, rows and fields."""

from __future__ import annotations

from typing import Any

import msgspec

from server.exchange.importers.draft import MAX_FIELDS, FieldDraft, GroupDraft, MemberDraft
from server.exchange.importers.names import ROOT_TAKEN, Names
from server.exchange.importers.schema_alternatives import (
    ALTERNATIVES,
    has_variants,
    is_null,
    kind_of,
    listed_options,
    simplified,
    texts_of,
)
from server.exchange.importers.schema_conditions import conditioned
from server.exchange.importers.schema_fields import (
    Scalar,
    choice_field,
    default_rule,
    entries,
    enum_options,
    long_text,
    number_field,
    text_field,
)
from server.exchange.importers.schema_place import Place
from server.exchange.importers.schema_source import Flat, Part, Source, types_of
from server.exchange.importers.titles import readable, told_apart
from server.messages.importing import KEY, OTHER_OPTION, VALUE, VARIANT

MAX_DEPTH = 8
_SCALARS = ("string", "number", "integer", "boolean")


class Reader:
    """A schema on its way into a draft."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.ledger = source.ledger
        self.facts: dict[str, dict[str, Any]] = {}
        self.assertions: list[Any] = []
        #: Field id to the place of its schema.
        self.places: dict[str, str] = {}
        #: Property names on the way to a field to its id.
        self.chains: dict[tuple[str, ...], str] = {}
        self._count = 0

    def root(self, flat: Flat, place: Place) -> tuple[MemberDraft, ...]:
        """The members of the whole document; of a list or a single value, as one field."""
        flat = simplified(self.source, flat)
        if flat.properties or has_variants(self.source, flat) or flat.conditions:
            return self.members(flat, place)
        if types_of(flat) == ["object"] and not {"additionalProperties", "patternProperties"} & flat.said.keys():
            return ()
        member = self.member([Part(self.source.document, "")], flat, "content", "content", place, required=True)
        return () if member is None else (member,)

    def members(self, flat: Flat, place: Place) -> tuple[MemberDraft, ...]:
        """The members of an object, in the order of its properties, with what its conditions demand."""
        flat = simplified(self.source, flat)
        required = {name for one in flat.said.get("required", ()) if isinstance(one.value, list) for name in one.value}
        names = Names(taken=() if place.path or place.group else ROOT_TAKEN)
        found: dict[str, MemberDraft] = {}
        for name, parts in flat.properties.items():
            own = names.take(name, otherwise="field")
            member = self.member(parts, flat, name, own, place, required=name in required)
            if member is None:
                continue
            if own != name:
                self.ledger.approximate(parts[0].pointer, "renamed", name, name=own)
            found[name] = member
        for one in flat.said.get("required", ()):
            missing = [str(name) for name in one.value if name not in found] if isinstance(one.value, list) else []
            if missing:
                self.ledger.drop(one.pointer, "required-without-field", ", ".join(missing)[:80])
            else:
                self.ledger.carry(one.pointer)
        found = conditioned(self, flat, found, names, place)
        found |= self._variants(flat, names, place)
        self._report_object(flat)
        return tuple(found.values())

    def member(self, parts: list[Part], outer: Flat, name: str, own: str, place: Place, *, required: bool) -> MemberDraft | None:
        """The field or group of one property; nothing where it has no place in a form."""
        flat = simplified(self.source, self.source.flat(parts, outer.trail))
        pointer = parts[0].pointer
        self.ledger.carry(pointer, name)
        if flat.circular or flat.said.get("never"):
            self.ledger.drop(pointer, "circular" if flat.circular else "never-allowed", name)
            return None
        self._count += 1
        if self._count > MAX_FIELDS:
            self.ledger.drop(pointer, "too-many-fields", name, limit=MAX_FIELDS)
            return None
        label, hint = texts_of(self.source, flat, name)
        here = place.under(own, name)
        self.places[here.field_id] = pointer
        self.chains[here.chain] = here.field_id
        kind = kind_of(self.source, flat)
        if kind == "object" and (flat.properties or has_variants(self.source, flat)):
            if place.depth >= MAX_DEPTH:
                self.ledger.drop(pointer, "too-deep", name, limit=MAX_DEPTH)
                return None
            members = self.members(flat, here)
            if not members:
                return None
            group = GroupDraft(name=own, label=label, hint=hint, members=members)
            return group if required else _without_demands(group, self, pointer)
        return self._field(flat, kind, label, hint, own, name, place, required=required)

    def _field(
        self, flat: Flat, kind: str, label: str, hint: str, own: str, name: str, place: Place, *, required: bool
    ) -> FieldDraft | None:
        rows: tuple[MemberDraft, ...] = ()
        options = None if kind in ("array", "object") else enum_options(self.source, flat) or listed_options(self.source, flat)
        if kind == "array":
            scalar, rows = self._list(flat, own, name, place)
        elif kind == "object":
            scalar, rows = self._map(flat, own, name, place)
        elif options is not None and kind != "boolean":
            scalar = choice_field(self.source, options, flat)
        elif kind in ("integer", "number"):
            scalar = number_field(self.source, flat, whole=kind == "integer")
        elif kind == "boolean":
            scalar = Scalar(schema={"type": "boolean"})
        elif kind == "string":
            scalar = text_field(self.source, flat)
        else:
            self.ledger.approximate(flat.pointer, "any-as-text")
            scalar = Scalar(schema=long_text())
        rules = default_rule(self.source, flat, scalar.schema)
        return FieldDraft(
            name=own,
            label=label,
            hint=hint,
            schema=scalar.schema,
            options=scalar.options,
            required=required and not (rows and scalar.schema.get("minItems", 0) == 0),
            rules=rules,
            rows=rows,
        )

    def _list(self, flat: Flat, own: str, name: str, place: Place) -> tuple[Scalar, tuple[MemberDraft, ...]]:
        """A list: of choices as check boxes, of objects as rows, of single values as rows with one column."""
        parts = [Part(one.value, one.pointer) for one in flat.said.get("items", ()) if isinstance(one.value, dict | bool)]
        for one in flat.said.get("items", ()):
            self.ledger.carry(one.pointer)
        schema: dict[str, Any] = {"type": "array"}
        for keyword in ("minItems", "maxItems", "uniqueItems"):
            for one in flat.said.get(keyword, ())[:1]:
                schema[keyword] = one.value
                self.ledger.carry(one.pointer)
        inner = simplified(self.source, self.source.flat(parts, flat.trail)) if parts else None
        if inner is None or inner.circular:
            self.ledger.approximate(flat.pointer, "list-as-text")
            return Scalar(schema=long_text()), ()
        kind = kind_of(self.source, inner)
        options = (enum_options(self.source, inner) or listed_options(self.source, inner)) if kind in _SCALARS else None
        if options is not None:
            texts_of(self.source, inner, "")
            return Scalar(schema=schema | {"items": {"type": "string", "oneOf": entries(options)}, "uniqueItems": True}), ()
        if place.group or place.depth >= MAX_DEPTH:
            self.ledger.approximate(flat.pointer, "nested-list-as-text")
            return Scalar(schema=long_text()), ()
        here = place.inside_rows(own, name)
        if kind == "object" and (inner.properties or has_variants(self.source, inner)):
            texts_of(self.source, inner, "")
            rows = self.members(inner, here)
        else:
            self.ledger.approximate(flat.pointer, "list-as-rows")
            rows = tuple(filter(None, (self.member(parts, flat, "value", "value", here, required=True),)))
            rows = tuple(msgspec.structs.replace(row, label=VALUE) if isinstance(row, FieldDraft) else row for row in rows)
        if not rows:
            return Scalar(schema=long_text()), ()
        schema.pop("uniqueItems", None) if kind != "object" else None
        return Scalar(schema=schema), rows

    def _map(self, flat: Flat, own: str, name: str, place: Place) -> tuple[Scalar, tuple[MemberDraft, ...]]:
        """An object without named properties: rows of names and values where its values are described."""
        parts = [Part(one.value, one.pointer) for one in flat.said.get("additionalProperties", ()) if isinstance(one.value, dict)]
        for one in flat.said.get("patternProperties", ()):
            if isinstance(one.value, dict) and not parts:
                parts = [Part(value, f"{one.pointer}/{key}") for key, value in list(one.value.items())[:1]]
        if not parts or place.group:
            self._report_object(flat)
            self.ledger.approximate(flat.pointer, "object-as-text")
            return Scalar(schema=long_text()), ()
        self.ledger.approximate(flat.pointer, "map-as-rows")
        for keyword in ("additionalProperties", "patternProperties"):
            for one in flat.said.get(keyword, ()):
                self.ledger.approximate(one.pointer, "map-as-rows")
        here = place.inside_rows(own, name)
        value = self.member(parts, flat, "value", "value", here, required=True)
        key = FieldDraft(name="key", label=KEY, required=True, schema={"type": "string", "minLength": 1, "maxLength": 200})
        rows = (key, value) if value is not None else (key,)
        return Scalar(schema={"type": "array"}), rows

    def _variants(self, flat: Flat, names: Names, place: Place) -> dict[str, MemberDraft]:
        """Alternatives that are objects: a choice between them, and the fields of each where it is chosen."""
        found: dict[str, MemberDraft] = {}
        for keyword in ALTERNATIVES:
            for one in flat.said.get(keyword, ()):
                real = [] if not isinstance(one.value, list) else [pair for pair in enumerate(one.value) if not is_null(pair[1])]
                flats = [self.source.flat([Part(alternative, f"{one.pointer}/{n}")], flat.trail) for n, alternative in real]
                if not flats or any(not inner.properties or inner.circular for inner in flats):
                    code = "either-required" if all("required" in inner.said for inner in flats) else "not-understood"
                    self.ledger.drop(one.pointer, code, keyword)
                    continue
                if place.depth >= MAX_DEPTH:
                    self.ledger.drop(one.pointer, "too-deep", keyword, limit=MAX_DEPTH)
                    continue
                self.ledger.approximate(one.pointer, "variants", keyword)
                found |= self._variant_members(flats, names, place)
        return found

    def _variant_members(self, flats: list[Flat], names: Names, place: Place) -> dict[str, MemberDraft]:
        found: dict[str, MemberDraft] = {}
        chosen = names.take("variant")
        titles = told_apart(
            readable(inner.first("title"), OTHER_OPTION.format(number=number + 1)) for number, inner in enumerate(flats)
        )
        options = [(str(number + 1), title) for number, title in enumerate(titles)]
        found[f"{chosen}?"] = FieldDraft(
            name=chosen, label=VARIANT, required=True, schema={"type": "string", "oneOf": entries(options)}
        )
        for number, inner in enumerate(flats):
            own = names.take(f"{chosen}_{number + 1}")
            texts_of(self.source, inner, "")
            kind_of(self.source, inner)
            members = self.members(inner, place.under(own))
            if members:
                rule = f"{place.under(chosen).variable} == '{number + 1}'"
                found[f"{own}?"] = GroupDraft(name=own, label=titles[number], members=members, relevant=rule)
        return found

    def _report_object(self, flat: Flat) -> None:
        """What objects can say and forms cannot."""
        for one in flat.said.get("additionalProperties", ()):
            if one.value is False:
                self.ledger.carry(one.pointer)
            elif not flat.properties and isinstance(one.value, dict):
                continue
            else:
                self.ledger.drop(one.pointer, "open-object")
        for keyword in ("patternProperties", "propertyNames", "minProperties", "maxProperties", "unevaluatedProperties"):
            for one in flat.said.get(keyword, ()):
                self.ledger.drop(one.pointer, "open-object")


def _without_demands(group: GroupDraft, reader: Reader, pointer: str) -> GroupDraft:
    """A group that may be left out as a whole demands nothing of its members."""
    if not any(_demands(member) for member in group.members):
        return group
    reader.ledger.approximate(pointer, "optional-group")
    members = tuple(_relaxed(member) for member in group.members)
    return msgspec.structs.replace(group, members=members)


def _demands(member: MemberDraft) -> bool:
    if isinstance(member, GroupDraft):
        return any(map(_demands, member.members))
    return isinstance(member, FieldDraft) and member.required


def _relaxed(member: MemberDraft) -> MemberDraft:
    if isinstance(member, GroupDraft):
        return msgspec.structs.replace(member, members=tuple(map(_relaxed, member.members)))
    return msgspec.structs.replace(member, required=False) if isinstance(member, FieldDraft) else member

"""JSON Schema (2020-12 or draft-07) → a form: one page per object at the root."""

from __future__ import annotations

import msgspec

from server.documents.pointer import escape
from server.exchange.fidelity import Ledger
from server.exchange.importers.draft import FieldDraft, FormDraft, GroupDraft, MemberDraft, PageDraft
from server.exchange.importers.schema_objects import Reader
from server.exchange.importers.schema_place import Place
from server.exchange.importers.schema_source import Part, Source
from server.exchange.importers.titles import readable
from server.exchange.schema_parts import keywords_in
from server.messages.importing import GENERAL_PAGE, UNTITLED_FORM
from server.types import JsonValue

#: Keywords that a form has no use for or does not check, wherever they stand.
_WITHOUT_USE = {
    **dict.fromkeys(("$comment", "examples", "example", "deprecated", "readOnly", "writeOnly", "$vocabulary"), "annotation-only"),
    **dict.fromkeys(("contentMediaType", "contentEncoding", "contentSchema", "$anchor", "$dynamicAnchor"), "annotation-only"),
    **dict.fromkeys(("not", "contains", "minContains", "maxContains", "prefixItems", "additionalItems"), "not-checked"),
    **dict.fromkeys(("unevaluatedItems", "unevaluatedProperties", "propertyNames", "allOf", "anyOf", "oneOf"), "not-checked"),
    **dict.fromkeys(("minItems", "maxItems", "uniqueItems", "minLength", "maxLength", "pattern", "format"), "not-checked"),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), "not-checked"),
}
#: Keywords that are understood; where nobody took them, they stand in a part that is not in the form.
_KNOWN = (
    *("type", "title", "description", "default", "enum", "const", "required", "properties", "items", "$ref", "$dynamicRef"),
    *("additionalProperties", "patternProperties", "minProperties", "maxProperties", "if", "then", "else", "$defs"),
    *("definitions", "dependentRequired", "dependentSchemas", "dependencies", "$id", "id", "$schema"),
)


def read_json_schema(document: JsonValue, ledger: Ledger) -> FormDraft | None:
    """The form a schema describes; nothing where it has no field at all. Every keyword is spoken for in the ledger."""
    for pointer, keyword in keywords_in(document):
        ledger.expect(pointer, keyword)
    source = Source(document, ledger)
    reader = Reader(source)
    flat = source.flat([Part(document, "")], frozenset(("",)))
    title = readable(flat.first("title"), UNTITLED_FORM)
    summary = readable(flat.first("description"), "", longest=1_000)
    for keyword in ("$schema", "$id", "id", "title", "description", "type"):
        for one in flat.said.get(keyword, ()):
            ledger.carry(one.pointer)
    members = reader.root(flat, Place())
    for keyword in ("$defs", "definitions"):
        for one in flat.said.get(keyword, ()):
            ledger.carry(one.pointer)
            for name in one.value if isinstance(one.value, dict) else ():
                ledger.sweep(f"{one.pointer}/{escape(name)}", "definition-unused")
    for keyword, code in _WITHOUT_USE.items():
        ledger.name_dropped(keyword, code)
    for keyword in _KNOWN:
        ledger.name_dropped(keyword, "part-not-taken")
    if not members:
        return None
    return FormDraft(
        title=title,
        summary="" if summary == title else summary,
        pages=pages_of(members),
        assertions=tuple(reader.assertions),
        facts=reader.facts,
        places=reader.places,
        chains=reader.chains,
    )


def pages_of(members: tuple[MemberDraft, ...]) -> tuple[PageDraft, ...]:
    """A page for each group and each list at the root, and one in front for the fields that are in none."""
    single = tuple(member for member in members if not isinstance(member, GroupDraft) and not _is_list(member))
    pages = [PageDraft(label=GENERAL_PAGE, members=single)] if single else []
    for member in members:
        if isinstance(member, GroupDraft):
            pages.append(
                PageDraft(
                    name=member.name, label=member.label, hint=member.hint, members=member.members, relevant=member.relevant
                )
            )
        elif isinstance(member, FieldDraft) and _is_list(member):
            pages.append(PageDraft(label=member.label, hint=member.hint, members=(msgspec.structs.replace(member, hint=""),)))
    return tuple(pages)


def _is_list(member: MemberDraft) -> bool:
    return isinstance(member, FieldDraft) and bool(member.rows)

"""What differs between any two sets of documents of a service, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from server.definitions.service import DOCUMENT_KINDS, LIBRARY, Documents, place_of
from server.differences.change import SemanticChange
from server.differences.fields import FORM_KINDS, FormChanges
from server.differences.lexicon import text_at
from server.differences.pair import Pair
from server.differences.pieces import Piece, pieces_between
from server.differences.sentences import sentences_for
from server.differences.steps import ProcessChanges
from server.messages.differences import part, sentence, term

_ORDER = {kind: position for position, (kind, *_) in enumerate(DOCUMENT_KINDS)}

#: Kind of document to what of it an applicant sees.
_SEEN: dict[str, tuple[str, ...]] = {
    "data_schema": (
        *("field", "label", "description", "required", "option", "title", "field_kind"),
        *("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"),
    ),
    "layout": ("field", "page", "group", "label", "hint", "text", "static_text"),
    "logic": ("relevant", "required", "required_rule", "options_rule", "assertion", "assertion_message"),
    "materials": (
        *("material", "title", "material_kind", "material_form", "needing_items", "needing_item", "due", "reason", "waived"),
        *("waived_reason", "hint", "reuse_days", "e_licence", "pages", "template"),
    ),
    "consent": ("consent",),
    "guide": ("guide",),
    "items": ("item", "title", "summary", "hint", "legal_limit", "promised_limit", "visits", "fees"),
    "codelist": ("code", "title", "offered"),
}


def semantic_changes(before: Documents, after: Documents, *, service_id: str) -> tuple[SemanticChange, ...]:
    """Every difference as a sentence; none if and only if the documents are the same in normal form.

    Each single change is spoken of by exactly one sentence. Documents may be damaged; overlays are named, not applied.
    """
    pieces = pieces_between(before, after, service_id)
    pair = Pair(before, after, service_id)
    found = [change for group in _groups(pieces) for change in _said(group, pair)]
    positions = {change: index for index, change in enumerate(map(id, found))}
    return tuple(sorted(found, key=lambda change: (_rank(change.path, service_id), positions[id(change)])))


def applicant_changes(before: Documents, after: Documents, service_id: str) -> tuple[str, ...]:
    """What an applicant notices of the differences, in Chinese: fields, options, materials, texts, items and their limits."""
    pair = Pair(before, after, service_id)
    offered = _offered(pair)
    lines = []
    for change in semantic_changes(before, after, service_id=service_id):
        place = place_of(change.path, service_id)
        kind, name = (place.kind, place.name) if place is not None else ("", "")
        if change.topic in _SEEN.get(kind, ()) and (kind != "codelist" or name in offered):
            lines.append(_option(change, offered[name]) if kind == "codelist" else change.zh)
    return tuple(dict.fromkeys(lines))


def _offered(pair: Pair) -> dict[str, str]:
    """The code lists that fields of the application form offer, each with the label of the first."""
    found: dict[str, str] = {}
    for lexicon in (pair.after, pair.before):
        view = lexicon.form("")
        for field in view.fields.values() if view is not None else ():
            items = field.schema.get("items")
            for schema in (field.schema, items if isinstance(items, dict) else {}):
                if isinstance(schema.get("x-codelist"), str):
                    found.setdefault(schema["x-codelist"], field.label)
    return found


def _option(change: SemanticChange, label: str) -> str:
    """What became of a code, said of the field that offers it."""
    title = text_at(change.after if change.kind == "added" else change.before, "title")
    if change.topic != "code" or not title or change.kind not in ("added", "removed"):
        return change.zh
    noun = part("in", outer=term("field", label), inner=term("option", title))
    return sentence(change.kind, noun=noun).zh


def _groups(pieces: tuple[Piece, ...]) -> Iterator[list[Piece]]:
    """Changes of one document together, those of all the documents of a form too."""
    groups: dict[tuple[str, str], list[Piece]] = {}
    for piece in pieces:
        key = ("form", piece.name) if piece.kind in FORM_KINDS else ("", piece.path)
        groups.setdefault(key, []).append(piece)
    return iter(groups.values())


def _said(pieces: list[Piece], pair: Pair) -> Iterator[SemanticChange]:
    first = pieces[0]
    if first.kind in FORM_KINDS:
        said, left = FormChanges(pieces, first.name, pair).said()
    elif first.kind == "process":
        said, left = ProcessChanges(pieces, first.name, pair).said()
    else:
        said, left = [], pieces
    yield from said
    yield from sentences_for(left, pair)


def _rank(path: str, service_id: str) -> tuple[bool, int, str]:
    place = place_of(path, service_id)
    kind = place.kind if place is not None else ""
    # The documents of a form belong together.
    first = {"layout": "data_schema", "logic": "data_schema", "task_layout": "task_data_schema", "task_logic": "task_data_schema"}
    position = _ORDER.get(first.get(kind, kind), len(_ORDER))
    return path.startswith(LIBRARY), position, path.rpartition("/")[0] if kind in FORM_KINDS else path

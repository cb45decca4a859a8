"""What the working copy would change: per document a short list in words and the lines that differ."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

import msgspec

from admin_ui.catalogue import State, document_title
from admin_ui.form_keys import FormKey, form_documents, form_keys
from server.definitions import field_edits, field_places
from server.definitions.field_places import FormDocuments, Located
from server.documents.pointer import MISSING, format_pointer, resolve
from server.exports.folder import document_bytes
from server.messages.admin import aspect_words, change_words
from server.types import JsonValue

_MOST_LINES = 400
#: How deep the members of a document are named in words.
_DEPTH = 3
_FACTS = ("label", "hint", "required", "rules", "options")


class DocumentChange(msgspec.Struct, frozen=True, kw_only=True):
    """One document that differs from what is in force."""

    path: str
    title: str
    state: State
    #: What changed, in words.
    summary: tuple[str, ...]
    #: Unified difference of the pretty text.
    lines: tuple[str, ...]
    #: Lines left out of a very long difference.
    omitted: int = 0


def document_changes(
    before: Mapping[str, JsonValue], after: Mapping[str, JsonValue], service_id: str
) -> tuple[DocumentChange, ...]:
    """Every document that differs, sorted by path."""
    found = []
    for path in sorted({*before, *after}):
        if before.get(path) == after.get(path):
            continue
        state: State = "added" if path not in before else "removed" if path not in after else "changed"
        lines = _difference(before.get(path), after.get(path))
        found.append(
            DocumentChange(
                path=path,
                title=document_title(after if path in after else before, path, service_id),
                state=state,
                summary=_summary(before.get(path), after.get(path)) if state == "changed" else (),
                lines=lines[:_MOST_LINES],
                omitted=max(len(lines) - _MOST_LINES, 0),
            )
        )
    return tuple(found)


def field_changes(before: Mapping[str, JsonValue], after: Mapping[str, JsonValue], service_id: str) -> tuple[str, ...]:
    """Fields added, removed, changed and moved in all forms, in words."""
    lines: list[str] = []
    for key in sorted({*form_keys(before, service_id), *form_keys(after, service_id)}, key=lambda key: key.task):
        if any(before.get(path) != after.get(path) for path in key.paths):
            lines += _form_changes(_form(before, key), _form(after, key))
    return tuple(lines)


def _form(documents: Mapping[str, JsonValue], key: FormKey) -> FormDocuments | None:
    return form_documents(documents, key) if key.paths[0] in documents else None


def _form_changes(before: FormDocuments | None, after: FormDocuments | None) -> Iterator[str]:
    old = {field.field_id: field for field in field_places.fields_of(before)} if before is not None else {}
    new = {field.field_id: field for field in field_places.fields_of(after)} if after is not None else {}
    for name in (name for name in old if name not in new and before is not None):
        yield _words("field-removed", before, old[name])
    for name, field in new.items():
        assert after is not None
        if name not in old:
            yield _words("field-added", after, field)
        elif before is not None:
            aspects = _aspects(before, old[name], after, field)
            if aspects:
                yield _words("field-changed", after, field, aspects=aspect_words(aspects))
    kept_before, kept_after = [name for name in old if name in new], [name for name in new if name in old]
    for name in _moved(kept_before, kept_after):
        yield _words("field-moved", after, new[name])


def _words(code: str, form: FormDocuments | None, field: Located, **params: str) -> str:
    assert form is not None
    label = field_edits.facts_of(form, field).label
    return change_words(code, {"label": label, "field": field.field_id, **params})


def _aspects(before: FormDocuments, old: Located, after: FormDocuments, new: Located) -> list[str]:
    """Which parts of a field differ."""
    was, is_now = field_edits.facts_of(before, old), field_edits.facts_of(after, new)
    found = [aspect for aspect in _FACTS if getattr(was, aspect) != getattr(is_now, aspect)]
    if not found and _rest(before, old) != _rest(after, new):
        found.append("schema")
    if _look(old) != _look(new):
        found.append("control")
    return found


def _rest(form: FormDocuments, field: Located) -> JsonValue:
    """A field's schema without the columns of its rows, which are fields of their own."""
    schema = resolve(form.schema, format_pointer(field.schema_place))
    if isinstance(schema, dict) and isinstance(schema.get("items"), dict) and "properties" in schema["items"]:
        return {**schema, "items": None}
    return schema


def _look(field: Located) -> JsonValue:
    options = {name: value for name, value in field.control.get("options", {}).items() if name != "detail"}
    return {**field.control, "options": options}


def _moved(before: list[str], after: list[str]) -> list[str]:
    """The fields that stand elsewhere among those kept: as few as explain the new order."""
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    still = {name for block in matcher.get_matching_blocks() for name in before[block.a : block.a + block.size]}
    return [name for name in after if name not in still]


def _summary(before: JsonValue, after: JsonValue) -> tuple[str, ...]:
    if isinstance(before, str) or isinstance(after, str):
        return (change_words("text-changed", {}),)
    return tuple(_members(before, after, ()))


def _members(before: JsonValue, after: JsonValue, place: tuple[str, ...]) -> Iterator[str]:
    """Members added, removed and changed, named as deep as is still readable."""
    if not isinstance(before, dict) or not isinstance(after, dict) or len(place) == _DEPTH:
        yield change_words("member-changed", {"place": "/".join(place) or "/"})
        return
    for name in (*before, *(name for name in after if name not in before)):
        old, new = before.get(name, MISSING), after.get(name, MISSING)
        if old is MISSING or new is MISSING:
            yield change_words("member-added" if old is MISSING else "member-removed", {"place": "/".join((*place, name))})
        elif old != new:
            yield from _members(old, new, (*place, name))


def _difference(before: JsonValue | None, after: JsonValue | None) -> tuple[str, ...]:
    old, new = ([] if value is None else document_bytes(value).decode().split("\n") for value in (before, after))
    return tuple(difflib.unified_diff(old, new, lineterm="", n=3))[2:]

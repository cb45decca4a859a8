"""What becomes different for an applicant when a draft moves to another release, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from server.cases.carrying import reads_alike
from server.cases.submitting import chosen_items
from server.cases.views import place_of
from server.forms.data import FormData, group_pointer
from server.forms.kinds.kind import FormField
from server.forms.settle import Settled, settle
from server.messages.alterations import alteration_text
from server.messages.pages import enumeration
from server.releases import Release, due_materials

_BOUNDS = (
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
)


class _Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a release asks of an applicant with these answers."""

    release: Release
    settled: Settled
    #: Fields with a place that is relevant now, in the order of the form; members of a group without rows included.
    fields: dict[str, FormField]
    #: Those that must be answered wherever they stand.
    required: frozenset[str]
    #: Titles of the materials to bring.
    materials: dict[str, str]


def alterations(before: Release, after: Release, *, data: FormData, carried: FormData, now: datetime) -> tuple[str, ...]:
    """What is asked, offered or wanted otherwise than before; nothing when the applicant meets no difference.

    `data` are the answers under the release before, `carried` those under the release after.
    """
    old, new = _asked(before, data, now), _asked(after, carried, now)
    return tuple(dict.fromkeys((*_fields(old, new), *_materials(old, new))))


def _asked(release: Release, data: FormData, now: datetime) -> _Asked:
    settled = settle(release.form, data, release.context(place_of(release, data), now))
    form = release.form
    shown = {place.field.id for place in settled.places if place.pointer not in settled.hidden}
    # A group without rows still asks for its members.
    bare = {
        name
        for group, names in form.groups.items()
        if group in shown and not data.rows.get(group_pointer(group))
        for name in names
    }
    needed = {place.field.id for place in settled.places if place.pointer in settled.required}
    due = due_materials(release, settled, chosen_items(release, settled))
    return _Asked(
        release=release,
        settled=settled,
        fields={name: field for name, field in form.fields.items() if name in shown | bare},
        required=frozenset(needed | {name for name in bare if form.fields[name].required}),
        materials={material.id: material.title for material in due if material.due and not material.waived},
    )


def _fields(old: _Asked, new: _Asked) -> Iterator[str]:
    for name, field in new.fields.items():
        before = old.fields.get(name)
        if before is None:
            page = new.release.form.page(field.page)
            yield alteration_text("question-new", label=_label(new, field), page=page.label if page is not None else "")
        else:
            yield from _changed(old, new, before, field)
    for name, field in old.fields.items():
        if name not in new.fields:
            yield alteration_text("question-gone", label=_label(old, field))


def _changed(old: _Asked, new: _Asked, before: FormField, after: FormField) -> Iterator[str]:
    label = _label(new, after)
    if before.label != after.label:
        yield alteration_text("question-renamed", before=before.label, label=label)
    if not reads_alike(before, after):
        yield alteration_text("question-otherwise", label=label)
    elif before.settings.get("wording") != after.settings.get("wording"):
        yield alteration_text("wording", label=label)
    elif before.schema.get("type") != "object" and _bounds(before) != _bounds(after):
        yield alteration_text("bounds", label=label)
    if (after.id in new.required) != (after.id in old.required):
        yield alteration_text("now-required" if after.id in new.required else "now-optional", label=label)
    yield from _options(before, after, label)


def _options(before: FormField, after: FormField, label: str) -> Iterator[str]:
    old, new = ({option.code: option.title for option in field.offered} for field in (before, after))
    if not old and not new:
        return
    yield from _named("options-new", (title for code, title in new.items() if code not in old), label)
    yield from _named("options-gone", (title for code, title in old.items() if code not in new), label)
    yield from _named("options-renamed", (title for code, title in new.items() if old.get(code, title) != title), label)


def _materials(old: _Asked, new: _Asked) -> Iterator[str]:
    yield from _named("materials-new", (title for name, title in new.materials.items() if name not in old.materials))
    yield from _named("materials-gone", (title for name, title in old.materials.items() if name not in new.materials))
    for name, title in new.materials.items():
        if old.materials.get(name, title) != title:
            yield alteration_text("material-renamed", before=old.materials[name], label=title)


def _named(code: str, titles: Iterable[str], label: str = "") -> Iterator[str]:
    listed = tuple(titles)
    if listed:
        yield alteration_text(code, label=label, titles=enumeration(listed))


def _label(asked: _Asked, field: FormField) -> str:
    """The label, that of its group before it."""
    group = asked.release.form.fields.get(field.group)
    return f"{group.label} - {field.label}" if group is not None else field.label


def _bounds(field: FormField) -> dict[str, object]:
    """What the schema says about acceptable answers, apart from the codes, which options tell."""
    kept = (
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "minLength",
        "maxLength",
        "pattern",
        "minItems",
        "maxItems",
    )
    return {name: field.schema[name] for name in kept if name in field.schema}

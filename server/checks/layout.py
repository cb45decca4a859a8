"""Layouts reach every field: whatever is asked for can be answered, and nothing is asked twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from server.checks.place import Place
from server.checks.subject import Subject
from server.definitions.form import AnyElement, Categorization, Control, FormDefinition, Group
from server.definitions.service import FORM_TREE, Service
from server.findings import Finding
from server.forms.compile import kind_of

#: Kinds that ask for all members of their schema together.
_COMPOSITE = frozenset({"address", "income", "consent", "photo", "attachment"})
#: Ids with a page of their own while people apply.
_TAKEN_PAGES = frozenset({"materials", "check", "delete"})


def check_coverage(subject: Subject, service: Service) -> Iterator[Finding]:
    """Every leaf of a data schema stands in the layout, unless it is computed; a required one must."""
    for form in (service.form, *service.task_forms.values()):
        if form.id in subject.broken:
            continue
        shown = set(_shown(form.ui))
        document = form_document(service, form, "data.schema.json")
        for field, segments, required in _leaves(form.schema, "", ()):
            group, mark, _ = field.partition("[].")
            if field in shown or (mark and group not in shown):
                continue
            here = document.under(*segments)
            yield (
                here.error("required-not-in-layout", field=field)
                if required
                else here.warning("field-not-in-layout", field=field)
            )


def check_elements(subject: Subject, service: Service) -> Iterator[Finding]:
    """Elements have ids of their own, pages and groups have something on them, and no page an id that another page needs."""
    for form in (service.form, *service.task_forms.values()):
        document = form_document(service, form, "ui.json")
        pages: set[str] = set()
        elements: set[str] = set()
        if not form.ui.elements:
            yield document.under("elements").error("no-pages")
        for index, page in enumerate(form.ui.elements):
            here = document.under("elements", index)
            if page.id in _TAKEN_PAGES and form is service.form:
                yield here.under("id").error("page-id-taken", id=page.id)
            if not page.elements:
                yield here.under("elements").error("empty-page", page=page.id)
            if page.id in pages:
                yield here.under("id").error("element-twice", id=page.id)
            pages.add(page.id)
            yield from _empty_groups(page.elements, here.under("elements"))
            for element_id, place in _element_ids(page.elements, here.under("elements")):
                if element_id in elements:
                    yield place.under("id").error("element-twice", id=element_id)
                elements.add(element_id)


def _empty_groups(elements: tuple[AnyElement, ...], here: Place) -> Iterator[Finding]:
    for index, element in enumerate(elements):
        place = here.under(index)
        if isinstance(element, Group):
            if not element.elements:
                yield place.under("elements").error("empty-group", group=element.id)
            yield from _empty_groups(element.elements, place.under("elements"))
        elif isinstance(element, Control):
            yield from _empty_groups(element.options.detail or (), place.under("options", "detail"))


def form_document(service: Service, form: FormDefinition, name: str) -> Place:
    """One of the three documents of a form."""
    return Place(f"{FORM_TREE}/{service.id}/{form.id}/{name}")


def _element_ids(elements: tuple[AnyElement, ...], here: Place) -> Iterator[tuple[str, Place]]:
    for index, element in enumerate(elements):
        place = here.under(index)
        yield element.id, place
        if isinstance(element, Group):
            yield from _element_ids(element.elements, place.under("elements"))
        elif isinstance(element, Control):
            yield from _element_ids(element.options.detail or (), place.under("options", "detail"))


def _shown(ui: Categorization) -> Iterator[str]:
    """Ids of the fields that have a control."""
    for page in ui.elements:
        yield from _shown_in(page.elements, "")


def _shown_in(elements: tuple[AnyElement, ...], group: str) -> Iterator[str]:
    for element in elements:
        if isinstance(element, Control):
            field = group + ".".join(element.scope.removeprefix("#/properties/").split("/properties/"))
            yield field
            yield from _shown_in(element.options.detail or (), f"{field}[].")
        elif isinstance(element, Group):
            yield from _shown_in(element.elements, group)


def _leaves(schema: Mapping[str, Any], prefix: str, segments: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Field id, place and requiredness of every leaf that people answer; rows are entered, composite fields are leaves."""
    required = schema.get("required", ())
    for name, member in schema.get("properties", {}).items():
        field, place = f"{prefix}{name}", (*segments, "properties", name)
        kind = kind_of(member, None) if isinstance(member, dict) else ""
        if isinstance(member, dict) and (member.get("readOnly") or "x-computed" in member):
            continue
        if isinstance(member, dict) and member.get("type") == "object" and kind not in _COMPOSITE:
            yield from _leaves(member, f"{field}.", place)
            continue
        yield field, place, name in required
        if kind == "rows" and isinstance(member.get("items"), dict):
            yield from _leaves(member["items"], f"{field}[].", (*place, "items"))

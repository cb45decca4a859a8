"""Everything people read has a name, and things side by side have different ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from server.checks.layout import form_document
from server.checks.place import Place, places
from server.checks.subject import Subject
from server.definitions.form import AnyElement, Category, Control, Group
from server.definitions.process import Task
from server.definitions.service import Service, place_of
from server.findings import Finding
from server.forms.compile import CompiledForm
from server.forms.kinds.kind import FormField
from server.types import JsonValue

#: Kind of document and pattern of every text that people read; where there is one, it says something.
_TEXTS: tuple[tuple[str, str], ...] = (
    ("bundle", "/title"),
    ("layout", "/elements/*/label"),
    ("task_layout", "/elements/*/label"),
    ("logic", "/assertions/*/message"),
    ("task_logic", "/assertions/*/message"),
    ("codelist", "/codes/*/title"),
    ("materials", "/materials/*/title"),
    ("materials", "/materials/*/necessity"),
    ("materials", "/materials/*/reason"),
    ("materials", "/materials/*/waived_reason"),
    ("items", "/items/*/title"),
    ("items", "/items/*/summary"),
    ("items", "/items/*/outcomes/*/title"),
    ("process", "/title"),
    ("process", "/nodes/*/title"),
    ("process", "/nodes/*/outcomes/*/title"),
    ("table", "/title"),
    ("table", "/inputs/*/title"),
    ("table", "/outputs/*/title"),
    ("table", "/rows/*/reason"),
    ("parameters", "/parameters/*/title"),
    ("parameters", "/parameters/*/unit"),
    ("agencies", "/agencies/*/title"),
    ("agencies", "/agencies/*/levels/*"),
    ("connector", "/title"),
    ("connector", "/operations/*/title"),
    ("notice", "/title"),
    ("notice", "/subject"),
    ("notice", "/text"),
    ("regions", "/regions/*"),
    ("consent", ""),
)
#: Kind of document, pattern of what stands side by side, and the member by which people tell it apart.
_SIBLINGS: tuple[tuple[str, str, str], ...] = (
    ("layout", "/elements", "label"),
    ("task_layout", "/elements", "label"),
    ("codelist", "/codes", "title"),
    ("materials", "/materials", "title"),
    ("items", "/items", "title"),
    ("items", "/items/*/outcomes", "title"),
    ("process", "/nodes/*/outcomes", "title"),
)
#: Kind of document and pattern of every text that shows values in braces.
_SHOWING: tuple[tuple[str, str], ...] = (
    ("notice", "/subject"),
    ("notice", "/text"),
    ("process", "/nodes/*/reason"),
    ("table", "/rows/*/reason"),
)
_CLOSED = re.compile(r"\{[^{}]*\}")


def check_texts(subject: Subject, service: Service) -> Iterator[Finding]:
    """No text that people read is blank, and every task is called something."""
    for path, document in subject.documents.items():
        place = place_of(path, service.id)
        for kind, pattern in _TEXTS:
            if place is not None and place.kind == kind:
                for here, text in places(document, pattern, Place(path)):
                    if isinstance(text, str) and not text.strip():
                        yield here.error("text-blank")
    for process_id, definition in service.processes.items():
        for name, node in definition.nodes.items():
            if isinstance(node, Task) and node.title is None:
                yield subject.document("process", process_id).under("nodes", name).error("task-without-title", node=name)


def check_braces(subject: Subject, service: Service) -> Iterator[Finding]:
    """Braces in texts that show values are closed; what stands in them is read while compiling."""
    for path, document in subject.documents.items():
        place = place_of(path, service.id)
        for kind, pattern in _SHOWING:
            if place is not None and place.kind == kind:
                for here, text in places(document, pattern, Place(path)):
                    left = _CLOSED.sub("", text) if isinstance(text, str) else ""
                    for brace in "{}":
                        if brace in left:
                            yield here.error("open-brace", brace=brace)


def check_lookalikes(subject: Subject, service: Service) -> Iterator[Finding]:
    """Of pages, options, materials, items and outcomes that stand side by side, no two read the same."""
    for path, document in subject.documents.items():
        place = place_of(path, service.id)
        for kind, pattern, member in _SIBLINGS:
            if place is not None and place.kind == kind:
                for here, siblings in places(document, pattern, Place(path)):
                    yield from _lookalikes(siblings, member, here)


def _lookalikes(siblings: JsonValue, member: str, here: Place) -> Iterator[Finding]:
    seen: dict[tuple[str, JsonValue], str] = {}
    for place, entry in places(siblings, "/*", here):
        text = entry.get(member) if isinstance(entry, dict) else None
        if isinstance(text, str) and text.strip():
            # Codes below different codes are shown under the title of those.
            key = (text.strip(), entry.get("parent") if member == "title" else None)
            if key in seen:
                yield place.under(member).error("same-text", text=text, other=seen[key])
            seen.setdefault(key, str(entry.get("id", place.segments[-1])))


def check_labels(subject: Subject, service: Service) -> Iterator[Finding]:
    """Every input and every group of inputs is labelled, no two side by side alike, and every option has a title."""
    for form in (subject.form, *subject.task_forms.values()):
        if form is not None:
            labels = _given_labels(form)
            schema = form_document(service, form.definition, "data.schema.json")
            for field in form.fields.values():
                here = schema.under(*field_segments(field.id))
                yield from _field_labels(field, labels.get(field.element), here)
            layout = form_document(service, form.definition, "ui.json").under("elements")
            yield from _element_labels(form, form.definition.ui.elements, layout, "")


def _field_labels(field: FormField, label: str | None, here: Place) -> Iterator[Finding]:
    title = label if label is not None else field.schema.get("title")
    if not isinstance(title, str) or not title.strip():
        yield here.error("field-without-label", field=field.id)
    elif field.hint and field.hint.strip() == title.strip():
        yield here.warning("hint-repeats-label", field=field.id)
    source = field.schema.get("items") if field.schema.get("type") == "array" else field.schema
    options = source.get("oneOf", ()) if isinstance(source, dict) else ()
    at_options = here.under("items", "oneOf") if source is not field.schema else here.under("oneOf")
    titles: dict[str, int] = {}
    for index, option in enumerate(options):
        text = option.get("title") if isinstance(option, dict) else None
        if not isinstance(option, dict) or "const" not in option:
            yield at_options.under(index).error("option-without-code", field=field.id)
        elif not isinstance(text, str) or not text.strip():
            yield at_options.under(index).error("option-without-title", field=field.id)
        elif text.strip() in titles:
            yield at_options.under(index, "title").error("same-text", text=text, other=titles[text.strip()])
        else:
            titles[text.strip()] = index


def _element_labels(
    form: CompiledForm, elements: tuple[AnyElement | Category, ...], here: Place, group: str
) -> Iterator[Finding]:
    """Blank labels of groups, and labels that stand twice among the elements of one page, group or row."""
    by_element = {field.element: field for field in form.fields.values() if field.group == group}
    seen: dict[str, FormField] = {}
    for index, element in enumerate(elements):
        place = here.under(index)
        if isinstance(element, Control):
            field = by_element.get(element.id)
            if field is not None:
                yield from _twice(form, seen, field, place)
                yield from _element_labels(form, element.options.detail or (), place.under("options", "detail"), field.id)
        elif isinstance(element, Group | Category):
            if isinstance(element, Group) and not (element.label or "").strip():
                yield place.error("group-without-label", group=element.id)
            yield from _element_labels(form, element.elements, place.under("elements"), group)


def _twice(form: CompiledForm, seen: dict[str, FormField], field: FormField, here: Place) -> Iterator[Finding]:
    other = seen.setdefault(field.label, field)
    if other is not field:
        # Fields shown in turns may well be called the same.
        in_turns = all(form.logic.get(one.id) is not None and form.logic[one.id].relevant is not None for one in (field, other))
        if not in_turns:
            yield here.error("label-twice", label=field.label, field=field.id, other=other.id)


def _given_labels(form: CompiledForm) -> Mapping[str, str | None]:
    """Element id to the label written at the control."""
    found: dict[str, str | None] = {}
    pending: list[AnyElement | Category] = list(form.definition.ui.elements)
    while pending:
        element = pending.pop()
        if isinstance(element, Control):
            found[element.id] = element.label
            pending += element.options.detail or ()
        elif isinstance(element, Group | Category):
            pending += element.elements
    return found


def field_segments(field: str) -> tuple[str, ...]:
    """Where a field stands in its data schema."""
    found: list[str] = []
    for part in field.split("."):
        found += ["properties", part.removesuffix("[]"), *(["items"] if part.endswith("[]") else [])]
    return tuple(found)

"""What people call the things in a set of documents: read straight from the JSON, so that damaged documents have names, too."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import msgspec

from server.definitions.field_places import FormDocuments, Located, containers_of, fields_of, read_form
from server.definitions.service import LIBRARY, Documents, path_of, place_of, region_of
from server.documents.pointer import MISSING, format_pointer, resolve
from server.forms.compile import kind_of
from server.overlays.layering import normal_of, shape_of, too_deep
from server.types import JsonValue

_LONGEST = 40


class FieldView(msgspec.Struct, frozen=True, kw_only=True):
    """A field as people know it."""

    id: str
    label: str
    kind: str
    codes: dict[str, str]
    #: Label of the page or group it stands in.
    container: str
    #: Whether that is a page.
    on_page: bool
    required: bool
    located: Located
    schema: dict[str, JsonValue]


class FormView(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a form by id and by the id of their control."""

    documents: FormDocuments
    fields: dict[str, FieldView]
    by_control: dict[str, str]


class Lexicon:
    """The names in one set of documents; whatever has none is called by its id."""

    def __init__(self, documents: Documents, service_id: str) -> None:
        self.documents = documents
        self.service_id = service_id
        self._forms: dict[str, FormView | None] = {}
        self._normal: dict[str, Any] = {}

    def document(self, kind: str, name: str = "") -> JsonValue:
        """A document of the service; none where there is none."""
        return self.documents.get(path_of(self.service_id, kind, name))

    def normal(self, path: str) -> Any:
        """A document in normal form; `MISSING` where there is none, as it is where it is too deep."""
        if path not in self._normal:
            document = self.documents.get(path, MISSING)
            shape = shape_of(path, self.service_id)
            self._normal[path] = document if too_deep(document) else normal_of(document, shape)
        return self._normal[path]

    def title(self, kind: str, name: str) -> str:
        """The title of a document."""
        if kind == "codelist":
            return self._codelists.get(name, (name, {}))[0]
        if kind in ("consent", "guide"):
            text = self.document(kind, name)
            head = text.strip().split("\n", 1)[0].lstrip("# ").strip() if isinstance(text, str) else ""
            return shortened(head) if head else name
        return text_at(self.document(kind, name), "title") or name

    def entry(self, kind: str, *way: str, name: str = "") -> str:
        """The title of an entry in a document."""
        return text_at(self.document(kind, name), *way, "title") or way[-1]

    def code(self, codelist: str, code: str) -> str:
        """The title of a code."""
        return self.codes(codelist).get(code, code)

    def codes(self, codelist: str) -> dict[str, str]:
        """Code to title of a list."""
        return self._codelists.get(codelist, ("", {}))[1]

    def region(self, code: str) -> str:
        """The name of a region."""
        return text_at(self.documents.get(f"{LIBRARY}/regions/{self._base}.json"), "regions", code) or code

    def process_with(self, table: str) -> JsonValue:
        """The first process that asks a decision table; none where none does."""
        for process in self._processes:
            nodes = process.get("nodes")
            if isinstance(nodes, dict) and any(text_at(node, "table") == table for node in nodes.values()):
                return process
        return None

    def form_title(self, form: str) -> str:
        """What a task form is called: the title of its schema, else of its first page."""
        pages = self.document("task_layout", form)
        listed = pages.get("elements") if isinstance(pages, dict) else None
        first = listed[0] if isinstance(listed, list) and listed else None
        return text_at(self.document("task_data_schema", form), "title") or text_at(first, "label") or form

    def field(self, form: str, field_id: str) -> FieldView | None:
        """A field of a form; empty for the application form."""
        view = self.form(form)
        return view.fields.get(field_id) if view is not None else None

    def label(self, form: str, field_id: str) -> str:
        """What a field is called."""
        found = self.field(form, field_id)
        return found.label if found is not None else field_id

    def form(self, name: str) -> FormView | None:
        """The fields of a form whose documents are sound."""
        if name not in self._forms:
            self._forms[name] = self._viewed(name)
        return self._forms[name]

    @cached_property
    def _base(self) -> str:
        return region_of(self.documents, self.service_id)

    @cached_property
    def _processes(self) -> tuple[dict[str, JsonValue], ...]:
        listed = ((place_of(path, self.service_id), path) for path in sorted(self.documents))
        found = (self.documents[path] for place, path in listed if place is not None and place.kind == "process")
        return tuple(value for value in found if isinstance(value, dict))

    @cached_property
    def _codelists(self) -> dict[str, tuple[str, dict[str, str]]]:
        """Id to title and codes; a list of the service stands before one of the library."""
        found: dict[str, tuple[str, dict[str, str]]] = {}
        for path in sorted(self.documents, key=lambda one: (not one.startswith(LIBRARY), one)):
            place, value = place_of(path, self.service_id), self.documents[path]
            if place is not None and place.kind == "codelist" and isinstance(value, dict):
                codes = value.get("codes")
                titles = (
                    {code: text_at(entry, "title") or code for code, entry in codes.items()} if isinstance(codes, dict) else {}
                )
                found[place.name] = (text_at(value, "title") or place.name, titles)
        return found

    def _viewed(self, name: str) -> FormView | None:
        kinds = ("task_data_schema", "task_layout", "task_logic") if name else ("data_schema", "layout", "logic")
        parts = [self.documents.get(path_of(self.service_id, kind, name), MISSING) for kind in kinds]
        if any(too_deep(part) for part in parts) or parts[0] is MISSING or parts[1] is MISSING:
            return None
        form = read_form(parts[0], parts[1], parts[2] if parts[2] is not MISSING else {})
        if form is None:
            return None
        places = {container.place: container for container in containers_of(form)}
        fields = {}
        for found in fields_of(form):
            schema = resolve(form.schema, format_pointer(found.schema_place))
            holder = resolve(form.schema, format_pointer(found.schema_place[:-2]))
            container = places.get(found.place[:-1])
            assert isinstance(schema, dict)
            asked = holder.get("required") if isinstance(holder, dict) else None
            fields[found.field_id] = FieldView(
                id=found.field_id,
                label=text_at(found.control, "label") or text_at(schema, "title") or found.field_id,
                kind=_kind(schema, found.control),
                codes=self._codes_of(schema),
                container=container.label if container is not None else found.page,
                on_page=container is None or container.kind == "page",
                required=isinstance(asked, list) and found.schema_place[-1] in asked,
                located=found,
                schema=schema,
            )
        by_control = {str(field.located.control["id"]): name for name, field in fields.items()}
        return FormView(documents=form, fields=fields, by_control=by_control)

    def _codes_of(self, schema: Mapping[str, Any]) -> dict[str, str]:
        items = schema.get("items")
        for part in (schema, items if isinstance(items, dict) else {}):
            if isinstance(part.get("x-codelist"), str):
                return self.codes(part["x-codelist"])
            if isinstance(part.get("oneOf"), list):
                options = [option for option in part["oneOf"] if isinstance(option, dict)]
                return {str(option.get("const")): text_at(option, "title") or str(option.get("const")) for option in options}
        return {}


def text_at(value: JsonValue, *way: str) -> str:
    """The text at a way into a value on one line; empty where there is none."""
    for step in way:
        value = value.get(step) if isinstance(value, dict) else None
    return " ".join(value.split()) if isinstance(value, str) else ""


def shortened(text: str, longest: int = _LONGEST) -> str:
    """A text on one line, cut where it is long."""
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= longest else f"{one_line[:longest]}…"


def _kind(schema: dict[str, JsonValue], control: dict[str, JsonValue]) -> str:
    options = control.get("options")
    return kind_of(schema, options.get("format") if isinstance(options, dict) else None)

"""Which form of a service is meant: the application form or a task form, with its documents and its part of an address."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from server.definitions.field_places import FormDocuments, read_form
from server.definitions.service import path_of, place_of
from server.types import JsonValue

#: The application form's part of an address.
APPLICATION = "form"
_TASK = "task-"


class FormKey(msgspec.Struct, frozen=True, kw_only=True):
    """One form of a service."""

    service_id: str
    #: Id of the task form; empty for the application form.
    task: str

    @property
    def key(self) -> str:
        """Its part of an address."""
        return f"{_TASK}{self.task}" if self.task else APPLICATION

    @property
    def paths(self) -> tuple[str, str, str]:
        """Paths of its data schema, layout and rules."""
        kinds = ("task_data_schema", "task_layout", "task_logic") if self.task else ("data_schema", "layout", "logic")
        schema, layout, logic = (path_of(self.service_id, kind, self.task) for kind in kinds)
        return schema, layout, logic


def form_key(service_id: str, key: str) -> FormKey | None:
    """The form behind a part of an address."""
    if key == APPLICATION:
        return FormKey(service_id=service_id, task="")
    return FormKey(service_id=service_id, task=key.removeprefix(_TASK)) if key.startswith(_TASK) else None


def form_keys(documents: Mapping[str, JsonValue], service_id: str) -> tuple[FormKey, ...]:
    """Every form of the service, the application form first."""
    places = (place_of(path, service_id) for path in sorted(documents))
    tasks = [place.name for place in places if place is not None and place.kind == "task_data_schema"]
    return tuple(FormKey(service_id=service_id, task=task) for task in ("", *tasks))


def form_documents(documents: Mapping[str, JsonValue], key: FormKey) -> FormDocuments | None:
    """The form's documents when they can be edited field by field; a task form may do without rules."""
    schema, layout, logic = key.paths
    return read_form(documents.get(schema), documents.get(layout), documents.get(logic, {}))


def changes_of(key: FormKey, before: FormDocuments, after: FormDocuments) -> dict[str, JsonValue | None]:
    """The documents that differ, by path; an empty set of rules that was no document stays none."""
    pairs = zip(key.paths, ("schema", "layout", "logic"), strict=True)
    return {path: getattr(after, part) for path, part in pairs if getattr(after, part) != getattr(before, part)}

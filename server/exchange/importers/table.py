"""The formats that a new service can begin with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from server.definitions.service import Documents
from server.exchange.fidelity import Ledger, Note
from server.exchange.importers.draft import FormDraft
from server.exchange.importers.field_table import read_field_table
from server.exchange.importers.json_forms import read_json_forms, schema_and_layout
from server.exchange.importers.json_schema import read_json_schema
from server.exchange.importers.merging import with_form
from server.exchange.importers.process_documents import processes_into, read_processes, service_around
from server.exchange.importers.settling import settled
from server.exchange.importers.skeleton import service_documents
from server.exchange.importers.sources import Sources
from server.exchange.importers.xlsform import read_xlsform
from server.findings import Finding
from server.releases import compile_release
from server.types import JsonValue

Format = Literal["json-schema", "json-forms", "xlsx", "xlsform", "bpmn"]


class Converted(msgspec.Struct, frozen=True, kw_only=True):
    """A new service made of something else."""

    #: Empty where there was nothing to fill in.
    documents: dict[str, JsonValue]
    notes: tuple[Note, ...]
    #: What the checks find in it.
    findings: tuple[Finding, ...]


def convert(sources: Sources, form: Format, *, service_id: str, region: str, library: Documents) -> Converted:
    """A service of one form, one item and one step, with a report on every construct of the source."""
    ledger = Ledger()
    if form == "bpmn":
        found = read_processes(sources, ledger)
        made = service_around(found, service_id=service_id, region=region, library=library) if found.processes else {}
        return _checked(made, made, ledger, service_id=service_id, region=region)
    draft = READERS[form](sources, ledger)
    if draft is None or not draft.pages:
        ledger.drop("", "no-fields", form)
        return Converted(documents={}, notes=ledger.notes(), findings=())
    documents = service_documents(draft, service_id=service_id, region=region, library=library)
    documents, findings = settled(documents, service_id=service_id, region=region, places=draft.places, ledger=ledger)
    return Converted(documents=documents, notes=ledger.notes(), findings=findings)


def convert_into(sources: Sources, form: Format, *, documents: Documents, service_id: str, region: str) -> Converted:
    """The documents of a service that change when the form is put behind its own pages, with the same report."""
    ledger = Ledger()
    if form == "bpmn":
        new = processes_into(read_processes(sources, ledger), documents, service_id=service_id, ledger=ledger)
        return _checked(new, {**documents, **new}, ledger, service_id=service_id, region=region)
    draft = READERS[form](sources, ledger)
    changes = with_form(documents, draft, service_id=service_id, ledger=ledger) if draft is not None else {}
    if draft is None or not changes:
        ledger.drop("", "no-fields", form)
        return Converted(documents={}, notes=ledger.notes(), findings=())
    whole, findings = settled({**documents, **changes}, service_id=service_id, region=region, places=draft.places, ledger=ledger)
    return Converted(documents={path: whole[path] for path in changes}, notes=ledger.notes(), findings=findings)


def _checked(
    made: dict[str, JsonValue], whole: dict[str, JsonValue], ledger: Ledger, *, service_id: str, region: str
) -> Converted:
    """What was made of processes, with what the checks find in the whole."""
    findings = compile_release(whole, service_id, region)[1] if made else ()
    return Converted(documents=made, notes=ledger.notes(), findings=findings)


def _json_schema(sources: Sources, ledger: Ledger) -> FormDraft | None:
    return read_json_schema(sources.documents[0][1], ledger) if sources.documents else None


def _json_forms(sources: Sources, ledger: Ledger) -> FormDraft | None:
    schema, layout = schema_and_layout(sources)
    return read_json_forms(schema, layout, ledger) if schema is not None else None


READERS: dict[Format, Callable[[Sources, Ledger], FormDraft | None]] = {
    "json-schema": _json_schema,
    "json-forms": _json_forms,
    "xlsform": lambda sources, ledger: read_xlsform(sources.sheets, ledger),
    "xlsx": lambda sources, ledger: read_field_table(sources.sheets, ledger),
}

"""The rest of a service around a form: who applies where, one item, one step, so that it can be published at once."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from server.definitions.service import LIBRARY, Documents, path_of
from server.exchange.importers.draft import FieldDraft, FormDraft, PageDraft, told_apart_members
from server.exchange.importers.form_documents import field_ids, form_documents
from server.exchange.importers.names import Names
from server.exchange.importers.titles import told_apart
from server.messages import importing as texts
from server.types import JsonValue

_AGENCY, _ITEM, _PROCESS = "office", "application", "review"
_REGION = "^[0-9]{6}([0-9]{3}([0-9]{3})?)?$"


def service_documents(draft: FormDraft, *, service_id: str, region: str, library: Documents) -> dict[str, JsonValue]:
    """The documents of a new service with the form; the library gives the list of the region's regions."""
    names = Names(taken=tuple(_root_names(draft)))
    person, chosen = names.take("applicant"), names.take("application")
    whole = _with_applicant(draft, person, chosen)
    form = form_documents(whole)
    documents: dict[str, JsonValue] = {
        path_of(service_id, "bundle"): {
            "format": 1,
            "id": service_id,
            "title": draft.title,
            **({"summary": draft.summary} if draft.summary else {}),
            "region": region,
            "number_prefix": "N",
            "place_field": f"{person}.address.region",
            "person_field": f"{person}.id_number",
            "name_field": f"{person}.name",
            "items_field": f"{chosen}.items",
        },
        path_of(service_id, "data_schema"): form["data.schema.json"],
        path_of(service_id, "layout"): form["ui.json"],
        path_of(service_id, "logic"): form["logic.json"],
        path_of(service_id, "items"): _items(whole),
        path_of(service_id, "process", "intake"): _intake(f"{chosen}.items"),
        path_of(service_id, "process", _PROCESS): _review(draft.title),
        path_of(service_id, "agencies"): {"agencies": {_AGENCY: {"title": texts.AGENCY, "levels": texts.AGENCY_LEVELS}}},
        path_of(service_id, "calendar"): {"title": texts.CALENDAR, "years": [], "holidays": [], "workdays": []},
    }
    regions = f"{LIBRARY}/regions/{region}.json"
    return documents | {regions: library[regions]}


def _root_names(draft: FormDraft) -> set[str]:
    """The properties at the root of the form."""
    return {re.split(r"[.\[]", field_id)[0] for field_id in field_ids(draft)}


def _with_applicant(draft: FormDraft, person: str, chosen: str) -> FormDraft:
    """The draft with a page for the items and one for who applies in front."""
    items = FieldDraft(
        name="items",
        label=texts.ITEMS,
        required=True,
        schema={
            "type": "array",
            "x-element": "items",
            "items": {"type": "string", "x-codelist": "items"},
            "uniqueItems": True,
            "minItems": 1,
        },
    )
    applicant = (
        FieldDraft(name="name", label=texts.NAME, required=True, schema={"type": "string", "minLength": 1, "maxLength": 50}),
        FieldDraft(
            name="id_number",
            label=texts.ID_NUMBER,
            required=True,
            schema={"type": "string", "pattern": "^[0-9]{17}[0-9X]$", "x-element": "resident_id", "x-sensitive": "id"},
        ),
        FieldDraft(name="address", label=texts.ADDRESS, required=True, schema=_address()),
    )
    front = (
        PageDraft(name=chosen, label=texts.ITEMS_PAGE, members=(items,)),
        PageDraft(name=person, label=texts.APPLICANT_PAGE, members=applicant),
    )
    return msgspec.structs.replace(draft, pages=_told_apart((*front, *draft.pages)))


def _told_apart(pages: tuple[PageDraft, ...]) -> tuple[PageDraft, ...]:
    labels = told_apart(page.label for page in pages)
    return tuple(
        msgspec.structs.replace(page, label=label, members=told_apart_members(page.members))
        for page, label in zip(pages, labels, strict=True)
    )


def _address() -> dict[str, Any]:
    return {
        "type": "object",
        "x-element": "address",
        "properties": {
            "region": {"type": "string", "title": texts.ADDRESS_REGION, "pattern": _REGION},
            "line": {"type": "string", "title": texts.ADDRESS_LINE, "minLength": 1, "maxLength": 200},
        },
        "required": ["region", "line"],
    }


def _items(draft: FormDraft) -> JsonValue:
    scope = list(field_ids(draft))
    item = {
        "title": draft.title,
        "order": 1,
        "summary": draft.summary or draft.title,
        "source": texts.SOURCE,
        "lead_agency": _AGENCY,
        "level": "county",
        "process": _PROCESS,
        "outcomes": {
            "approved": {"title": texts.APPROVED, "order": 1, "tone": "good"},
            "refused": {"title": texts.REFUSED, "order": 2, "tone": "bad"},
        },
    }
    return {"intake": "intake", "common_scope": scope, "items": {_ITEM: item}}


def _intake(over: str) -> JsonValue:
    return {
        "title": texts.INTAKE,
        "nodes": {
            "start": {"kind": "start", "title": texts.SUBMITTED, "next": "dispatch"},
            "dispatch": {"kind": "each", "title": texts.DISPATCH, "over": over, "next": "concluded"},
            "concluded": {"kind": "end", "title": texts.CONCLUDED, "code": "concluded", "reason": texts.CONCLUDED_REASON},
        },
    }


def _review(title: str) -> JsonValue:
    def end(code: str, name: str, reason: str) -> JsonValue:
        return {"kind": "end", "title": name, "code": code, "reason": reason}

    return {
        "title": title,
        "nodes": {
            "start": {"kind": "start", "title": texts.SUBMITTED, "next": "review_step"},
            "review_step": {
                "kind": "task",
                "title": texts.REVIEW,
                "actor": {"agency": _AGENCY, "level": "county"},
                "outcomes": {
                    "approve": {"title": texts.APPROVE, "next": "approved", "order": 1, "tone": "good"},
                    "refuse": {"title": texts.REFUSE, "next": "refused", "order": 2, "tone": "bad"},
                },
            },
            "approved": end("approved", texts.APPROVED, texts.APPROVED_REASON),
            "refused": end("refused", texts.REFUSED, texts.REFUSED_REASON),
        },
    }

"""Findings where the pages show them: what is wrong with a layer is shown in the documents as they hold in the region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from server.definitions.service import FORM_TREE, PROCESS_TREE
from server.documents.pointer import format_pointer, parse_pointer
from server.findings import Finding
from server.overlays.layering import shape_of
from server.overlays.normal import member, mergeable, normal_form
from server.overlays.overlay import FOLDER
from server.overlays.shapes import member_shape
from server.types import JsonValue


def shown_at(findings: Iterable[Finding], documents: Mapping[str, JsonValue], service_id: str) -> tuple[Finding, ...]:
    """The findings with those in files of a layer moved to the documents that the layers make."""
    return tuple(_moved(finding, documents, service_id) for finding in findings)


def document_of(path: str, service_id: str) -> str:
    """The path of the document that a file of a layer changes; any other path as it is."""
    for tree in (FORM_TREE, PROCESS_TREE):
        root = f"{tree}/{service_id}/"
        if path.startswith(f"{root}{FOLDER}/"):
            return root + path.removeprefix(f"{root}{FOLDER}/").partition("/")[2]
    return path


def pointer_into(document: JsonValue, *, path: str, service_id: str, place: Sequence[str]) -> str:
    """The pointer into a document that a place of its normal form leads to, as far as it can be followed."""
    shape = shape_of(path, service_id)
    value: JsonValue = normal_form(document, shape)
    found: list[str] = []
    for part in place:
        if mergeable(value, shape) and part not in value:
            break
        listed = mergeable(value, shape) and shape.form != "plain"
        found.append(str(list(value).index(part)) if listed else part)
        value, shape = member(value, part, shape), member_shape(shape, part)
    return format_pointer(found)


def _moved(finding: Finding, documents: Mapping[str, JsonValue], service_id: str) -> Finding:
    path = document_of(finding.path, service_id)
    if path == finding.path or path not in documents:
        return finding
    pointer = pointer_into(documents[path], path=path, service_id=service_id, place=parse_pointer(finding.pointer))
    return msgspec.structs.replace(finding, path=path, pointer=pointer, line=None)

"""Laying an overlay over documents, and finding the overlay that lies between two sets of documents."""

from __future__ import annotations

from typing import Any

import msgspec

from server.definitions.service import Documents
from server.documents.pointer import MISSING
from server.documents.text import MAX_DEPTH
from server.findings import Finding
from server.overlays.authoring import patch_between
from server.overlays.normal import VALUE, normal_form, plain_form
from server.overlays.overlay import Overlay, may_change
from server.overlays.patches import PatchFault, apply
from server.overlays.shapes import SHAPES, Shape, is_prose, root_shape
from server.types import JsonValue, RegionCode, ServiceId

_PLAIN = SHAPES["value"]


class Layered(msgspec.Struct, frozen=True, kw_only=True):
    """Documents with an overlay laid over them."""

    documents: dict[str, JsonValue]
    #: Path of a document to what of the patch over it could not be applied.
    faults: dict[str, tuple[PatchFault, ...]]


def lay_over(documents: Documents, overlay: Overlay) -> Layered:
    """The documents as the overlay changes them; what cannot be applied changes nothing."""
    changed = dict(documents)
    faults: dict[str, tuple[PatchFault, ...]] = {}
    for path, patch in sorted(overlay.patches.items()):
        value, found = patched(changed.get(path, MISSING), patch, path=path, service_id=overlay.service_id)
        if value is not MISSING:
            changed[path] = value
        elif path in changed:
            del changed[path]
        if found:
            faults[path] = found
    return Layered(documents=changed, faults=faults)


def patched(document: Any, patch: JsonValue, *, path: str, service_id: str) -> tuple[Any, tuple[PatchFault, ...]]:
    """One document as a patch changes it, and what of the patch could not be applied; absent documents are `MISSING`."""
    if patch is not None and not isinstance(patch, str if is_prose(path) else dict):
        return document, (PatchFault(place=(), code="overlay-not-a-patch"),)
    if too_deep(patch) or too_deep(document):
        return document, (PatchFault(place=(), code="document-too-deep", params={"limit": MAX_DEPTH}),)
    shape = shape_of(path, service_id)
    value, faults = apply(normal_of(document, shape), patch, shape=shape)
    return plain_of(value, shape), faults


def overlay_between(parent: Documents, edited: Documents, *, service_id: str, region: str) -> tuple[Overlay, tuple[Finding, ...]]:
    """The smallest overlay that makes the edited documents of the parent's, and a finding for each edit that none can make."""
    patches: dict[str, JsonValue] = {}
    findings: list[Finding] = []
    for path in sorted(parent.keys() | edited.keys()):
        before, after = parent.get(path, MISSING), edited.get(path, MISSING)
        if before is after:
            continue
        if too_deep(before) or too_deep(after):
            findings.append(Finding(code="document-too-deep", severity="error", path=path, params={"limit": MAX_DEPTH}))
            continue
        patch = document_patch(before, after, path=path, service_id=service_id)
        if patch is not MISSING and may_change(path, service_id):
            patches[path] = patch
        elif patch is not MISSING:
            findings.append(Finding(code="overlay-unknown-document", severity="error", path=path))
    return Overlay(service_id=ServiceId(service_id), region=RegionCode(region), patches=patches), tuple(findings)


def document_patch(before: Any, after: Any, *, path: str, service_id: str) -> Any:
    """The patch that turns one document into another; `MISSING` when they are the same."""
    shape = shape_of(path, service_id)
    patch = patch_between(normal_of(before, shape), normal_of(after, shape), shape=shape)
    is_patch = patch is MISSING or patch is None or is_prose(path) or isinstance(patch, dict)
    return patch if is_patch else {VALUE: patch}


def shape_of(path: str, service_id: str) -> Shape:
    """The shape of a document; that of any value for documents of no known kind."""
    return root_shape(path, service_id) or _PLAIN


def normal_of(document: Any, shape: Shape) -> Any:
    """The normal form of a document that may be `MISSING`."""
    return document if document is MISSING else normal_form(document, shape)


def plain_of(value: Any, shape: Shape) -> Any:
    """The document of a normal form that may be `MISSING`."""
    return value if value is MISSING else plain_form(value, shape)


def too_deep(value: Any) -> bool:
    """Whether a value is nested deeper than any document that can be read."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [inner for outer in level if isinstance(outer, dict | list) for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: dict[str, JsonValue] | list[JsonValue]) -> list[JsonValue]:
    members = value.values() if isinstance(value, dict) else value
    return [member for member in members if isinstance(member, dict | list)]

"""Where something wrong with composed documents was written: in the base, or in the overlay that changed the place last."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from server.definitions.service import Documents
from server.documents.pointer import MISSING, format_pointer, parse_pointer
from server.findings import Finding
from server.overlays.compose import Composed, origin_of
from server.overlays.layering import shape_of, too_deep
from server.overlays.normal import Place, normal_place
from server.overlays.overlay import overlay_path


def written_at(findings: Iterable[Finding], composed: Composed, documents: Documents) -> tuple[Finding, ...]:
    """The findings about composed documents, each moved to the part of the overlay that its place comes from, if any.

    `documents` are those that were composed. Where the base has the place, a finding stays where it is.
    """
    return tuple(_moved(finding, composed, documents) for finding in findings)


def _moved(finding: Finding, composed: Composed, documents: Documents) -> Finding:
    if finding.path not in composed.origins:
        return finding
    region = origin_of(composed, finding.path, finding.pointer)
    own = overlay_path(finding.path, service_id=composed.service_id, region=region)
    if region == composed.base or own not in documents:
        return finding
    pointer = format_pointer(_reached(documents[own], _place(finding, composed)))
    return msgspec.structs.replace(finding, path=own, pointer=pointer)


def _place(finding: Finding, composed: Composed) -> Place:
    document = composed.documents.get(finding.path, MISSING)
    segments = parse_pointer(finding.pointer)
    if document is MISSING or too_deep(document):
        return tuple(segments)
    return normal_place(document, shape_of(finding.path, composed.service_id), segments)


def _reached(patch: Any, place: Place) -> list[str]:
    """How far a place can be followed into a patch."""
    reached: list[str] = []
    for segment in place:
        if not isinstance(patch, dict) or segment not in patch:
            break
        reached.append(segment)
        patch = patch[segment]
    return reached

"""Documents as they hold in a region, taken apart again into what the region changes."""

from __future__ import annotations

from server.definitions.service import Documents, path_of
from server.exchange.layers import layer_of
from server.findings import Finding
from server.overlays.compose import compose
from server.overlays.layering import overlay_between
from server.overlays.overlay import base_documents, overlay_documents
from server.types import JsonValue


def overlay_for(
    current: Documents, resolved: Documents, *, service_id: str, region: str
) -> dict[str, JsonValue] | tuple[Finding, ...]:
    """The region's layer that makes the resolved documents of the layers above it here, or why none can."""
    if not base_documents(current, service_id):
        return (Finding(code="bundle-without-base", severity="error", path=path_of(service_id, "bundle")),)
    above = {path: value for path, value in current.items() if layer_of(path, service_id) != region}
    parent = compose(above, service_id=service_id, region=region).documents
    overlay, findings = overlay_between(parent, resolved, service_id=service_id, region=region)
    return findings or overlay_documents(overlay)

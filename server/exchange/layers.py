"""The layers a bundle can carry: the base, one region's overlay, all of them, or the documents as they hold in a region."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from server.definitions.common import LEVEL_DIGITS
from server.definitions.regions import contains, level_of
from server.definitions.service import FORM_TREE, PROCESS_TREE, Documents
from server.overlays.compose import compose
from server.overlays.overlay import FOLDER, base_documents, overlay_paths
from server.types import JsonValue

LayerKind = Literal["all", "base", "overlay", "resolved"]

#: Stands for the base among the regions of layers.
BASE = ""


def layer_of(path: str, service_id: str) -> str:
    """The region whose layer a document belongs to; empty for the base."""
    for tree in (FORM_TREE, PROCESS_TREE):
        root = f"{tree}/{service_id}/{FOLDER}/"
        if path.startswith(root):
            return path.removeprefix(root).partition("/")[0]
    return BASE


def layers_in(paths: Iterable[str], service_id: str) -> tuple[str, ...]:
    """The layers that documents belong to, the uppermost first."""
    found = {layer_of(path, service_id) for path in paths}
    return tuple(sorted(found, key=lambda region: (LEVEL_DIGITS[level_of(region)] if region else 0, region)))


def carried(documents: Documents, *, service_id: str, layer: LayerKind, region: str) -> dict[str, JsonValue]:
    """The documents of every layer asked for; nothing where the region has no overlay of its own.

    `all` with a region stops at it: the base and the overlays on the way down.
    """
    base = base_documents(documents, service_id)
    if layer == "base":
        return base
    if layer == "resolved":
        return compose(documents, service_id=service_id, region=region).documents
    overlays = overlay_paths(documents, service_id)
    if layer == "overlay":
        return {path: documents[path] for code, paths in overlays.items() if code == region for path in paths}
    chosen = {code: paths for code, paths in overlays.items() if not region or contains(code, region)}
    return base | {path: documents[path] for paths in chosen.values() for path in paths}

"""Overlays in the trees: `<tree>/<service>/overlays/<region>/<path in the bundle>` is what a region changes of a document."""

from __future__ import annotations

import msgspec

from server.definitions.service import FORM_TREE, PROCESS_TREE, Documents, documents_of
from server.overlays.shapes import root_shape
from server.types import JsonValue, RegionCode, ServiceId

FOLDER = "overlays"


class Overlay(msgspec.Struct, frozen=True, kw_only=True):
    """What one region changes of the documents above it."""

    service_id: ServiceId
    region: RegionCode
    #: Path of the document that is changed, added or (`null`) removed, to the patch over it.
    patches: dict[str, JsonValue]


def overlay_path(path: str, *, service_id: str, region: str) -> str:
    """The path at which a region keeps its patch of a document of the service."""
    root = f"{path.split('/', 1)[0]}/{service_id}/"
    return f"{root}{FOLDER}/{region}/{path.removeprefix(root)}"


def overlay_of(documents: Documents, *, service_id: str, region: str) -> Overlay:
    """The overlay of a region; without patches when it has none, and without those over documents that no region can change."""
    paths = overlay_paths(documents, service_id).get(RegionCode(region), {})
    return Overlay(
        service_id=ServiceId(service_id),
        region=RegionCode(region),
        patches={target: documents[path] for path, target in paths.items() if may_change(target, service_id)},
    )


def overlay_documents(overlay: Overlay) -> dict[str, JsonValue]:
    """The overlay as it stands in the trees."""
    return {
        overlay_path(path, service_id=overlay.service_id, region=overlay.region): patch
        for path, patch in sorted(overlay.patches.items())
    }


def overlay_paths(documents: Documents, service_id: str) -> dict[RegionCode, dict[str, str]]:
    """Every region that has an overlay, known or not, to the paths of its documents, each with the path it speaks of."""
    found: dict[RegionCode, dict[str, str]] = {}
    for path in sorted(documents):
        for root in _roots(service_id):
            if path.startswith(f"{root}{FOLDER}/"):
                region, _, inner = path.removeprefix(f"{root}{FOLDER}/").partition("/")
                found.setdefault(RegionCode(region), {})[path] = f"{root}{inner}"
    return dict(sorted(found.items()))


def base_documents(documents: Documents, service_id: str) -> dict[str, JsonValue]:
    """The documents of the service and the library without any overlay."""
    folders = tuple(f"{root}{FOLDER}/" for root in _roots(service_id))
    return {path: value for path, value in documents_of(documents, service_id).items() if not path.startswith(folders)}


def may_change(path: str, service_id: str) -> bool:
    """Whether overlays of a service can change, add or remove a document."""
    return path.startswith(_roots(service_id)) and root_shape(path, service_id) is not None


def _roots(service_id: str) -> tuple[str, str]:
    return f"{FORM_TREE}/{service_id}/", f"{PROCESS_TREE}/{service_id}/"

"""What is wrong with an overlay, each finding at the part of the patch that leads to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from server.definitions.bundle import Lock
from server.definitions.regions import contains
from server.definitions.service import Documents, path_of
from server.documents.pointer import MISSING, format_pointer
from server.findings import Finding, Param
from server.messages.overlays import ABSENT, ELLIPSIS, FULL_STOP
from server.overlays.layering import plain_of
from server.overlays.locks import Breach, breaches, lock_key, locks_of, loosened
from server.overlays.normal import AFTER, Place
from server.overlays.overlay import Overlay, may_change, overlay_path
from server.overlays.patches import PatchFault
from server.types import JsonValue

_LOCK_CODES = {
    "none": "lock-none",
    "add": "lock-add",
    "tighten": "lock-tighten",
    "relax": "lock-relax",
    "decrease": "lock-decrease",
}
#: Longest piece of a value repeated in a finding.
_SHOWN = 60


def region_findings(
    region: str, paths: Mapping[str, str], service_id: str, *, names: Mapping[str, JsonValue], base: str
) -> Iterator[Finding]:
    """Findings for documents of an overlay whose region is unknown or outside, or that speak of what no overlay can change."""
    for path, target in paths.items():
        if region not in names:
            yield Finding(code="unknown-region", severity="error", path=path, params={"region": region})
        elif not contains(base, region):
            yield Finding(code="region-outside", severity="error", path=path, params={"region": region, "upper": base})
        elif not may_change(target, service_id):
            yield Finding(code="overlay-unknown-document", severity="error", path=path)


def fault_findings(overlay: Overlay, faults: Mapping[str, Iterable[PatchFault]]) -> Iterator[Finding]:
    """Findings for what could not be applied."""
    for path, found in faults.items():
        for fault in found:
            yield _finding(overlay, path, fault.place, fault.code, fault.params)


def lock_findings(overlay: Overlay, parent: Documents, child: Documents, *, upper: Callable[[Lock], str]) -> Iterator[Finding]:
    """Findings for what the overlay makes of its parent's documents against their locks; `upper` names who set a lock."""
    locks = locks_of(parent, overlay.service_id)
    for breach in breaches(parent, child, service_id=overlay.service_id, locks=locks, paths=overlay.patches):
        code = _LOCK_CODES.get(breach.lock.allow, "lock-none")
        params: dict[str, Param] = {
            "upper": upper(breach.lock),
            "reason": (breach.lock.reason or _place_of(breach.lock)).rstrip(FULL_STOP),
            "before": _shown(breach.before, breach),
            "after": _shown(breach.after, breach),
        }
        yield _finding(overlay, breach.path, breach.place, code, params)
    path = path_of(overlay.service_id, "locks")
    if path in overlay.patches:
        for lock, own in loosened(locks, locks_of(child, overlay.service_id)):
            params = {
                "upper": upper(lock),
                "place": _place_of(lock),
                "before": lock.allow,
                "after": own.allow if own is not None else ABSENT,
            }
            yield _finding(overlay, path, ("locks", lock_key(own or lock)), "lock-loosened", params)


def _place_of(lock: Lock) -> str:
    return f"{lock.document} {lock.pointer}".strip()


def _finding(overlay: Overlay, path: str, place: Place, code: str, params: Mapping[str, Param]) -> Finding:
    inside: JsonValue = overlay.patches.get(path)
    reached: list[str] = []
    for segment in place:
        if not isinstance(inside, dict) or segment not in inside:
            break
        reached.append(segment)
        inside = inside[segment]
    own = overlay_path(path, service_id=overlay.service_id, region=overlay.region)
    return Finding(code=code, severity="error", path=own, pointer=format_pointer(reached), params=dict(params))


def _shown(value: Any, breach: Breach) -> str:
    if value is MISSING:
        return ABSENT
    moved = breach.place[-1:] == (AFTER,)
    try:
        text = json.dumps(value if moved else plain_of(value, breach.shape), ensure_ascii=False)
    except ValueError:
        # An integer of thousands of digits, which no document that was read can hold.
        return ELLIPSIS
    return text if len(text) <= _SHOWN else text[:_SHOWN] + ELLIPSIS

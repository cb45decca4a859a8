"""What a change touches beyond its own place, as lines for those who decide."""

from __future__ import annotations

from collections.abc import Mapping

from admin_ui.changes import Differences
from server.definitions.service import LIBRARY
from server.differences.impact import Uses
from server.messages.layers import IMPACT_KINDS, impact_words
from server.types import JsonValue


def impact_lines(
    found: Differences,
    before: Mapping[str, JsonValue],
    after: Mapping[str, JsonValue],
    *,
    layers: Mapping[str, JsonValue],
    service_id: str,
    region: str,
) -> tuple[str, ...]:
    """Regions below with changes of their own at the same places, and whatever uses what was changed."""
    uses = Uses(before, after, layers=layers, service_id=service_id)
    told: dict[str, dict[str, None]] = {kind: {} for kind in IMPACT_KINDS}
    for change in found.changes:
        impact = uses.impact_of(change)
        for kind, names in told.items():
            names.update(dict.fromkeys(name for name in getattr(impact, kind) if name != region))
    known = _region_names(after)
    told["regions"] = {known.get(code, code): None for code in told["regions"]}
    return tuple(impact_words(kind, tuple(names)) for kind, names in told.items() if names)


def _region_names(documents: Mapping[str, JsonValue]) -> dict[str, str]:
    lists = (value.get("regions") for path, value in documents.items() if path.startswith(f"{LIBRARY}/regions/"))
    return {code: str(name) for listed in lists if isinstance(listed, dict) for code, name in listed.items()}

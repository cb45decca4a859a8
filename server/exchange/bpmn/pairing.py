"""Which gateway gathers what another one started."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

from server.exchange.bpmn.elements import Arrow, Diagram

_GATHERING = frozenset(("parallelGateway", "inclusiveGateway"))


def joins_of(diagram: Diagram, out: Mapping[str, Sequence[Arrow]]) -> dict[str, str]:
    """Fork to the nearest gateway that every one of its branches comes to, for those that have one."""
    gateways = [name for name, element in diagram.elements.items() if element.tag in _GATHERING]
    joins = {name for name in gateways if len(out[name]) <= 1}
    beside: dict[str, list[str]] = {}
    for element in diagram.elements.values():
        if element.tag == "boundaryEvent":
            beside.setdefault(element.host, []).append(element.id)
    found: dict[str, str] = {}
    for fork in gateways:
        if fork in joins:
            continue
        ways = [_distances(arrow.target, out, beside) for arrow in out[fork]]
        common = [name for name in gateways if name in joins and all(name in way for way in ways)]
        if common:
            found[fork] = min(common, key=lambda name: max(way[name] for way in ways))
    return found


def _distances(start: str, out: Mapping[str, Sequence[Arrow]], beside: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many steps each element is away."""
    found = {start: 0}
    pending = deque((start,))
    while pending:
        name = pending.popleft()
        for target in (*(arrow.target for arrow in out.get(name, ())), *beside.get(name, ())):
            if target not in found:
                found[target] = found[name] + 1
                pending.append(target)
    return found

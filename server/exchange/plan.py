"""What an import would do, document by document, and what it does once every conflict is decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from server.definitions.service import Documents
from server.documents.canonical import content_id
from server.exchange.layers import layer_of, layers_in
from server.types import JsonValue

Change = Literal["added", "changed", "removed", "unchanged"]
Choice = Literal["keep", "replace"]

#: Stands for the content id of a document that is not there.
_ABSENT = ""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What an installation remembers of its imports of one service."""

    #: Path to the content id it was last imported with.
    documents: dict[str, str] = {}
    #: Path to the content ids (imported, own) between which the own one was kept.
    kept: dict[str, tuple[str, str]] = {}


class PlanLine(msgspec.Struct, frozen=True, kw_only=True):
    """One document of an import."""

    path: str
    #: What taking over the imported document does here.
    change: Change
    #: Whether it was changed here since the last import, or is not known to come from one, so that somebody has to decide.
    conflict: bool = False
    #: Whether exactly this difference was decided before, in favour of the own document.
    kept: bool = False


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What an import would do; nothing has happened yet."""

    service_id: str
    lines: tuple[PlanLine, ...]

    @property
    def conflicts(self) -> tuple[str, ...]:
        """Paths that somebody has to decide on."""
        return tuple(line.path for line in self.lines if line.conflict)

    def paths(self, change: Change) -> tuple[str, ...]:
        """Paths with this change, conflicts included and kept ones left out."""
        return tuple(line.path for line in self.lines if line.change == change and not line.kept)


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """An import with every conflict decided."""

    #: All documents of the service afterwards.
    documents: dict[str, JsonValue]
    #: Layers that change, the uppermost first.
    layers: tuple[str, ...]
    #: Paths that change.
    changed: tuple[str, ...]
    #: Paths whose own document stays although another one came.
    kept: tuple[str, ...]
    known: Known


def plan_import(current: Documents, incoming: Documents, *, service_id: str, known: Known) -> Plan:
    """What becomes of every document of the layers that come in; documents of other layers are not touched."""
    layers = set(layers_in(incoming, service_id))
    ours = {path: content_id(value) for path, value in current.items() if layer_of(path, service_id) in layers}
    theirs = {path: content_id(value) for path, value in incoming.items()}
    lines = (
        _line(path, ours.get(path, _ABSENT), theirs.get(path, _ABSENT), known) for path in sorted(ours.keys() | theirs.keys())
    )
    return Plan(service_id=service_id, lines=tuple(lines))


def decide(
    plan: Plan,
    current: Documents,
    incoming: Documents,
    *,
    choices: Mapping[str, Choice],
    rest: Choice | None,
    known: Known,
) -> Decided | tuple[str, ...]:
    """The import with the choices, `rest` holding for conflicts without one; else the paths that are still undecided."""
    undecided = tuple(path for path in plan.conflicts if path not in choices and rest is None)
    if undecided:
        return undecided
    documents, imported, kept = dict(current), dict(known.documents), dict(known.kept)
    changed, stays = [], []
    for line in plan.lines:
        path = line.path
        keep = line.kept or (line.conflict and choices.get(path, rest) == "keep")
        came = content_id(incoming[path]) if path in incoming else _ABSENT
        imported[path] = came
        if keep:
            kept[path] = (came, content_id(current[path]) if path in current else _ABSENT)
            stays.append(path)
            continue
        kept.pop(path, None)
        if line.change != "unchanged":
            changed.append(path)
        documents.pop(path, None)
        if path in incoming:
            documents[path] = incoming[path]
        else:
            del imported[path]
    return Decided(
        documents=documents,
        layers=layers_in(changed, plan.service_id),
        changed=tuple(changed),
        kept=tuple(stays),
        known=Known(documents=dict(sorted(imported.items())), kept=dict(sorted(kept.items()))),
    )


def _line(path: str, ours: str, theirs: str, known: Known) -> PlanLine:
    if ours == theirs:
        return PlanLine(path=path, change="unchanged")
    change: Change = "added" if not ours else "removed" if not theirs else "changed"
    if known.kept.get(path) == (theirs, ours):
        return PlanLine(path=path, change=change, kept=True)
    return PlanLine(path=path, change=change, conflict=ours != known.documents.get(path, _ABSENT))

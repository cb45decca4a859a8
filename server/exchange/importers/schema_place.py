"""Where in the form a part of a JSON Schema is put, and what the whole reading gathers."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from server.exchange.fidelity import Ledger
from server.exchange.importers.draft import AssertionDraft, MemberDraft
from server.exchange.importers.schema_source import Flat, Part, Source

#: Stands for the rows of a list among property names.
ROWS = "[]"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where in the form something is put."""

    #: Property path of the object around it; inside rows, from the row.
    path: str = ""
    #: Field id of the repeating group around it; empty outside rows.
    group: str = ""
    depth: int = 0
    #: Names of the properties on the way there, as the source spells them.
    chain: tuple[str, ...] = ()

    @property
    def field_id(self) -> str:
        """The path as field ids spell it."""
        return f"{self.group}[].{self.path}" if self.group else self.path

    @property
    def variable(self) -> str:
        """The path as rules spell it."""
        return f"row.{self.path}" if self.group else self.path

    def under(self, name: str, spelled: str = "") -> Place:
        """The place inside an object of this name."""
        path = f"{self.path}.{name}" if self.path else name
        return Place(path=path, group=self.group, depth=self.depth + 1, chain=(*self.chain, spelled))

    def inside_rows(self, name: str, spelled: str = "") -> Place:
        """The place in the rows of this name."""
        group = f"{self.path}.{name}" if self.path else name
        return Place(group=group, depth=self.depth + 1, chain=(*self.chain, spelled, ROWS))


class Reading(Protocol):
    """What conditions need of the reading they are part of."""

    source: Source
    ledger: Ledger
    facts: dict[str, dict[str, Any]]
    assertions: list[AssertionDraft]

    def member(self, parts: list[Part], outer: Flat, name: str, own: str, place: Place, *, required: bool) -> MemberDraft | None:
        """The field or group of one property; nothing where it has no place in a form."""

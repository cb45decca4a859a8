"""Types of rule variables, and the value of a rule that has none."""

from __future__ import annotations

from typing import Final, Literal

import msgspec


class RuleType(msgspec.Struct, frozen=True):
    """The type of a variable: a scalar, a list, or a row with named members."""

    kind: Literal["bool", "int", "string", "list", "row"]
    #: Type of the members of a list.
    element: RuleType | None = None
    #: Members of a row.
    members: dict[str, RuleType] = {}

    def __str__(self) -> str:
        return f"list({self.element})" if self.kind == "list" else self.kind


BOOL = RuleType("bool")
INT = RuleType("int")
STRING = RuleType("string")
SCALARS: dict[str, RuleType] = {"bool": BOOL, "int": INT, "string": STRING}


def list_of(element: RuleType) -> RuleType:
    """The type of lists of `element`."""
    return RuleType("list", element=element)


def row_of(members: dict[str, RuleType]) -> RuleType:
    """The type of one row with these members."""
    return RuleType("row", members=members)


def row_members(row: RuleType, prefix: str) -> dict[str, RuleType]:
    """The leaves of a row as qualified variables, `prefix.member.leaf`."""
    leaves: dict[str, RuleType] = {}
    for name, member in row.members.items():
        if member.kind == "row":
            leaves |= row_members(member, f"{prefix}.{name}")
        else:
            leaves[f"{prefix}.{name}"] = member
    return leaves


class Undefined:
    """The type of `UNDEFINED`."""

    def __repr__(self) -> str:
        return "UNDEFINED"

    def __bool__(self) -> bool:
        return False


#: The value of a rule that needed an unanswered field, overflowed, or failed otherwise.
UNDEFINED: Final = Undefined()

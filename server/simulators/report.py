"""The report of a means check, computed from what the household declared."""

from __future__ import annotations

import hashlib
from typing import Annotated

import msgspec

from server.messages.simulators import BALANCE_NAMES, REPORT_AGREES, REPORT_DIFFERS
from server.types import JsonValue

Amount = Annotated[int, msgspec.Meta(ge=0)]

#: Largest difference found, in thousandths of the declared amount: balances move between the declaration and the check.
_LARGEST_DIFFERENCE = 20


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """What the request says of the household; amounts in fen."""

    applicant_name: str
    applicant_id_number: str
    member_names: tuple[str, ...]
    member_id_numbers: tuple[str, ...]
    monthly_income_fen: Amount
    deposits_fen: Amount
    securities_fen: Amount
    vehicles: Amount
    properties: Amount


def read_declared(data: dict[str, JsonValue]) -> Declared | None:
    """The request's data in its types; nothing when a member is missing or not what it should be."""
    try:
        return msgspec.convert(data, Declared)
    except msgspec.ValidationError:
        return None


def report_of(declared: Declared, *, key: str) -> dict[str, JsonValue]:
    """The figures found and what to say of them; the same key always finds the same.

    Income and possessions are confirmed as declared; each balance that was declared may turn out up to two per cent higher.
    """
    found = {name: getattr(declared, name) + _difference(getattr(declared, name), key, name) for name in BALANCE_NAMES}
    differing = [
        REPORT_DIFFERS.format(name=title, yuan=_yuan(found[name] - getattr(declared, name)))
        for name, title in BALANCE_NAMES.items()
        if found[name] != getattr(declared, name)
    ]
    return {
        "monthly_income_fen": declared.monthly_income_fen,
        **found,
        "vehicles": declared.vehicles,
        "properties": declared.properties,
        "findings": "".join(differing) or REPORT_AGREES,
    }


def broken_report() -> dict[str, JsonValue]:
    """A report no schema accepts: figures missing, and words where a figure belongs."""
    return {"deposits_fen": "unknown"}


def _difference(declared: int, key: str, name: str) -> int:
    drawn = int.from_bytes(hashlib.sha256(f"{key}:{name}".encode()).digest()[:4], "big")
    return declared * (drawn % (_LARGEST_DIFFERENCE + 1)) // 1000


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"

"""What only a demonstration has: ready accounts, filled families, a clock that can be moved."""

from __future__ import annotations

import msgspec

from server.actions.drafts import Draft
from server.actions.office import Applicant, Office
from server.cases.people import AccountKind
from server.findings import Refused

#: Password of every official and administrator of a demonstration; shown on its page, useless anywhere else.
DEMO_PASSWORD = "onething"


class DemoAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account to try."""

    kind: AccountKind
    #: Telephone number or user name.
    login: str
    name: str
    #: Office or task in words; empty for applicants.
    unit: str
    place: str


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """A filled application to load."""

    service_id: str
    example_id: str
    title: str
    #: Region in words.
    place: str
    item_titles: tuple[str, ...]


async def demo_accounts(office: Office) -> tuple[DemoAccount, ...]:
    """The accounts of the demonstration in the order of the way of a case."""
    raise NotImplementedError


async def families(office: Office) -> tuple[Family, ...]:
    """The filled applications that can be loaded."""
    raise NotImplementedError


async def load_family(office: Office, *, actor: Applicant, service_id: str, example_id: str) -> Draft | Refused:
    """A draft filled from an example, with sample files for every material due."""
    raise NotImplementedError


async def advance_clock(office: Office, *, days: int) -> Refused | None:
    """Moves the office's clock forward and does what becomes due."""
    raise NotImplementedError


async def seed(office: Office) -> None:
    """Ensures the shipped services are published and the accounts exist."""
    raise NotImplementedError

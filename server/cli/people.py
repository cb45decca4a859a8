"""The commands account add and account disable: people who work with an installation."""

from __future__ import annotations

import asyncio
import getpass
import sys
from typing import Annotated, Literal

from cyclopts import App, Parameter

from server.actions import accounts
from server.cases.people import Unit
from server.cli.output import fail
from server.cli.running import opened_office
from server.definitions.common import Level
from server.findings import Refused
from server.messages.pages import refusal_text
from server.types import RegionCode

ACCOUNT = App(name="account", help="People who work with the installation.")


@ACCOUNT.command
def add(
    *,
    kind: Literal["official", "administrator"],
    login: str,
    name: str,
    region: str,
    agency: str = "",
    level: Level | None = None,
    password_stdin: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Add an official of an office, or an administrator of a region; the password is asked for.

    Parameters
    ----------
    kind
        official or administrator.
    login
        User name.
    name
        Name that others see.
    region
        Region code of the office, or the region an administrator is responsible for.
    agency
        Agency of an official's office, as in agencies.json.
    level
        Level of an official's office.
    password_stdin
        Read the password from standard input instead of asking.
    """
    if kind == "official" and not (agency and level):
        fail("an official needs --agency and --level")
    password = sys.stdin.readline().rstrip("\n") if password_stdin else getpass.getpass(f"Password of {login}: ")
    units = (Unit(agency=agency, level=level, region=RegionCode(region)),) if kind == "official" and level else ()
    refused = asyncio.run(_add(kind=kind, login=login, name=name, region=region, units=units, password=password))
    if refused is not None:
        fail(refusal_text(refused), status=1)
    print(f"{kind} {login} added")


async def _add(
    *, kind: Literal["official", "administrator"], login: str, name: str, region: str, units: tuple[Unit, ...], password: str
) -> Refused | None:
    async with opened_office() as office:
        added = await accounts.add_account(
            office, kind=kind, login=login, name=name, region=RegionCode(region), units=units, password=password
        )
    return added if isinstance(added, Refused) else None

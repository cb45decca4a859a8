"""The installation that a command works on: its settings from the environment, its office for the time of a command."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal, overload

from server.actions.office import Office
from server.actions.opening import open_office
from server.cli.output import fail
from server.errors import UnusableStore
from server.settings import Settings, read_settings

_DATA = Path("data")


def data_folder(default: Path = _DATA) -> Path:
    """The data directory: ONETHING_DATA, else the default."""
    return Path(os.environ.get("ONETHING_DATA") or default)


def installation_settings(*, demo: bool = True) -> Settings:
    """The settings of the installation; ends the program with what is missing.

    Commands work on the data of a demonstration as well; only serving them as if they were real is refused (`demo=False`).
    """
    settings = read_settings(os.environ, data_folder(), demo=demo)
    if isinstance(settings, tuple):
        fail("\n".join(("this installation is not ready:", *(f"  - {missing}" for missing in settings))))
    return settings


@overload
def opened_office(*, needed: Literal[True] = ...) -> contextlib.AbstractAsyncContextManager[Office]: ...
@overload
def opened_office(*, needed: Literal[False]) -> contextlib.AbstractAsyncContextManager[Office | None]: ...
def opened_office(*, needed: bool = True) -> contextlib.AbstractAsyncContextManager[Office | None]:
    """The installation's office; unless needed, nothing where there is no installation."""
    return _opened(needed)


@contextlib.asynccontextmanager
async def _opened(needed: bool) -> AsyncIterator[Office | None]:
    if not needed and isinstance(read_settings(os.environ, data_folder(), demo=True), tuple):
        yield None
        return
    try:
        async with open_office(installation_settings()) as office:
            yield office
    except UnusableStore as error:
        fail(str(error))

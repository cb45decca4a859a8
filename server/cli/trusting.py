"""The command trust: whose bundles this installation takes over."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from server.cli.output import fail, print_json
from server.cli.running import installation_settings
from server.exports.signature import is_public_key, public_key
from server.settings import set_trusted


def trust(key: str = "", *, name: str = "", remove: Annotated[bool, Parameter(negative="")] = False, json: bool = False) -> None:
    """Take over bundles signed with KEY from now on; without KEY, print this installation's own key and those it trusts.

    Parameters
    ----------
    key
        What `onething trust` prints in the other installation.
    name
        Whose key it is, for people.
    remove
        Trust it no longer.
    json
        Print the keys as JSON.
    """
    settings = installation_settings()
    trusted = dict(settings.trusted)
    if key and remove:
        if trusted.pop(key, None) is None:
            fail(f"{key} is not trusted", status=1)
        set_trusted(settings.folder, trusted)
    elif key:
        if not is_public_key(key):
            fail(f"{key} is no key; `onething trust` in the other installation prints its own")
        trusted[key] = name or trusted.get(key, "")
        set_trusted(settings.folder, trusted)
    own = public_key(settings.signing_key) if settings.signing_key else ""
    if json:
        print_json({"own": own, "trusted": trusted})
        return
    print(f"own key: {own or 'none; `onething init` makes one'}")
    for one, title in sorted(trusted.items()):
        print(f"trusted: {one} {title}".rstrip())

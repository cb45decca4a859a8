"""The table of commands; each is imported only when it is called, so that short ones start fast."""

from __future__ import annotations

from importlib.metadata import version

import cyclopts

APP = cyclopts.App(
    name="onething",
    help="Runs integrated government services from configuration. ONETHING_DATA names the data directory, PORT the port.",
    version=version("onething"),
    help_format="plaintext",
)
COMMANDS = {
    "demo": "server.cli.installation:demo",
    "serve": "server.cli.installation:serve",
    "init": "server.cli.installation:init",
    "migrate": "server.cli.installation:migrate",
    "check": "server.cli.configuration:check",
    "publish": "server.cli.configuration:publish",
    "export": "server.cli.configuration:export",
    "import": "server.cli.configuration:import_",
    "diff": "server.cli.difference:diff",
    "try": "server.cli.trial:try_",
    "account": "server.cli.people:ACCOUNT",
    "bench": "server.cli.measuring:bench",
}

for _name, _target in COMMANDS.items():
    APP.command(_target, name=_name)


def main() -> None:
    """Runs one command and ends the program with its status."""
    raise SystemExit(APP())

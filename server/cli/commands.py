"""The table of commands."""

from __future__ import annotations

from importlib.metadata import version

import cyclopts

from server.cli import configuration, difference, installation, measuring, trial

APP = cyclopts.App(
    name="onething",
    help="Runs integrated government services from configuration. ONETHING_DATA names the data directory, PORT the port.",
    version=version("onething"),
    help_format="plaintext",
)

for _name, _command in {
    "demo": installation.demo,
    "serve": installation.serve,
    "init": installation.init,
    "migrate": installation.migrate,
    "check": configuration.check,
    "publish": configuration.publish,
    "export": configuration.export,
    "import": configuration.import_,
    "diff": difference.diff,
    "try": trial.try_,
    "bench": measuring.bench,
}.items():
    APP.command(_command, name=_name)


def main() -> None:
    """Runs one command and ends the program with its status."""
    raise SystemExit(APP())

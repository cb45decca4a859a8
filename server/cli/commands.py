"""The table of commands; each is imported only when it is called, so that short ones start fast."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version

import cyclopts

APP = cyclopts.App(
    name="onething",
    help="Runs integrated government services from configuration. ONETHING_DATA names the data directory, PORT the port.",
    version=version("onething"),
    help_format="plaintext",
)
#: Name to where the command is and what it does.
COMMANDS = {
    "demo": ("serving:demo", "Serve the shipped services with demo accounts and simulators of other systems."),
    "serve": ("serving:serve", "Serve the installation; refuses to start without keys of its own."),
    "init": ("installation:init", "Make the data directory with keys of its own and an empty database."),
    "migrate": ("installation:migrate", "Bring the database to the form this program knows."),
    "check": ("checking:check", "Report everything wrong with documents."),
    "try": ("trial:try_", "Run one application in memory and print what becomes of it."),
    "sheet": ("printing:sheet", "Print the application form of a service, blank or with answers."),
    "publish": ("configuration:publish", "Publish the services of a folder."),
    "export": ("exporting:export", "Write the layers of a published service to a folder or a zip archive."),
    "import": ("configuration:import_", "Publish the layers of an exported folder or zip archive."),
    "convert": ("converting:convert_", "Begin a new service with a form in another format."),
    "trust": ("trusting:trust", "Say whose bundles are taken over."),
    "diff": ("difference:diff", "Show what differs between two configurations."),
    "replay": ("replaying:replay", "Try documents on stored cases: whose result would change, and why."),
    "account": ("people:ACCOUNT", "Add people who work with the installation."),
    "bench": ("measuring:bench", "Measure against other software in the same run."),
}

for _name, (_target, _help) in COMMANDS.items():
    APP.command(f"server.cli.{_target}", name=_name, help=_help)


def main() -> None:
    """Runs one command and ends the program with its status, quietly where whoever reads its output has seen enough."""
    try:
        raise SystemExit(APP())
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None

"""The command `onething`: one module per group of commands.

May import everything below. Start with `main`; every command that a machine may read takes `--json`.
"""

from __future__ import annotations

from server.cli.commands import main

__all__ = ["main"]

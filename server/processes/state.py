"""What a running process is: tokens at nodes, the scopes they stand in, and the variables gathered so far."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from server.types import JsonValue

#: Why a token can be stuck; the texts are in `server.messages.incidents`.
Incident = Literal["no-value", "no-row", "no-branch", "endless-loop", "stray-join", "unknown-process", "call-failed"]


class Token(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One place at which a process stands."""

    #: Stable within the process: `k1`, `k2`, …
    id: str
    node: str
    entered_at: datetime
    #: Which time the node is entered, counted from 1.
    round: int = 1
    #: Id of the scope it stands in; empty on the main line.
    scope: str = ""
    #: Why it is stuck; empty while all is well.
    incident: Incident | Literal[""] = ""
    #: Timer to the instant at which it is due, for the timers that still run.
    timers: dict[str, datetime] = {}


class Scope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A branch of a fork, a sub-process, or one round of an `each` over rows."""

    id: str
    kind: Literal["fork", "subprocess", "each"]
    #: Token that waits at the fork, sub-process or `each` node for this scope to end.
    owner: str
    #: Process whose nodes the tokens of this scope stand at; a fork's branches keep the process of their fork.
    process: str
    #: The row of an `each`.
    row: JsonValue = None


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How a process ended."""

    node: str
    code: str
    reason: str
    at: datetime


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A running or ended process; application data is never inside."""

    process: str
    tokens: tuple[Token, ...] = ()
    scopes: tuple[Scope, ...] = ()
    #: `<node>.<field>`: answers of tasks (with `.outcome` and `.round`), replies of calls, outputs of tables (with `.reason`
    #: and `.row`), result of sub-processes (`.code`); in scopes with a process of their own `<scope>/<node>.<field>`.
    variables: dict[str, JsonValue] = {}
    #: Node to how often it was entered; in scopes with a process of their own `<scope>/<node>`.
    rounds: dict[str, int] = {}
    #: Number of the next token or scope.
    next_number: int = 1
    #: Token at an `each` over items to the children that have not ended yet.
    children: dict[str, tuple[str, ...]] = {}
    #: Whether a node marked final was completed; nothing can be withdrawn any more.
    final: bool = False
    #: Reason of the latest decision, for ends without a reason of their own.
    last_reason: str = ""
    ended: Ended | None = None

    def token(self, token_id: str) -> Token | None:
        """The token with this id, while it exists."""
        return next((token for token in self.tokens if token.id == token_id), None)

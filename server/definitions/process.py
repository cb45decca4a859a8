"""`<id>.process.json` and `connectors/<id>.json`: how a case moves and which other systems it talks to."""

from __future__ import annotations

from typing import Literal

import msgspec

from server.definitions.common import Document, Duration, Level, Status
from server.types import JsonValue


class Boundary(Document, frozen=True, kw_only=True):
    """What happens beside a node while it is active: after a time, on a message, on an error."""

    next: str
    #: Interrupting boundaries end the node; others start a parallel token.
    interrupting: bool = True
    #: Only for time-outs.
    after: Duration | None = None
    title: str | None = None


class On(Document, frozen=True, kw_only=True):
    """The boundary events of a node."""

    timeout: Boundary | None = None
    error: Boundary | None = None
    #: Message name to boundary.
    message: dict[str, Boundary] = msgspec.field(default_factory=dict)


class Node(Document, tag_field="kind", frozen=True, kw_only=True):
    """What every node has."""

    title: str | None = None
    #: Paragraph of the policy or law that this step follows.
    source: str | None = None


class Start(Node, tag="start", frozen=True, kw_only=True):
    """Where a process begins."""

    next: str


class End(Node, tag="end", frozen=True, kw_only=True):
    """Where a branch ends; the last one ends the process with the result code."""

    #: A fixed result code, or
    code: str | None = None
    #: a rule that yields one of the item's outcomes.
    code_from: str | None = None
    #: Text of the reason, with `{expression}` parts; the last decision's reason when absent.
    reason: str | None = None


class Actor(Document, frozen=True, kw_only=True):
    """Who gets a task: an agency's office at a level, in a region of the case."""

    agency: str
    level: Level
    #: Rule yielding a region code; the bundle's place field when absent.
    region: str | None = None
    #: Rule; while it holds the task goes to `instead_level` (for example a declared relation sends it to the county).
    instead_when: str | None = None
    instead_level: Level | None = None


class TaskOutcome(Document, frozen=True, kw_only=True):
    """One button of a task."""

    title: str
    next: str
    order: int = 0
    tone: Literal["good", "neutral", "bad"] = "neutral"
    #: Rule; the outcome is offered only where it holds.
    when: str | None = None


class Task(Node, tag="task", frozen=True, kw_only=True):
    """An official's form with outcomes."""

    actor: Actor
    #: Task form id: folder `form_schemas/<bundle>/tasks/<form>/`.
    form: str | None = None
    outcomes: dict[str, TaskOutcome]
    #: Field path of the task form to the rule that proposes its value.
    prefill: dict[str, str] = msgspec.field(default_factory=dict)
    limit: Duration | None = None
    limit_status: Status = "assumed"
    clock: Literal["runs", "stopped"] = "runs"
    #: After this task was completed the applicant can no longer withdraw.
    final: bool = False
    on: On = On()


class Call(Node, tag="call", frozen=True, kw_only=True):
    """A request to another system; the token waits for the reply."""

    connector: str
    operation: str
    #: Request member to rule.
    request: dict[str, str] = msgspec.field(default_factory=dict)
    next: str
    clock: Literal["runs", "stopped"] = "stopped"
    on: On = On()


class Decide(Node, tag="decide", frozen=True, kw_only=True):
    """A decision table whose outputs become `<node>.<output>`."""

    table: str
    next: str


class Branch(Document, frozen=True, kw_only=True):
    """One way out of a choice or fork."""

    next: str
    when: str | None = None
    order: int = 0
    title: str | None = None


class Choice(Node, tag="choice", frozen=True, kw_only=True):
    """The first branch whose rule holds, by `order`; otherwise `otherwise`."""

    branches: dict[str, Branch]
    otherwise: str | None = None


class Fork(Node, tag="fork", frozen=True, kw_only=True):
    """Every branch whose rule holds (all that have none) at once, up to `join`."""

    branches: dict[str, Branch]
    join: str


class Join(Node, tag="join", frozen=True, kw_only=True):
    """Waits for every branch its fork started."""

    next: str


class Wait(Node, tag="wait", frozen=True, kw_only=True):
    """Waits for a message from the applicant or a system, or only for a time-out."""

    message: str | None = None
    sender: Literal["applicant", "system"] = "applicant"
    #: Name of the task node whose answers say what the applicant must supply (补正).
    supplement: str | None = None
    #: Node that a supplement returns to; `next` when absent.
    next: str
    clock: Literal["runs", "stopped"] = "stopped"
    on: On = On()


class PublicNotice(Node, tag="notice", frozen=True, kw_only=True):
    """A public notice (公示) for a number of calendar days."""

    #: Notice document shown.
    notice: str
    level: Level
    period: Duration
    next: str
    #: Node for an objection that arrives in time (message `objection`).
    objection: str | None = None
    clock: Literal["runs", "stopped"] = "stopped"
    on: On = On()


class Subprocess(Node, tag="subprocess", frozen=True, kw_only=True):
    """Another process, run once."""

    process: str
    next: str
    on: On = On()


class Each(Node, tag="each", frozen=True, kw_only=True):
    """One child per member of a list: per chosen item (its own process) or per row of a group."""

    #: Rule yielding a list of codes or rows.
    over: str
    #: Process of the child; the item's own process when absent.
    process: str | None = None
    next: str
    on: On = On()


class Notify(Node, tag="notify", frozen=True, kw_only=True):
    """Sends a message or letter and goes on."""

    notice: str
    to: Literal["applicant"] = "applicant"
    next: str


AnyNode = Start | End | Task | Call | Decide | Choice | Fork | Join | Wait | PublicNotice | Subprocess | Each | Notify


class ProcessDefinition(Document, frozen=True, kw_only=True):
    """`<id>.process.json`."""

    title: str
    source: str | None = None
    nodes: dict[str, AnyNode]
    #: Messages that end every token and continue at a node, e.g. `withdraw`; refused once a final node was passed.
    on: dict[str, Boundary] = msgspec.field(default_factory=dict)
    #: Derived facts over application fields, `<node>.<field>` answers and `parameters.<id>`; same form as in `logic.json`.
    facts: dict[str, dict[str, JsonValue]] = msgspec.field(default_factory=dict)


class Retry(Document, frozen=True, kw_only=True):
    """How often and how far apart a request is repeated."""

    attempts: int = 8
    #: Seconds before the second attempt; doubled each time up to an hour.
    first_delay_seconds: int = 2


class Operation(Document, frozen=True, kw_only=True):
    """One thing another system can be asked."""

    title: str
    #: Path under the bound address.
    path: str
    #: Request members: JSON Schema of the body's `data`.
    request: dict[str, JsonValue]
    #: JSON Schema of the reply's `data`; its leaves become `<node>.<field>`.
    reply: dict[str, JsonValue]
    #: Whether the reply comes later as a signed call-back.
    asynchronous: bool = False
    retry: Retry = Retry()
    #: Application fields that may be sent: property paths.
    data_scope: tuple[str, ...] = ()
    source: str | None = None


class Connector(Document, frozen=True, kw_only=True):
    """`connectors/<id>.json`: another system; the installation binds its address and keys to the slot `<id>`."""

    title: str
    owner: str | None = None
    operations: dict[str, Operation]

"""A process ready to run: nodes with their rules compiled, and what all steps share."""

from __future__ import annotations

from typing import Any

import msgspec

from server.definitions import process
from server.definitions.workdays import Workdays
from server.rules.expressions import Rule
from server.rules.facts import Facts
from server.rules.tables import CompiledTable
from server.rules.types import RuleType

_NOTHING_BESIDE = process.On()


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A text with rules in it."""

    parts: tuple[str | Rule, ...]


class CompiledNode(msgspec.Struct, frozen=True, kw_only=True):
    """What every compiled node has."""

    id: str
    title: str
    on: process.On = _NOTHING_BESIDE


class StartNode(CompiledNode, frozen=True, kw_only=True):
    """Where a process begins."""

    next: str


class EndNode(CompiledNode, frozen=True, kw_only=True):
    """A result code, fixed or by rule, and its reason."""

    code: str
    code_from: Rule | None
    #: The last decision's reason when absent.
    reason: Text | None


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """One outcome of a task."""

    code: str
    when: Rule | None
    next: str


class TaskNode(CompiledNode, frozen=True, kw_only=True):
    """A task with its routing, outcomes and proposals."""

    definition: process.Task
    region: Rule | None
    instead_when: Rule | None
    #: In the order in which they are offered.
    offers: tuple[Offer, ...]
    #: Field path to the rule that proposes its value.
    prefill: dict[str, Rule]
    #: Fields of the task form.
    answers: dict[str, RuleType]


class CallNode(CompiledNode, frozen=True, kw_only=True):
    """A request and the types of its reply."""

    definition: process.Call
    request: dict[str, Rule]
    #: Members without which the request cannot be sent.
    required: frozenset[str]
    reply: dict[str, RuleType]


class DecideNode(CompiledNode, frozen=True, kw_only=True):
    """A decision table compiled against the variables of this process."""

    table: CompiledTable
    next: str


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One branch of a choice or fork; without a rule it is always open."""

    code: str
    when: Rule | None
    next: str


class ChoiceNode(CompiledNode, frozen=True, kw_only=True):
    """Branches in the order in which they are tried."""

    ways: tuple[Way, ...]
    otherwise: str | None


class ForkNode(CompiledNode, frozen=True, kw_only=True):
    """Branches that start together."""

    ways: tuple[Way, ...]
    join: str
    #: Node that follows the join.
    after: str
    #: Nodes that belong to its branches; a token that goes anywhere else, except to the join, leaves the fork.
    inside: frozenset[str]


class JoinNode(CompiledNode, frozen=True, kw_only=True):
    """Where the branches of a fork meet."""

    next: str


class WaitNode(CompiledNode, frozen=True, kw_only=True):
    """A wait for a message or a time-out."""

    definition: process.Wait


class NoticeNode(CompiledNode, frozen=True, kw_only=True):
    """A public notice and its texts."""

    definition: process.PublicNotice
    subject: Text
    text: Text


class SubprocessNode(CompiledNode, frozen=True, kw_only=True):
    """Another process, run once."""

    process: str
    next: str


class EachNode(CompiledNode, frozen=True, kw_only=True):
    """A child for each member of a list; a case of its own where no process is named."""

    over: Rule
    process: str | None
    next: str


class NotifyNode(CompiledNode, frozen=True, kw_only=True):
    """A message or letter and its texts."""

    notice: str
    channel: str
    subject: Text
    text: Text
    next: str


AnyCompiledNode = (
    StartNode
    | EndNode
    | TaskNode
    | CallNode
    | DecideNode
    | ChoiceNode
    | ForkNode
    | JoinNode
    | WaitNode
    | NoticeNode
    | SubprocessNode
    | EachNode
    | NotifyNode
)


class CompiledProcess(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a step of a process needs."""

    id: str
    definition: process.ProcessDefinition
    nodes: dict[str, AnyCompiledNode]
    start: str
    #: Every rule by its JSON Pointer in the process document; those of texts and tables stand with these.
    rules: dict[str, Rule]
    facts: Facts
    #: Variables that need the facts to be computed.
    fact_names: frozenset[str]
    #: Nodes on whose variables facts depend.
    fact_nodes: frozenset[str]
    tables: dict[str, CompiledTable]
    notices: dict[str, tuple[Text, Text]]
    #: Variables that rules of this process may use, facts included.
    variables: dict[str, RuleType]
    calendar: Workdays


def conforms(value: Any, wanted: RuleType) -> bool:
    """Whether a JSON value has the type that the rules were compiled for."""
    match wanted.kind:
        case "bool":
            return isinstance(value, bool)
        case "int":
            return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63
        case "string":
            return isinstance(value, str)
        case "list":
            element = wanted.element
            return isinstance(value, list) and (element is None or all(conforms(member, element) for member in value))
        case "row":
            return isinstance(value, dict)

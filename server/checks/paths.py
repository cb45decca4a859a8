"""A way through a process in words, as an example that can be tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from server.checks.exploring import Exploration, Move
from server.definitions.process import Choice
from server.messages.traces import HAPPENINGS, message_words, path_words, step_words
from server.processes.compiled import AnyCompiledNode, CompiledProcess, TaskNode
from server.processes.events import CallFailed, ChildEnded, MessageArrived, Retried, TaskCompleted, TimerDue


def way_to(found: Exploration, node: str) -> str:
    """The shortest way on which a token comes to a node."""
    moves = found.moves_into(node)
    last = moves[-1]
    cut = last._replace(visited=last.visited[: last.visited.index(node) + 1])
    return path_words((*_steps(found, (*moves[:-1], cut)), found.process.nodes[node].title))


def way_of(found: Exploration, moves: Iterable[Move]) -> str:
    """A way in words."""
    return path_words(_steps(found, moves))


def _steps(found: Exploration, moves: Iterable[Move]) -> Iterator[str]:
    for move in moves:
        if move.node:
            node = found.node(move.process, move.node)
            yield step_words(node.title, happening_words(node, move))
        elif isinstance(move.event, MessageArrived):
            boundary = found.process.definition.on.get(move.event.name)
            yield boundary.title if boundary is not None and boundary.title else message_words(move.event.name)
        yield from _choices(found.process, move.visited)


def happening_words(node: AnyCompiledNode, move: Move) -> str:
    """How a node was left."""
    match move.event:
        case TaskCompleted(outcome=outcome) if isinstance(node, TaskNode):
            return node.definition.outcomes[outcome].title
        case TimerDue(timer="timeout") if node.on.timeout is not None:
            return node.on.timeout.title or HAPPENINGS["timeout"]
        case TimerDue(timer=timer):
            return HAPPENINGS[timer]
        case CallFailed():
            return HAPPENINGS["failed"]
        case Retried():
            return HAPPENINGS["retried"]
        case MessageArrived(name=name):
            boundary = node.on.message.get(name)
            return (boundary.title if boundary is not None else None) or HAPPENINGS.get(name, message_words(name))
        case ChildEnded():
            return ""
    return ""


def _choices(process: CompiledProcess, visited: tuple[str, ...]) -> Iterator[str]:
    """The choices that were passed, with the branches that were taken."""
    for index, name in enumerate(visited):
        node = process.definition.nodes[name]
        if isinstance(node, Choice):
            after = visited[index + 1 :]
            taken = (branch.title or code for code, branch in node.branches.items() if branch.next in after)
            yield step_words(node.title or name, next(taken, ""))

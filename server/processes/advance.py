"""One step of a process: what an event makes of a state, and what it asks of the world."""

from __future__ import annotations

import msgspec

from server.findings import Refused
from server.processes.board import Board
from server.processes.compiled import CompiledProcess, EachNode, NoticeNode, TaskNode
from server.processes.delivering import deliver, fail, reply
from server.processes.effects import AnyEffect
from server.processes.entering import PERIOD, enter, run
from server.processes.events import (
    Begun,
    CallAnswered,
    CallFailed,
    ChildEnded,
    Event,
    MessageArrived,
    Retried,
    TaskCompleted,
    TimerDue,
)
from server.processes.leaving import CALL_FAILED, follow, go, leave
from server.processes.state import State, Token
from server.processes.values import CaseFacts, typed_variables

__all__ = ["CaseFacts", "Step", "advance", "initial_state"]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """The new state, and what has to be stored with it and performed after the commit."""

    state: State
    effects: tuple[AnyEffect, ...]


def initial_state(process: CompiledProcess) -> State:
    """The state of a process that has not begun."""
    return State(process=process.id)


def advance(process: CompiledProcess, state: State, event: Event, moment: CaseFacts) -> Step | Refused:
    """The step that an event causes, or why it is not allowed now; the same for the same arguments, always.

    A token whose node needs a value that is not there is stuck with an incident; every other token goes on.
    """
    if state.ended is not None:
        return Refused("already-ended")
    board = Board(process, state, moment)
    refused = _apply(board, event)
    if refused is not None:
        return refused
    run(board)
    return Step(state=board.state(), effects=tuple(board.effects))


def _apply(board: Board, event: Event) -> Refused | None:
    match event:
        case Begun():
            return _begin(board)
        case TaskCompleted():
            return _complete(board, event)
        case CallAnswered(token=token_id, data=data):
            return reply(board, board.tokens.get(token_id), data)
        case CallFailed(token=token_id, cause=cause):
            return fail(board, board.tokens.get(token_id), cause)
        case TimerDue():
            return _time_out(board, event)
        case MessageArrived():
            return deliver(board, event)
        case ChildEnded():
            return _end_child(board, event)
        case Retried(token=token_id):
            return _retry(board, board.tokens.get(token_id))


def _begin(board: Board) -> Refused | None:
    if board.tokens:
        return Refused("not-expected")
    board.new_token(board.process.start, scope="")
    return None


def _complete(board: Board, event: TaskCompleted) -> Refused | None:
    token = board.tokens.get(event.token)
    node = board.node_of(token) if token is not None else None
    if token is None or token.incident or not isinstance(node, TaskNode):
        return Refused("stale-task")
    offer = next((offer for offer in node.offers if offer.code == event.outcome), None)
    if offer is None:
        return Refused("unknown-outcome", {"outcome": event.outcome})
    if not board.values(token).holds(offer.when):
        return Refused("outcome-not-offered", {"outcome": event.outcome})
    leave(board, token, outcome=event.outcome)
    answers = typed_variables(event.answers, node.answers)
    board.record(token, {**answers, "outcome": event.outcome, "round": token.round})
    board.final = board.final or node.definition.final
    go(board, token, offer.next)
    return None


def _time_out(board: Board, event: TimerDue) -> Refused | None:
    token = board.tokens.get(event.token)
    due_at = token.timers.get(event.timer) if token is not None else None
    if token is None or due_at is None or due_at > board.moment.now:
        return Refused("not-due")
    others = {timer: due_at for timer, due_at in token.timers.items() if timer != event.timer}
    token = board.place(msgspec.structs.replace(token, timers=others))
    node = board.node_of(token)
    if isinstance(node, NoticeNode) and event.timer == PERIOD:
        leave(board, token, cause=PERIOD)
        go(board, token, node.definition.next)
    elif node.on.timeout is not None:
        follow(board, token, node.on.timeout, cause=event.timer)
    return None


def _end_child(board: Board, event: ChildEnded) -> Refused | None:
    token = board.tokens.get(event.token)
    waiting = board.children.get(event.token, ())
    if token is None or event.child not in waiting:
        return Refused("not-expected")
    board.children[token.id] = tuple(child for child in waiting if child != event.child)
    node = board.node_of(token)
    if not board.children[token.id] and isinstance(node, EachNode):
        leave(board, token)
        go(board, token, node.next)
    return None


def _retry(board: Board, token: Token | None) -> Refused | None:
    if token is None or not token.incident:
        return Refused("not-expected")
    if token.incident == CALL_FAILED:
        leave(board, token)
        go(board, token, token.node)
    else:
        enter(board, board.place(msgspec.structs.replace(token, incident="")))
    return None

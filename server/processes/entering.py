"""What a token does at the node it has come to: pass at once, or ask something of the world and wait."""

from __future__ import annotations

from datetime import datetime

import msgspec

from server.definitions.common import Duration
from server.definitions.regions import code_at
from server.processes import passing
from server.processes.board import Board
from server.processes.compiled import (
    CallNode,
    ChoiceNode,
    CompiledNode,
    CompiledProcess,
    DecideNode,
    EachNode,
    EndNode,
    ForkNode,
    JoinNode,
    NoticeNode,
    NotifyNode,
    StartNode,
    SubprocessNode,
    TaskNode,
    WaitNode,
)
from server.processes.effects import (
    CallRequested,
    ChildRequested,
    NoticePublished,
    SupplementAsked,
    TaskOpened,
    TimerStarted,
)
from server.processes.leaving import go
from server.processes.state import Token
from server.rules.expressions import UNDEFINED
from server.types import JsonValue

#: How often a token may come to one node in a step. Passing a node again decides as before, unless a table on the way has
#: changed something since; a third time is a loop.
MOST_VISITS = 2

TIMEOUT = "timeout"
PERIOD = "period"


def run(board: Board) -> None:
    """Lets every token that has come somewhere do what its node asks, until all of them wait, are stuck or have ended."""
    while board.arrived:
        token = board.tokens.get(board.arrived.popleft())
        if token is None:
            continue
        if board.visits.get((token.id, token.node), 0) > MOST_VISITS:
            board.stick(token, cause="endless-loop", detail=token.node)
        else:
            enter(board, token)


def enter(board: Board, token: Token) -> None:
    """Does what the node of a token asks; a token that lacks a value for it is stuck there."""
    match board.node_of(token):
        case StartNode(next=target):
            go(board, token, target)
        case EndNode() as node:
            passing.end(board, token, node)
        case DecideNode() as node:
            passing.decide(board, token, node)
        case ChoiceNode() as node:
            passing.choose(board, token, node)
        case ForkNode() as node:
            passing.split(board, token, node)
        case JoinNode() as node:
            passing.meet(board, token, node)
        case NotifyNode() as node:
            passing.notify(board, token, node)
        case TaskNode() as node:
            _open_task(board, token, node)
        case CallNode() as node:
            _request(board, token, node)
        case WaitNode() as node:
            _wait(board, token, node)
        case NoticeNode() as node:
            _publish(board, token, node)
        case SubprocessNode() as node:
            _run_process(board, token, node)
        case EachNode() as node:
            _run_each(board, token, node)


def _open_task(board: Board, token: Token, node: TaskNode) -> None:
    values, actor, place = board.values(token), node.definition.actor, str(board.moment.place)
    if node.region is not None:
        place = values.of(node.region)
        if not isinstance(place, str):
            board.lacks(token, node.region)
            return
    level = actor.level
    if actor.instead_level is not None and node.instead_when is not None and values.of(node.instead_when) is True:
        level = actor.instead_level
    board.effects.append(
        TaskOpened(
            node=node.id,
            token=token.id,
            title=node.title,
            agency=actor.agency,
            level=level,
            region=code_at(place, level),
            form=node.definition.form,
            due_at=None if node.definition.limit is None else _due(board, token, node.definition.limit),
            clock=node.definition.clock,
            round=token.round,
        )
    )
    _await_timeout(board, token, node)


def _request(board: Board, token: Token, node: CallNode) -> None:
    values = board.values(token)
    data: dict[str, JsonValue] = {}
    for member, rule in node.request.items():
        value = values.of(rule)
        if value is not UNDEFINED:
            data[member] = value
        elif member in node.required:
            board.lacks(token, rule)
            return
    # What an earlier request brought is no answer to this one.
    board.record(token, {})
    board.effects.append(
        CallRequested(
            node=node.id,
            token=token.id,
            connector=node.definition.connector,
            operation=node.definition.operation,
            data=data,
            round=token.round,
        )
    )
    _await_timeout(board, token, node)


def _wait(board: Board, token: Token, node: WaitNode) -> None:
    until = _await_timeout(board, token, node)
    asking = node.definition.supplement
    if asking is None:
        return
    values = board.values(token)
    fields, materials, note = (values.answer(asking, f"supplement_{part}") for part in ("fields", "materials", "note"))
    board.effects.append(
        SupplementAsked(
            node=node.id,
            token=token.id,
            fields=tuple(fields or ()),
            materials=tuple(materials or ()),
            note=note or "",
            until=until,
        )
    )


def _publish(board: Board, token: Token, node: NoticeNode) -> None:
    texts = board.texts(token, node.subject, node.text)
    if texts is None:
        return
    subject, text = texts
    until = _due(board, token, node.definition.period)
    board.effects.append(
        NoticePublished(
            node=node.id,
            token=token.id,
            notice=node.definition.notice,
            subject=subject,
            text=text,
            region=code_at(board.moment.place, node.definition.level),
            until=until,
        )
    )
    _await_timeout(board, _start_timer(board, token, timer=PERIOD, due_at=until), node)


def _run_process(board: Board, token: Token, node: SubprocessNode) -> None:
    child = _process_of(board, token, node.process)
    if child is not None:
        board.new_token(child.start, board.new_scope(token, kind="subprocess", process=child.id).id)
        _await_timeout(board, token, node)


def _run_each(board: Board, token: Token, node: EachNode) -> None:
    members = board.values(token).of(node.over)
    if not isinstance(members, list):
        board.lacks(token, node.over)
        return
    if not members:
        go(board, token, node.next)
    elif node.process is None:
        children = tuple(dict.fromkeys(str(member) for member in members))
        board.children[token.id] = children
        board.effects += [ChildRequested(node=node.id, token=token.id, child=child) for child in children]
        _await_timeout(board, token, node)
    elif (child_process := _process_of(board, token, node.process)) is not None:
        for member in members:
            scope = board.new_scope(token, kind="each", process=child_process.id, row=member)
            board.new_token(child_process.start, scope.id)
        _await_timeout(board, token, node)


def _process_of(board: Board, token: Token, process_id: str) -> CompiledProcess | None:
    """A process to run for a token; none, with the token stuck, when it is unknown or runs around the token already."""
    found = board.moment.others.get(process_id)
    if found is None:
        board.stick(token, cause="unknown-process", detail=process_id)
        return None
    scope = token.scope
    around = {board.process.id}
    while scope:
        around.add(board.scopes[scope].process)
        scope = board.tokens[board.scopes[scope].owner].scope
    if process_id in around:
        board.stick(token, cause="endless-loop", detail=process_id)
        return None
    return found


def _await_timeout(board: Board, token: Token, node: CompiledNode) -> datetime | None:
    """The instant of the node's time-out, whose timer is started."""
    timeout = node.on.timeout
    if timeout is None or timeout.after is None:
        return None
    due_at = _due(board, token, timeout.after)
    _start_timer(board, token, timer=TIMEOUT, due_at=due_at)
    return due_at


def _start_timer(board: Board, token: Token, *, timer: str, due_at: datetime) -> Token:
    board.effects.append(TimerStarted(node=token.node, token=token.id, timer=timer, due_at=due_at))
    return board.place(msgspec.structs.replace(token, timers={**token.timers, timer: due_at}))


def _due(board: Board, token: Token, duration: Duration) -> datetime:
    return board.process_in(token.scope).calendar.deadline(board.moment.now, duration)

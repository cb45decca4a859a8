"""Nodes that a token passes at once: decisions, choices, forks and joins, messages, ends."""

from __future__ import annotations

from collections.abc import Sequence

from server.processes.board import Board
from server.processes.compiled import ChoiceNode, DecideNode, EndNode, ForkNode, JoinNode, NotifyNode, Way
from server.processes.effects import Decided, Notified
from server.processes.leaving import close, finish, fork_around, go
from server.processes.state import Ended, Token
from server.rules.expressions import UNDEFINED
from server.rules.tables import Decision


def end(board: Board, token: Token, node: EndNode) -> None:
    """Ends the token with the node's result; the last one ends its scope or the process."""
    code = node.code
    if node.code_from is not None:
        code = board.values(token).of(node.code_from)
        if not isinstance(code, str):
            board.lacks(token, node.code_from)
            return
    reason = board.texts(token, node.reason) if node.reason is not None else (board.last_reason,)
    if reason is not None:
        finish(board, token, Ended(node=node.id, code=code, reason=reason[0], at=board.moment.now))


def decide(board: Board, token: Token, node: DecideNode) -> None:
    """Lets the table decide; its outputs are the node's variables."""
    decision = board.values(token).decide(node.table)
    if not isinstance(decision, Decision):
        if decision.cause == "no-row":
            board.stick(token, cause="no-row", detail=decision.table)
        else:
            board.lacks(token, node.table.rules[decision.detail])
        return
    board.record(token, {**decision.outputs, "reason": decision.reason, "row": decision.row})
    board.last_reason = decision.reason
    board.effects.append(Decided(node=node.id, token=token.id, decision=decision))
    go(board, token, node.next)


def choose(board: Board, token: Token, node: ChoiceNode) -> None:
    """Takes the first branch that is open."""
    open_ways = _open_ways(board, token, node.ways, most=1)
    if open_ways is None:
        return
    if open_ways:
        go(board, token, open_ways[0].next)
    elif node.otherwise is not None:
        go(board, token, node.otherwise)
    else:
        board.stick(token, cause="no-branch", detail=node.id)


def split(board: Board, token: Token, node: ForkNode) -> None:
    """Starts a token in a scope of its own for every branch that is open; without any there is nothing to wait for."""
    open_ways = _open_ways(board, token, node.ways, most=len(node.ways))
    if open_ways is None:
        return
    if not open_ways:
        go(board, token, node.after)
        return
    process_id = board.process_in(token.scope).id
    for way in open_ways:
        board.new_token(way.next, board.new_scope(token, kind="fork", process=process_id).id)


def meet(board: Board, token: Token, node: JoinNode) -> None:
    """Waits for the other branches of the fork; the last one lets the fork go on."""
    fork = fork_around(board, token.scope)
    if fork is None or fork[1].join != node.id:
        board.stick(token, cause="stray-join", detail=node.id)
    else:
        close(board, board.scopes[token.scope])


def notify(board: Board, token: Token, node: NotifyNode) -> None:
    """Sends the message or letter."""
    texts = board.texts(token, node.subject, node.text)
    if texts is None:
        return
    subject, text = texts
    board.effects.append(
        Notified(node=node.id, token=token.id, notice=node.notice, channel=node.channel, subject=subject, text=text)
    )
    go(board, token, node.next)


def _open_ways(board: Board, token: Token, ways: Sequence[Way], *, most: int) -> list[Way] | None:
    """The branches whose rule holds, at most so many; none, with the token stuck, where that cannot be told."""
    values, found = board.values(token), list[Way]()
    for way in ways:
        verdict = True if way.when is None else values.of(way.when)
        if verdict is UNDEFINED and way.when is not None:
            board.lacks(token, way.when)
            return None
        if verdict is True:
            found.append(way)
            if len(found) == most:
                break
    return found

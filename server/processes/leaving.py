"""Leaving a node: what it asked of the world is taken back or closed, and the token goes on."""

from __future__ import annotations

from server.definitions import process
from server.errors import ImpossibleState
from server.processes.board import Board
from server.processes.compiled import CallNode, EachNode, ForkNode, NoticeNode, SubprocessNode, TaskNode
from server.processes.effects import (
    CallCancelled,
    ChildCancelled,
    NoticeEnded,
    ProcessEnded,
    TaskClosed,
    TimerCancelled,
)
from server.processes.state import Ended, Incident, Scope, Token

#: Incident of a call that failed for good: its node was entered, and its time-out still runs.
CALL_FAILED: Incident = "call-failed"
CANCELLED = "cancelled"


def leave(board: Board, token: Token, *, outcome: str = "", cause: str = "") -> None:
    """Closes what the node of a token has open; `cause` says why when the node did not run its course."""
    node = board.node_of(token)
    if token.id not in board.arrived and not token.incident:
        match node:
            case TaskNode():
                board.effects.append(TaskClosed(node=node.id, token=token.id, outcome=outcome, cause=cause))
            case NoticeNode():
                board.effects.append(NoticeEnded(node=node.id, token=token.id, cause=cause))
            case CallNode() if cause:
                board.effects.append(CallCancelled(node=node.id, token=token.id))
    for child in board.children.pop(token.id, ()):
        board.effects.append(ChildCancelled(node=node.id, token=token.id, child=child))
    for scope in board.scopes_of(token):
        empty(board, scope, cause=cause)
    for timer in token.timers:
        board.effects.append(TimerCancelled(node=node.id, token=token.id, timer=timer))


def cancel(board: Board, token: Token, *, cause: str) -> None:
    """Takes a token off the board with all that waits on it."""
    leave(board, token, cause=cause)
    del board.tokens[token.id]


def empty(board: Board, scope: Scope, *, cause: str) -> None:
    """Cancels every token of a scope and the scope itself."""
    for token in board.tokens_in(scope.id):
        cancel(board, token, cause=cause)
    board.drop_scope(scope)


def go(board: Board, token: Token, target: str) -> None:
    """Sends a token that has left its node on to another.

    A target that does not belong to the branches of a fork ends them all: the fork's own token goes there in their place.
    """
    while (fork := fork_around(board, token.scope)) is not None and not belongs(fork[1], target):
        del board.tokens[token.id]
        token = fork[0]
        for scope in board.scopes_of(token):
            empty(board, scope, cause=CANCELLED)
    board.arrive(token, target)


def start_beside(board: Board, token: Token, target: str) -> None:
    """Starts a new token at a node, in the scope of another token or, for a target outside, the one around it."""
    scope = token.scope
    while (fork := fork_around(board, scope)) is not None and not belongs(fork[1], target):
        scope = fork[0].scope
    board.new_token(target, scope)


def follow(board: Board, token: Token, boundary: process.Boundary, *, cause: str) -> None:
    """Follows a boundary event: in place of its node, or beside it."""
    if not boundary.interrupting:
        start_beside(board, token, boundary.next)
        return
    leave(board, token, cause=cause)
    go(board, token, boundary.next)


def finish(board: Board, token: Token, end: Ended) -> None:
    """Takes a token off the board at an end; the last one of a scope or of the process ends that, too."""
    del board.tokens[token.id]
    if token.scope:
        close(board, board.scopes[token.scope], end)
    elif not board.tokens:
        board.ended = end
        board.effects.append(ProcessEnded(node=end.node, token=token.id, code=end.code, reason=end.reason))


def close(board: Board, scope: Scope, end: Ended | None = None) -> None:
    """Lets the owner of a scope go on when nothing it waits for is left."""
    owner = board.tokens[scope.owner]
    node = board.node_of(owner)
    if isinstance(node, ForkNode):
        _close_fork(board, owner, node, end)
        return
    if not isinstance(node, SubprocessNode | EachNode):
        raise ImpossibleState(f"{owner.node} has a scope")
    if board.tokens_in(scope.id):
        return
    board.drop_scope(scope)
    if any(board.scopes_of(owner)):
        return
    if scope.kind == "subprocess" and end is not None:
        board.record(owner, {"code": end.code})
    leave(board, owner)
    go(board, owner, node.next)


def _close_fork(board: Board, owner: Token, fork: ForkNode, end: Ended | None) -> None:
    scopes = tuple(board.scopes_of(owner))
    inside = [token for scope in scopes for token in board.tokens_in(scope.id)]
    if any(token.node != fork.join or token.incident for token in inside):
        return
    for token in inside:
        del board.tokens[token.id]
    for scope in scopes:
        board.drop_scope(scope)
    if inside:
        go(board, owner, fork.after)
    elif end is not None:
        finish(board, owner, end)


def fork_around(board: Board, scope_id: str) -> tuple[Token, ForkNode] | None:
    """The fork of whose branches a scope is one, with its token."""
    if not scope_id:
        return None
    owner = board.tokens[board.scopes[scope_id].owner]
    node = board.node_of(owner)
    return (owner, node) if isinstance(node, ForkNode) else None


def belongs(fork: ForkNode, target: str) -> bool:
    """Whether a node belongs to the branches of a fork, their meeting point included."""
    return target == fork.join or target in fork.inside

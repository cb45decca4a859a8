"""What comes in from outside: replies of other systems, their failures, and messages of the applicant."""

from __future__ import annotations

from collections.abc import Iterator

from server.definitions import process
from server.findings import Refused
from server.processes.board import Board
from server.processes.compiled import CallNode, NoticeNode, WaitNode
from server.processes.events import MessageArrived
from server.processes.leaving import CALL_FAILED, cancel, follow, go, leave
from server.processes.state import Token
from server.processes.values import typed_variables
from server.types import JsonValue

OBJECTION = "objection"


def reply(board: Board, token: Token | None, data: dict[str, JsonValue]) -> Refused | None:
    """Takes the reply to a call, also to one that had failed before; for any other token it comes too late."""
    node = board.node_of(token) if token is not None else None
    if token is None or token.incident not in ("", CALL_FAILED) or not isinstance(node, CallNode):
        return Refused("not-expected")
    leave(board, token)
    board.record(token, typed_variables(data, node.reply))
    go(board, token, node.definition.next)
    return None


def fail(board: Board, token: Token | None, cause: str) -> Refused | None:
    """Follows the error event of a call or of the nearest sub-process around it; unless that interrupts, the token is stuck."""
    if token is None or token.incident or not isinstance(board.node_of(token), CallNode):
        return Refused("not-expected")
    guards = ((around, board.node_of(around).on.error) for around in _outwards(board, token))
    around, error = next(((around, error) for around, error in guards if error is not None), (token, None))
    if error is None or not error.interrupting:
        board.stick(token, cause=CALL_FAILED, detail=cause)
    if error is not None:
        follow(board, around, error, cause="error")
    return None


def deliver(board: Board, event: MessageArrived) -> Refused | None:
    """Gives a message to the token that waits for it, else to the process that listens for it as a whole."""
    for token in tuple(board.tokens.values()):
        if event.token in ("", token.id) and _takes(board, token, event):
            return None
    return _interrupt(board, event.name)


def _takes(board: Board, token: Token, event: MessageArrived) -> bool:
    node = board.node_of(token)
    if isinstance(node, CallNode) and node.id == event.name:
        return reply(board, token, event.payload) is None
    if token.incident:
        return False
    match node:
        case WaitNode(definition=process.Wait(message=event.name) as wait):
            leave(board, token)
            go(board, token, wait.next)
            return True
        case NoticeNode(definition=process.PublicNotice(objection=str(objection))) if event.name == OBJECTION:
            leave(board, token, cause=OBJECTION)
            go(board, token, objection)
            return True
    boundary = node.on.message.get(event.name)
    if boundary is None:
        return False
    follow(board, token, boundary, cause=f"message:{event.name}")
    return True


def _interrupt(board: Board, name: str) -> Refused | None:
    """Ends every token of the outermost process that listens for a message and continues where it says."""
    for frame in ("", *(scope.id for scope in board.scopes.values() if scope.kind != "fork")):
        boundary = board.process_in(frame).definition.on.get(name)
        if boundary is None:
            continue
        if not board.tokens:
            return Refused("not-expected")
        if board.final:
            return Refused("too-late")
        for token in [token for token in board.tokens.values() if board.frame_of(token.scope) == frame]:
            if token.id in board.tokens:
                cancel(board, token, cause=f"message:{name}")
        board.new_token(boundary.next, frame)
        return None
    return Refused("not-expected")


def _outwards(board: Board, token: Token) -> Iterator[Token]:
    """The token and those that wait for the scopes around it, from the inside out."""
    yield token
    while token.scope:
        token = board.tokens[board.scopes[token.scope].owner]
        yield token

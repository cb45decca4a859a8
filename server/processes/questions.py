"""What can be asked of a running process without moving it: the outcomes it offers, the answers it proposes."""

from __future__ import annotations

from server.processes.board import Board
from server.processes.compiled import CompiledProcess, TaskNode
from server.processes.state import State, Token
from server.processes.values import CaseFacts
from server.rules.expressions import UNDEFINED
from server.types import JsonValue


def offered_outcomes(process: CompiledProcess, state: State, token_id: str, moment: CaseFacts) -> tuple[str, ...]:
    """The outcomes with which the task of a token can be completed now, in their order; none where no task is open."""
    found = _task(process, state, token_id, moment)
    if found is None:
        return ()
    board, token, node = found
    values = board.values(token)
    return tuple(offer.code for offer in node.offers if values.holds(offer.when))


def prefill(process: CompiledProcess, state: State, token_id: str, moment: CaseFacts) -> dict[str, JsonValue]:
    """Field path to proposed answer for the task of a token; fields whose rule has no value are absent."""
    found = _task(process, state, token_id, moment)
    if found is None:
        return {}
    board, token, node = found
    values = board.values(token)
    proposed = {field: values.of(rule) for field, rule in node.prefill.items()}
    return {field: value for field, value in proposed.items() if value is not UNDEFINED}


def _task(process: CompiledProcess, state: State, token_id: str, moment: CaseFacts) -> tuple[Board, Token, TaskNode] | None:
    token = state.token(token_id)
    if token is None or token.incident or state.ended is not None:
        return None
    board = Board(process, state, moment)
    node = board.node_of(token)
    return (board, token, node) if isinstance(node, TaskNode) else None

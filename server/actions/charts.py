"""Flow charts for officials and administrators: a process as it is, or with the steps of one case."""

from __future__ import annotations

from server.cases.model import Case
from server.definitions.process import ProcessDefinition
from server.exchange.bpmn.drawing import drawing_of
from server.processes.state import State, Token
from server.releases import Release


def case_chart(release: Release, case: Case) -> str:
    """The process of a case as SVG, with where it stands and has been; nothing where it is too large or gone."""
    compiled = release.processes.get(case.state.process)
    if compiled is None:
        return ""
    state = case.state
    here = [token for token in state.tokens if _is_own(state, token)]
    ended = [state.ended.node] if state.ended is not None else []
    return drawing_of(
        compiled.definition,
        name="chart",
        current=frozenset(token.node for token in here if not token.incident),
        stuck=frozenset(token.node for token in here if token.incident),
        # Nodes of processes inside are counted with their scope in front.
        visited=frozenset((*(node for node in state.rounds if "/" not in node), *ended)),
    )


def process_chart(definition: ProcessDefinition) -> str:
    """A process as SVG; nothing where it is too large."""
    return drawing_of(definition, name="chart")


def _is_own(state: State, token: Token) -> bool:
    """Whether a token stands at a node of the case's own process, not of one inside."""
    scope = next((scope for scope in state.scopes if scope.id == token.scope), None)
    return scope is None or (scope.process == state.process and scope.kind == "fork")

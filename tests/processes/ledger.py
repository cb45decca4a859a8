"""What a process has asked of the world and not yet taken back, kept from its effects alone."""

from __future__ import annotations

from server.processes import effects
from server.processes.compiled import CompiledProcess, NoticeNode, TaskNode
from server.processes.state import State

#: Kind of thing, token, name.
Entry = tuple[str, str, str]


class Ledger:
    """Opens and closes entries as effects say; nothing is opened twice or closed unopened."""

    def __init__(self) -> None:
        self.open: set[Entry] = set()

    def write(self, found: tuple[effects.AnyEffect, ...]) -> None:
        for effect in found:
            match effect:
                case effects.TaskOpened():
                    self._add("task", effect)
                case effects.TaskClosed():
                    self._remove("task", effect)
                case effects.NoticePublished():
                    self._add("notice", effect)
                case effects.NoticeEnded():
                    self._remove("notice", effect)
                case effects.TimerStarted(timer=timer):
                    self._add("timer", effect, timer)
                case effects.TimerCancelled(timer=timer):
                    self._remove("timer", effect, timer)
                case effects.ChildRequested(child=child):
                    self._add("child", effect, child)
                case effects.ChildCancelled(child=child):
                    self._remove("child", effect, child)

    def settle(self, kind: str, token: str, name: str) -> None:
        """Something ran its course outside: a timer fired, a child ended."""
        self.open.remove((kind, token, name))

    def _add(self, kind: str, effect: effects.AnyEffect, name: str = "") -> None:
        entry = (kind, effect.token, name)
        assert entry not in self.open, effect
        self.open.add(entry)

    def _remove(self, kind: str, effect: effects.AnyEffect, name: str = "") -> None:
        assert (kind, effect.token, name) in self.open, effect
        self.open.remove((kind, effect.token, name))


def expected(process: CompiledProcess, others: dict[str, CompiledProcess], state: State) -> set[Entry]:
    """What the tokens of a state wait for."""
    scopes = {scope.id: scope.process for scope in state.scopes}
    found: set[Entry] = set()
    for token in state.tokens:
        owner = scopes.get(token.scope, process.id)
        node = (process if owner == process.id else others[owner]).nodes[token.node]
        found |= {("timer", token.id, timer) for timer in token.timers}
        found |= {("child", token.id, child) for child in state.children.get(token.id, ())}
        if not token.incident and isinstance(node, TaskNode | NoticeNode):
            found.add(("task" if isinstance(node, TaskNode) else "notice", token.id, ""))
    return found

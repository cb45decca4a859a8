"""Steps of processes: one put in between two others, taken out or moved is one sentence with the ways it changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from server.differences.change import SemanticChange
from server.differences.lexicon import text_at
from server.differences.nouns import Speaker
from server.differences.pair import Pair
from server.differences.pieces import Piece
from server.differences.values import length_words
from server.messages.difference_terms import VALUES, Words
from server.messages.differences import CLAUSE, COMMA, listed, part, same_words, sentence, term

_Nodes = dict[str, Any]
_ENDS = ("next", "otherwise", "objection")
_MOST = 3


class ProcessChanges:
    """The changes of one process; what has no sentence of its own here is left to others."""

    def __init__(self, pieces: list[Piece], name: str, pair: Pair) -> None:
        self._name = name
        self._pair = pair
        self._left = list(pieces)
        self._before = _nodes(pair.before.document("process", name))
        self._after = _nodes(pair.after.document("process", name))

    def said(self) -> tuple[list[SemanticChange], list[Piece]]:
        """Sentences, and the pieces that none of them speaks of."""
        if not self._before or not self._after:
            return [], self._left
        found = [*self._inserted(), *self._taken_out(), *self._moved()]
        return found, self._left

    def _inserted(self) -> Iterator[SemanticChange]:
        new = [name for name in self._after if name not in self._before]
        for name in new:
            piece = self._node_piece(name, "added")
            if piece is None:
                continue
            reached = _reached(name, self._after, new)
            ways = [one for one in self._ways() if one.after == name and one.before in reached]
            sources = _sources(name, self._after)
            targets = list(dict.fromkeys(str(one.before) for one in ways)) or _targets(self._after[name])
            yield self._told("step-inserted", piece, ways, sources, targets, self._speaker(after=True))

    def _taken_out(self) -> Iterator[SemanticChange]:
        gone = [name for name in self._before if name not in self._after]
        for name in gone:
            piece = self._node_piece(name, "removed")
            if piece is None:
                continue
            reached = _reached(name, self._before, gone)
            ways = [one for one in self._ways() if one.before == name and one.after in reached]
            sources = _sources(name, self._before)
            targets = list(dict.fromkeys(str(one.after) for one in ways)) or _targets(self._before[name])
            yield self._told("step-taken-out", piece, ways, sources, targets, self._speaker(after=False))

    def _moved(self) -> Iterator[SemanticChange]:
        """A step that was taken out at one place and put in at another: its way in, its way out and the gap it left."""
        for name in (name for name in self._after if name in self._before):
            ways = self._ways()
            own = [one for one in ways if one.place[1] == name]
            closed = [one for one in ways if one.before == name and one.after in _targets(self._before[name])]
            opened = [one for one in ways if one.after == name and one.place[1] != name]
            fitting = [one for one in opened if one.before in {mine.after for mine in own}]
            if not (own and closed and fitting):
                continue
            claimed = [mine for mine in own if mine.after in {one.before for one in fitting}]
            sources = [one.place[1] for one in fitting]
            targets = list(dict.fromkeys(str(one.after) for one in claimed))
            rest = [*claimed[1:], *closed, *fitting]
            yield self._told("step-moved", claimed[0], rest, sources, targets, self._speaker(after=True))

    def _told(
        self, code: str, piece: Piece, ways: list[Piece], sources: list[str], targets: list[str], speaker: Speaker
    ) -> SemanticChange:
        self._left = [one for one in self._left if one is not piece and one not in ways]
        named = speaker.noun(piece.place[:2])
        noun, outer = named.own, named.outer or named.words
        kind = "moved" if code == "step-moved" else piece.what
        if code == "step-inserted":
            details = self._details(self._after[piece.place[1]])
            noun = part("detailed", noun=noun, details=details) if details is not None else noun
        if sources and targets:
            between = [self._named(names, speaker) for names in (sources, targets)]
            words = sentence(code, outer=outer, noun=noun, before=between[0], after=between[1])
        else:
            noun = part("in", outer=outer, inner=noun)
            words = sentence("added" if code == "step-inserted" else "removed", noun=noun)
        before, after = (self._pair.plain(piece, value) for value in (piece.before, piece.after))
        return self._pair.change(words, piece, *ways, topic="step", kind=kind, before=before, after=after)

    def _details(self, node: Any) -> Words | None:
        """Who does it and how long it may take."""
        lexicon, parts = self._pair.after, []
        agency, level = text_at(node, "actor", "agency"), text_at(node, "actor", "level")
        if agency:
            title = lexicon.entry("agencies", "agencies", agency)
            parts.append(part("step-detail", agency=title, level=VALUES["level"].get(level, same_words(level))))
        limit = node.get("limit") if isinstance(node, dict) else None
        if isinstance(limit, dict):
            parts.append(part("limit-detail", length=length_words(limit)))
        return listed(parts, CLAUSE) if parts else None

    def _named(self, names: list[str], speaker: Speaker) -> Words:
        titles = [speaker.key_words("own", name, ("nodes", name)) for name in dict.fromkeys(names)]
        return listed([term("step", title) for title in titles[:_MOST]], COMMA)

    def _ways(self) -> list[Piece]:
        """Ways between steps that lead elsewhere now."""
        return [
            piece
            for piece in self._left
            if piece.what == "changed" and piece.place[:1] == ("nodes",) and len(piece.place) > 2 and piece.place[-1] in _ENDS
            if isinstance(piece.before, str) and isinstance(piece.after, str)
        ]

    def _node_piece(self, name: str, what: str) -> Piece | None:
        return next((one for one in self._left if one.what == what and one.place == ("nodes", name)), None)

    def _speaker(self, *, after: bool) -> Speaker:
        lexicon = self._pair.after if after else self._pair.before
        path = next(piece.path for piece in self._left)
        return Speaker(lexicon, path, "process", self._name)


def _nodes(process: Any) -> _Nodes:
    nodes = process.get("nodes") if isinstance(process, dict) else None
    return nodes if isinstance(nodes, dict) else {}


def _targets(node: Any) -> list[str]:
    """The steps that a step leads to, in the order they are written."""
    found: dict[str, None] = {}
    pending = [node]
    while pending:
        value = pending.pop(0)
        if not isinstance(value, dict):
            continue
        for name, inner in value.items():
            if name in _ENDS and isinstance(inner, str):
                found[inner] = None
            elif name in ("outcomes", "branches", "on", "message", "timeout", "error") or value is not node:
                pending.append(inner)
    return list(found)


def _sources(name: str, nodes: _Nodes) -> list[str]:
    return [other for other, node in nodes.items() if other != name and name in _targets(node)]


def _reached(name: str, nodes: _Nodes, through: list[str]) -> set[str]:
    """The steps a step leads to, directly or through some others."""
    found: set[str] = set()
    pending = [name]
    while pending:
        for target in _targets(nodes.get(pending.pop())):
            if target not in found:
                found.add(target)
                if target in through:
                    pending.append(target)
    return found

"""Both sets of documents at hand, with the names that things have in each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from server.definitions.service import Documents
from server.differences.change import SemanticChange, Spot
from server.differences.lexicon import Lexicon
from server.differences.nouns import Speaker
from server.differences.pieces import Piece, pointer_of
from server.documents.pointer import MISSING
from server.messages.difference_terms import Words
from server.overlays.layering import plain_of, shape_of, too_deep
from server.overlays.normal import Place
from server.overlays.shapes import member_shape
from server.types import JsonValue

_KINDS: dict[str, Literal["added", "removed", "changed", "moved"]] = {
    "added": "added",
    "removed": "removed",
    "changed": "changed",
    "moved": "moved",
    "relocated": "moved",
}
#: Words that bind nobody, wherever they stand.
_MINOR = frozenset({"order", "source", "status", "promised_status", "row", "note", "look", "example", "signatures"})


class Pair:
    """Two sets of documents of one service."""

    def __init__(self, before: Documents, after: Documents, service_id: str) -> None:
        self.service_id = service_id
        self.before = Lexicon(before, service_id)
        self.after = Lexicon(after, service_id)

    def speaker(self, piece: Piece, *, former: bool = False) -> Speaker:
        """Names by the later documents, by the earlier ones for what is no longer there."""
        lexicon = self.before if former or piece.what == "removed" else self.after
        return Speaker(lexicon, piece.path, piece.kind, piece.name)

    def spot(self, piece: Piece) -> Spot:
        """Where a piece stands."""
        lexicon = self.before if piece.what == "removed" else self.after
        return self._spot(lexicon, piece.path, piece.place)

    def _spot(self, lexicon: Lexicon, path: str, place: Place) -> Spot:
        return Spot(path=path, pointer=pointer_of(lexicon.documents.get(path), lexicon.normal(path), place))

    def change(
        self,
        words: Words,
        piece: Piece,
        *rest: Piece,
        topic: str,
        kind: str = "",
        before: Any = MISSING,
        after: Any = MISSING,
        minor: bool = False,
    ) -> SemanticChange:
        """The sentence for pieces, the first of which tells where; values are plain JSON."""
        here = self.spot(piece)
        return SemanticChange(
            path=here.path,
            pointer=here.pointer,
            kind=_KINDS[kind or piece.what],
            topic=topic,
            zh=words.zh,
            en=words.en,
            importance="minor" if minor or is_minor(piece, topic) else "major",
            before=None if before is MISSING else before,
            after=None if after is MISSING else after,
            also=tuple(spot for one in (piece, *rest) for spot in self._also(one, here)),
        )

    def _also(self, piece: Piece, here: Spot) -> Iterator[Spot]:
        """The places of a piece beside the one that is told first: where it stands, and where it stood before."""
        spot = self.spot(piece)
        if spot != here:
            yield spot
        if piece.what == "relocated":
            yield self._spot(self.before, piece.path, piece.former)

    def plain(self, piece: Piece, value: Any, place: Place | None = None) -> JsonValue:
        """A value in normal form as it stands in the document."""
        if value is MISSING or too_deep(value):
            return None
        shape = shape_of(piece.path, self.service_id)
        for step in piece.place if place is None else place:
            shape = member_shape(shape, step)
        return plain_of(value, shape)


def is_minor(piece: Piece, topic: str) -> bool:
    """Whether nothing depends on what changed but how it reads."""
    if piece.kind == "example" or topic in _MINOR:
        return True
    reads = piece.wording and piece.kind not in ("consent", "guide")
    return reads or piece.what in ("moved", "relocated")

"""A place in a document as people call it."""

from __future__ import annotations

from collections.abc import Mapping

from server.definitions.service import place_of
from server.differences.lexicon import Lexicon
from server.differences.nouns import Speaker
from server.documents.pointer import parse_pointer
from server.messages.layers import position_of
from server.overlays.normal import AFTER
from server.types import JsonValue


def words_at(documents: Mapping[str, JsonValue], path: str, pointer: str, *, service_id: str) -> str:
    """What the place is called; `pointer` leads into the document's normal form."""
    place = tuple(parse_pointer(pointer))
    known = place_of(path, service_id)
    kind, name = (known.kind, known.name) if known is not None else ("", "")
    speaker = Speaker(Lexicon(documents, service_id), path, kind, name)
    if place[-1:] == (AFTER,):
        return position_of(speaker.noun(place[:-1]).words.zh)
    return speaker.noun(place).words.zh

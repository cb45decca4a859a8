"""One change of one place as a sentence, whatever place it is: what no other module puts into words better."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from server.differences.change import SemanticChange
from server.differences.nouns import Noun, Speaker
from server.differences.pair import Pair
from server.differences.pieces import Piece
from server.differences.values import SHORT_TEXT, amount_words, lines_words, row_words, rules_words, unit_of, value_words
from server.messages.difference_terms import LENGTHS, SHORT_LENGTHS, Words
from server.messages.differences import CLAUSE, listed, part, sentence
from server.overlays.normal import FIRST, Place
from server.overlays.strictness import is_number

#: Entries whose value says more than their name, with how it is said.
_SAID: dict[str, str] = {
    **dict.fromkeys(("prefill", "request_member"), "rule"),
    **dict.fromkeys(("office", "place_name"), "text"),
    **dict.fromkeys(("cell", "then", "look", "member"), ""),
}
#: Places that are one thing to people, however many members changed.
_WHOLE = ("duration",)
_WHOLE_TERMS = ("cell",)
_TITLES = ("title", "label")


def sentences_for(pieces: Iterable[Piece], pair: Pair) -> Iterator[SemanticChange]:
    """A sentence for each change; for a length of time or a cell of a table one for all that changed in it."""
    groups: dict[tuple[str, Place], list[Piece]] = {}
    for piece in pieces:
        groups.setdefault((piece.path, _whole_place(piece, pair)), []).append(piece)
    for (_, place), group in groups.items():
        first = group[0]
        if place != first.place:
            yield _whole(group, place, pair)
        else:
            yield _single(first, pair, group[1:])


def _whole_place(piece: Piece, pair: Pair) -> Place:
    """The place a change is told at: that of the whole it belongs to, or its own."""
    speaker = pair.speaker(piece)
    for length in range(max(len(piece.place) - 2, 1), len(piece.place)):
        noun = speaker.noun(piece.place[:length])
        if noun.saying in _WHOLE or noun.term in _WHOLE_TERMS:
            return piece.place[:length]
    return piece.place


def _whole(group: list[Piece], place: Place, pair: Pair) -> SemanticChange:
    """What became of a place inside which members changed."""
    first = group[0]
    before = pair.speaker(first, former=True).value_at(place)
    speaker = Speaker(pair.after, first.path, first.kind, first.name)
    after = speaker.value_at(place)
    told = msgspec.structs.replace(first, place=place, what="changed", before=before, after=after, wording=False)
    noun = speaker.noun(place)
    words = _changed(told, noun, speaker, pair)
    plain = {name: pair.plain(first, value, place) for name, value in (("before", before), ("after", after))}
    return pair.change(words, *group, topic=noun.term, kind="changed", before=plain["before"], after=plain["after"])


def _single(piece: Piece, pair: Pair, rest: Iterable[Piece]) -> SemanticChange:
    speaker = pair.speaker(piece)
    noun = speaker.noun(piece.place)
    match piece.what:
        case "moved":
            words = _moved(piece, noun, speaker)
            return pair.change(words, piece, *rest, topic=noun.term, before=piece.before, after=piece.after)
        case "relocated":
            words = _relocated(piece, noun, speaker, pair)
        case "added" | "removed":
            words = _come_or_gone(piece, noun, speaker)
        case _:
            words = _changed(piece, noun, speaker, pair)
    before, after = pair.plain(piece, piece.before), pair.plain(piece, piece.after)
    return pair.change(words, piece, *rest, topic=noun.term, before=before, after=after)


def _moved(piece: Piece, noun: Noun, speaker: Speaker) -> Words:
    if piece.after == FIRST:
        return sentence("moved-first", noun=noun.words)
    return sentence("moved-behind", noun=noun.words, other=speaker.noun((*piece.place[:-1], piece.after)).own)


def _relocated(piece: Piece, noun: Noun, speaker: Speaker, pair: Pair) -> Words:
    before = holder_words(pair.speaker(piece, former=True), piece.former)
    return sentence("relocated", noun=noun.words, before=before, after=holder_words(speaker, piece.place))


def holder_words(speaker: Speaker, place: Place) -> Words:
    """What holds an element of a layout."""
    holder = place[:-3] if place[-2] == "detail" else place[:-2]
    return speaker.noun(holder).own if holder else part("form")


def _come_or_gone(piece: Piece, noun: Noun, speaker: Speaker) -> Words:
    value = piece.after if piece.what == "added" else piece.before
    details = _details(value, noun, speaker, piece.place)
    if details is None:
        return sentence(piece.what, noun=noun.words)
    return sentence(f"{piece.what}-value", noun=noun.words, value=details)


def _details(value: Any, noun: Noun, speaker: Speaker, place: Place) -> Words | None:
    """What an entry is besides its name; nothing where the name says it all."""
    if not place:
        return None
    match noun.term:
        case "table_row":
            return row_words(value, speaker)
        case "field_rules":
            return rules_words(value, place[1], speaker)
        case "parameter_value" if isinstance(value, dict) and isinstance(value.get("value"), int):
            return amount_words(value["value"], unit_of(speaker, place))
        case "material" if isinstance(value, dict):
            return _material_words(value, speaker, place)
        case "required":
            return None
    if noun.entry and (noun.term not in _SAID or value is True):
        return None
    return value_words(value, _saying(noun), speaker, place)


def _material_words(material: dict[str, Any], speaker: Speaker, place: Place) -> Words | None:
    parts = []
    for name in ("items", "due"):
        if name in material and material[name] != "true":
            noun = speaker.noun((*place, name))
            value = value_words(material[name], noun, speaker, (*place, name))
            parts.append(part("due-detail", condition=value) if name == "due" else part("of-items", items=value))
    return listed(parts, CLAUSE) if parts else None


def _saying(noun: Noun) -> Noun:
    return msgspec.structs.replace(noun, saying=_SAID[noun.term]) if noun.entry and noun.term in _SAID else noun


def _changed(piece: Piece, noun: Noun, speaker: Speaker, pair: Pair) -> Words:
    former = pair.speaker(piece, former=True)
    before, after = piece.before, piece.after
    if isinstance(before, str) and isinstance(after, str):
        words = _changed_text(piece, noun, former)
        if words is not None:
            return words
    length = _lengths(noun, before, after)
    if length is not None:
        return _changed_length(noun, *length)
    said = _saying(noun)
    old = value_words(before, said, former, piece.place)
    new = value_words(after, said, speaker, piece.place)
    if said.saying == "rule":
        return sentence("rewritten", noun=noun.words, before=old, after=new)
    if said.saying in ("number", "amount") and is_number(before) and is_number(after) and before != after:
        return sentence("raised" if after > before else "lowered", noun=noun.words, before=old, after=new)
    return sentence("changed", noun=noun.words, before=old, after=new)


def _changed_text(piece: Piece, noun: Noun, former: Speaker) -> Words | None:
    """A title, or a text too long to be repeated."""
    if noun.term in _TITLES and noun.outer is not None:
        renamed = former.noun(piece.place).outer or noun.outer
        return sentence("renamed", noun=renamed, after=" ".join(piece.after.split()))
    if noun.saying in ("prose", "text", "") and max(len(piece.before), len(piece.after)) > SHORT_TEXT:
        return sentence("edited", noun=noun.words, lines=lines_words(piece.before, piece.after))
    return None


def _lengths(noun: Noun, before: Any, after: Any) -> tuple[str, Any, Any] | None:
    """The unit and both numbers of a length of time that changed within its unit."""
    if noun.saying in LENGTHS and is_number(before) and is_number(after) and before != after:
        return noun.saying, before, after
    if noun.saying != "duration" or not (isinstance(before, dict) and isinstance(after, dict)):
        return None
    unit = next(iter(before), "")
    numbers = before.get(unit), after.get(unit)
    same_unit = len(before) == len(after) == 1 and unit in LENGTHS and all(map(is_number, numbers))
    return (unit, *numbers) if same_unit and numbers[0] != numbers[1] else None


def _changed_length(noun: Noun, unit: str, before: Any, after: Any) -> Words:
    return sentence(
        "shortened" if after < before else "extended",
        noun=noun.words,
        before=str(before),
        after=str(after),
        unit=LENGTHS[unit],
        short=SHORT_LENGTHS[unit],
    )

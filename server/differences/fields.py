"""Fields of forms: what three documents say of one field is one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from server.differences.change import SemanticChange
from server.differences.lexicon import FieldView, FormView
from server.differences.nouns import schema_field
from server.differences.pair import Pair
from server.differences.pieces import Piece
from server.differences.rule_reading import read_rule
from server.differences.sentences import holder_words
from server.differences.values import Names
from server.messages.difference_terms import VALUES, Words
from server.messages.differences import CLAUSE, listed, part, same_words, sentence, term

_LAYOUTS = ("layout", "task_layout")
_SCHEMAS = ("data_schema", "task_data_schema")
_LOGICS = ("logic", "task_logic")
FORM_KINDS = (*_SCHEMAS, *_LAYOUTS, *_LOGICS)
#: Members of a field's schema that say nothing about its kind.
_OTHER = ("title", "description", "x-source", "x-sensitive", "required")


class _Mapped(msgspec.Struct, frozen=True, kw_only=True):
    """A piece with the field it speaks of and the place below it."""

    piece: Piece
    field_id: str
    rest: tuple[str, ...]


class FormChanges:
    """The changes of one form; what has no sentence of its own here is left to others."""

    def __init__(self, pieces: list[Piece], form: str, pair: Pair) -> None:
        self._pair = pair
        self._form = form
        self._left = {id(piece): piece for piece in pieces}
        self._before = pair.before.form(form)
        self._after = pair.after.form(form)
        mapped = [found for piece in pieces if (found := self._map(piece)) is not None]
        #: Field id to the pieces about it, and to those about what is in it.
        self._own: dict[str, list[_Mapped]] = {}
        self._inner: dict[str, list[_Mapped]] = {}
        for one in mapped:
            self._own.setdefault(one.field_id, []).append(one)
            for above in _above(one.field_id):
                self._inner.setdefault(above, []).append(one)

    def said(self) -> tuple[list[SemanticChange], list[Piece]]:
        """Sentences, and the pieces that none of them speaks of."""
        return list(self._all()), list(self._left.values())

    def _all(self) -> Iterator[SemanticChange]:
        yield from self._whole_form()
        if self._before is None or self._after is None:
            return
        old, new = self._before.fields, self._after.fields
        yield from self._come_or_gone([new[name] for name in new if name not in old], "added")
        yield from self._come_or_gone([old[name] for name in old if name not in new], "removed")
        for name in (name for name in new if name in old):
            yield from self._altered(old[name], new[name])

    def _whole_form(self) -> Iterator[SemanticChange]:
        """A task form that came or went with all its documents."""
        if not self._form:
            return
        for what in ("added", "removed"):
            whole = [piece for piece in self._left.values() if piece.what == what and not piece.place]
            if len(whole) > 1 and self._take(whole):
                title = (self._pair.after if what == "added" else self._pair.before).form_title(self._form)
                noun = term("task_form", same_words(title))
                yield self._pair.change(sentence(what, noun=noun), *whole, topic="task_form")

    def _come_or_gone(self, fields: list[FieldView], what: str) -> Iterator[SemanticChange]:
        ids = {field.id for field in fields}
        for field in fields:
            if field.located.group and field.located.group in ids:
                continue
            claimed = self._take(self._parts(field.id, what))
            if not claimed:
                continue
            claimed.sort(key=lambda piece: FORM_KINDS.index(piece.kind))
            words = self._added(field, claimed[0]) if what == "added" else sentence("removed", noun=self._noun(claimed[0], field))
            value = {"after" if what == "added" else "before": field.schema}
            yield self._pair.change(words, *claimed, topic="field", kind=what, **value)  # type: ignore[arg-type]

    def _added(self, field: FieldView, piece: Piece) -> Words:
        asked = "required" if field.required else "conditional" if self._rule(self._after, field.id, "required") else "optional"
        details = [VALUES["field_kind"].get(field.kind, same_words(field.kind)), part(asked)]
        if not field.located.group:
            holder = term("page" if field.on_page else "group", same_words(field.container))
            details.append(part("on-page", noun=holder))
        shown = self._rule(self._after, field.id, "relevant")
        if shown:
            speaker = self._pair.speaker(msgspec.structs.replace(piece, what="added"))
            details.append(part("shown-detail", rule=read_rule(shown, Names(speaker, field.id))))
        return sentence("field-added", noun=self._noun(piece, field), details=listed(details, CLAUSE))

    def _altered(self, old: FieldView, new: FieldView) -> Iterator[SemanticChange]:
        mine = self._own.get(new.id, [])
        if not mine:
            return
        if old.kind != new.kind:
            claimed = self._claim(mine, lambda one: one.piece.kind in _SCHEMAS and bool(one.rest) and one.rest[0] not in _OTHER)
            claimed += self._claim(mine, lambda one: one.piece.kind in _LAYOUTS and one.rest == ("options", "format"))
            if claimed:
                kinds = [VALUES["field_kind"].get(kind, same_words(kind)) for kind in (old.kind, new.kind)]
                words = sentence("changed", noun=self._noun(claimed[0], new), before=kinds[0], after=kinds[1])
                yield self._pair.change(words, *claimed, topic="field_kind", kind="changed", before=old.schema, after=new.schema)
        yield from self._requirement(old, new, mine)
        for one in self._claim(mine, lambda one: one.piece.what == "relocated"):
            before = holder_words(self._pair.speaker(one, former=True), one.former)
            after = holder_words(self._pair.speaker(one), one.place)
            words = sentence("relocated", noun=self._noun(one, new), before=before, after=after)
            yield self._pair.change(words, one, topic="field", before=old.container, after=new.container)

    def _requirement(self, old: FieldView, new: FieldView, mine: list[_Mapped]) -> Iterator[SemanticChange]:
        """Whether it has to be answered, by the schema and by its rule."""
        rules = [self._rule(view, new.id, "required") for view in (self._before, self._after)]
        if old.required == new.required and (rules[0] or not rules[1] or new.required):
            return
        claimed = self._claim(mine, lambda one: one.rest[-1:] == ("required",) or one.rest == ("asked",))
        if not claimed:
            return
        noun = self._noun(claimed[0], new)
        if new.required:
            words = sentence("now-required", noun=noun)
        elif rules[1]:
            speaker = self._pair.speaker(msgspec.structs.replace(claimed[0], what="changed"))
            words = sentence("required-when", noun=noun, rule=read_rule(rules[1], Names(speaker, new.id)))
        else:
            words = sentence("now-optional", noun=noun)
        before, after = old.required or rules[0] or False, new.required or rules[1] or False
        yield self._pair.change(words, *claimed, topic="required", kind="changed", before=before, after=after)

    def _noun(self, piece: Piece, field: FieldView) -> Words:
        speaker = self._pair.speaker(piece)
        kind = "task_data_schema" if self._form else "data_schema"
        speaker = type(speaker)(speaker.lexicon, piece.path, kind, piece.name)
        return speaker.noun(field.located.schema_place).words

    def _rule(self, view: FormView | None, field_id: str, aspect: str) -> str:
        logic = view.documents.logic if view is not None else {}
        rules = logic.get("fields", {}).get(field_id, {})
        return str(rules.get(aspect) or "")

    def _map(self, piece: Piece) -> _Mapped | None:
        place = piece.place
        if piece.kind in _SCHEMAS:
            field_id, length = schema_field(place)
            rest = place[length:]
            if len(rest) == 2 and rest[0] == "required":
                return _Mapped(piece=piece, field_id=f"{field_id}.{rest[1]}" if field_id else rest[1], rest=("asked",))
            if rest[:2] == ("items", "required") and len(rest) == 3:
                return _Mapped(piece=piece, field_id=f"{field_id}[].{rest[2]}", rest=("asked",))
            return _Mapped(piece=piece, field_id=field_id, rest=rest)
        if piece.kind in _LOGICS:
            listed_rules = len(place) > 1 and place[0] == "fields"
            return _Mapped(piece=piece, field_id=place[1], rest=place[2:]) if listed_rules else None
        return self._map_element(piece)

    def _map_element(self, piece: Piece) -> _Mapped | None:
        place = piece.place
        ends = [index for index in range(2, len(place) + 1) if place[index - 2] in ("elements", "detail")]
        view = self._before if piece.what == "removed" else self._after
        if not ends or view is None:
            return None
        field_id = view.by_control.get(place[ends[-1] - 1], "")
        return _Mapped(piece=piece, field_id=field_id, rest=place[ends[-1] :]) if field_id else None

    def _parts(self, field_id: str, what: str) -> list[Piece]:
        """The pieces of a field that came or went: its own, those of its columns, and that of what was made to hold it."""
        own = [*self._own.get(field_id, ()), *self._inner.get(field_id, ())]
        holders = [one for above in _above(field_id) if "[]" not in field_id for one in self._own.get(above, ())]
        return [
            *(one.piece for one in own if one.piece.what != "moved"),
            *(one.piece for one in holders if one.piece.what == what and not one.rest),
        ]

    def _take(self, pieces: list[Piece]) -> list[Piece]:
        """Those of the pieces that no sentence speaks of yet."""
        return [piece for piece in pieces if self._left.pop(id(piece), None) is not None]

    def _claim(self, mine: list[_Mapped], wanted: Callable[[_Mapped], bool]) -> list[Piece]:
        return self._take([one.piece for one in mine if wanted(one)])


def _above(field_id: str) -> list[str]:
    """The ids of what a field lies in: sets of fields, and the group of a column."""
    parts = field_id.split(".")
    return [".".join(parts[:length]).removesuffix("[]") for length in range(1, len(parts))]

"""What a place of a document is called: `事项“…”的承诺时限`, `promised limit of item “…”`."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from server.differences.lexicon import Lexicon, shortened, text_at
from server.differences.places import MANY, PLACES, SILENT
from server.messages.difference_terms import VALUES, Words
from server.messages.differences import part, same_words, term
from server.overlays.layering import shape_of
from server.overlays.normal import Place, member
from server.overlays.shapes import KEY_MARK, member_shape

_ELEMENT_TERMS = {"Category": "page", "Group": "group", "Label": "static_text"}
_FORM_KINDS = ("data_schema", "layout", "logic", "task_data_schema", "task_layout", "task_logic")


class Noun(msgspec.Struct, frozen=True, kw_only=True):
    """A place in words."""

    words: Words
    #: Name of the word for its last part, and how values there are said.
    term: str
    saying: str
    #: Whether it is one of many that authors name.
    entry: bool
    #: Words for what holds it; nothing at the top.
    outer: Words | None
    #: Words for the last part alone.
    own: Words
    #: Field whose rows or rules the place belongs to.
    field_id: str = ""


class _Step(msgspec.Struct, frozen=True, kw_only=True):
    words: Words
    term: str
    saying: str
    entry: bool


class Speaker:
    """Names the places of one document by what one set of documents calls them."""

    def __init__(self, lexicon: Lexicon, path: str, kind: str, name: str) -> None:
        self.lexicon = lexicon
        self.path = path
        self.kind = kind
        self.name = name
        #: Id of the task form, empty for the application form.
        self.form = name if kind.startswith("task_") else ""

    def noun(self, place: Place) -> Noun:
        """The place in words."""
        steps, field_id = self._steps(place)
        outer: Words | None = None
        words = steps[0].words
        for step in steps[1:]:
            outer = words
            words = part("in" if step.entry else "of", outer=outer, inner=step.words)
        last = steps[-1]
        return Noun(
            words=words, term=last.term, saying=last.saying, entry=last.entry, outer=outer, own=last.words, field_id=field_id
        )

    def value_at(self, place: Place) -> Any:
        """What stands at a place of the normal form; `MISSING` where nothing does."""
        value, shape = self.lexicon.normal(self.path), shape_of(self.path, self.lexicon.service_id)
        for step in place:
            value, shape = member(value, step, shape), member_shape(shape, step)
        return value

    def key_words(self, saying: str, key: str, place: Place) -> Words:
        """What an entry is called by its key."""
        lexicon = self.lexicon
        match saying:
            case "own":
                return same_words(shortened(text_at(self.value_at(place), "title")) or key)
            case "message":
                return same_words(shortened(text_at(self.value_at(place), "message")) or key)
            case "row":
                return same_words(shortened(text_at(self.value_at(place), "reason"), 24) or key)
            case "lock":
                return same_words(key.replace(KEY_MARK, " "))
            case "since":
                region, _, day = key.partition("@")
                return part("from-day", region=lexicon.region(region), day=day)
            case "input" | "output":
                return same_words(lexicon.entry("table", f"{saying}s", key, name=self.name))
            case "form_field" if self.kind == "process":
                form = text_at(self.value_at(place[:2]), "form")
                return name_words(lexicon, saying, key, form=form)
            case "level":
                return VALUES["level"].get(key, same_words(key))
        return name_words(lexicon, saying, key, form=self.form, process=self.name)

    def _steps(self, place: Place) -> tuple[list[_Step], str]:
        opening = self._opening()
        if not place:
            return [self._whole()], ""
        match self.kind:
            case "data_schema" | "task_data_schema":
                steps, field_id = self._schema_steps(place)
            case "layout" | "task_layout":
                steps, field_id = self._layout_steps(place)
            case "logic" | "task_logic" if place[0] == "fields" and len(place) > 1:
                field_id = place[1]
                rules = self._known("field_rules", place[2:], place[:2]) if len(place) > 2 else [_step("field_rules")]
                steps = [self._field(field_id), *rules]
            case "logic" | "task_logic":
                steps, field_id = self._known("logic", place, ()), ""
                field_id = place[1] if place[0] == "facts" and len(place) > 1 else ""
            case _:
                steps, field_id = self._known(self.kind, place, ()), ""
        return [*opening, *steps], field_id

    def _opening(self) -> list[_Step]:
        """What stands before the words of a place inside the document."""
        if self.kind.startswith("task_"):
            return [_step("task_form", same_words(self.lexicon.form_title(self.name)))]
        if self.kind in MANY:
            return [self._whole()]
        if self.kind in PLACES and self.kind not in ("bundle", "calendar", "regions", "locks"):
            return []
        return [] if self.kind in _FORM_KINDS else [self._whole()]

    def _whole(self) -> _Step:
        if self.kind in MANY:
            return _step(self.kind, same_words(self.lexicon.title(self.kind, self.name)))
        if self.kind.startswith("task_"):
            return _step(self.kind, same_words(self.lexicon.form_title(self.name)))
        return _step(self.kind) if self.kind else _step("document", same_words(self.path))

    def _known(self, table: str, rest: Place, before: Place) -> list[_Step]:
        """The steps of a place by the table of its kind; what the table does not know is named as it is written."""
        steps: list[_Step] = []
        known, pattern, named = PLACES.get(table, {}), "", 0
        for index, segment in enumerate(rest):
            following = next((one for one in _ways(pattern, segment) if one in _prefixes(table)), None)
            if following is None:
                break
            pattern, place = following, (*before, *rest[: index + 1])
            if pattern in known:
                _add(steps, *known[pattern], self, segment if pattern.endswith("*") else "", place)
                named = index + 1
        if named < len(rest):
            steps.append(_step("member", same_words("/".join(rest[named:])), entry=True))
        return steps

    def _schema_steps(self, place: Place) -> tuple[list[_Step], str]:
        field_id, length = schema_field(place)
        rest, steps = place[length:], []
        if len(rest) == 2 and rest[0] == "required":
            inner = f"{field_id}.{rest[1]}" if field_id else rest[1]
            return [self._field(inner), _step("required")], inner
        if field_id:
            steps = [self._field(field_id)]
        if rest:
            steps += self._known("schema", rest, place[:length])
        return steps, field_id

    def _field(self, field_id: str) -> _Step:
        """A field, or the set of fields that an object stands for."""
        found = self.lexicon.field(self.form, field_id)
        if found is not None:
            group = found.located.group
            words = term("field", same_words(found.label))
            if group:
                rows = term("group", same_words(self.lexicon.label(self.form, group)))
                words = part("row-of", group=rows, inner=words)
            return _Step(words=words, term="field", saying="", entry=True)
        schema = self._schema_of(field_id)
        word = "group_fields" if isinstance(schema, dict) and "properties" in schema else "field"
        return _step(word, same_words(text_at(schema, "title") or field_id), entry=True)

    def _schema_of(self, field_id: str) -> Any:
        """The schema of a field that no page asks for, or of a set of fields."""
        value: Any = self.lexicon.document("task_data_schema" if self.form else "data_schema", self.form)
        for name in field_id.split("."):
            properties = value.get("properties") if isinstance(value, dict) else None
            value = properties.get(name.removesuffix("[]")) if isinstance(properties, dict) else None
            if name.endswith("[]"):
                value = value.get("items") if isinstance(value, dict) else None
        return value

    def _layout_steps(self, place: Place) -> tuple[list[_Step], str]:
        ends = [index for index in range(2, len(place) + 1) if place[index - 2] in ("elements", "detail")]
        if not ends:
            return self._known("element", place, ()), ""
        length = ends[-1]
        element, view = self.value_at(place[:length]), self.lexicon.form(self.form)
        field_id = view.by_control.get(place[length - 1], "") if view is not None else ""
        if field_id:
            steps = [self._field(field_id)]
        else:
            word = _ELEMENT_TERMS.get(text_at(element, "type"), "field")
            title = text_at(element, "label") or shortened(text_at(element, "text")) or place[length - 1]
            steps = [_step(word, same_words(title), entry=True)]
        return [*steps, *self._known("element", place[length:], place[:length])], field_id


def schema_field(place: Place) -> tuple[str, int]:
    """The id of the field that a place of a data schema lies in, and how many segments lead to it."""
    field_id, length = "", 0
    while True:
        if place[length : length + 1] == ("properties",) and len(place) > length + 1:
            name = place[length + 1]
            field_id = f"{field_id}.{name}" if field_id else name
            length += 2
        elif field_id and place[length : length + 2] == ("items", "properties") and len(place) > length + 2:
            field_id = f"{field_id}[].{place[length + 2]}"
            length += 3
        else:
            return field_id, length


def name_words(lexicon: Lexicon, saying: str, key: str, *, form: str = "", process: str = "") -> Words:
    """What something is called that a document names by its id."""
    match saying:
        case "field":
            return same_words(lexicon.label("", key))
        case "form_field":
            return same_words(lexicon.label(form, key))
        case "item":
            return same_words(lexicon.entry("items", "items", key))
        case "agency":
            return same_words(lexicon.entry("agencies", "agencies", key))
        case "node":
            return same_words(lexicon.entry("process", "nodes", key, name=process))
        case "process" | "table" | "notice" | "connector" | "codelist" | "consent":
            return same_words(lexicon.title(saying, key))
        case "form":
            return same_words(lexicon.form_title(key))
        case "region":
            return same_words(lexicon.region(key))
        case "own_code":
            return same_words(lexicon.code(process, key))
    if saying.startswith("code:"):
        return same_words(lexicon.code(saying.removeprefix("code:"), key))
    return same_words(key)


def _add(steps: list[_Step], word: str, saying: str, speaker: Speaker, key: str, place: Place) -> None:
    """Adds the step for a place that the table knows; for one without a word the last step stands for its value."""
    if not word:
        steps[-1] = msgspec.structs.replace(steps[-1], saying=saying, entry=False)
        return
    silent = SILENT.get(steps[-1].term, ()) if steps else ()
    if word in silent or "*" in silent:
        steps.pop()
    title = speaker.key_words(saying, key, place) if key else same_words("")
    steps.append(_Step(words=term(word, title), term=word, saying="" if key else saying, entry=bool(key)))


@cache
def _prefixes(table: str) -> frozenset[str]:
    """Every pattern of a table and everything above one."""
    parts = [pattern.split("/") for pattern in PLACES.get(table, {})]
    return frozenset("/".join(one[:length]) for one in parts for length in range(1, len(one) + 1))


def _ways(pattern: str, segment: str) -> tuple[str, str]:
    above = f"{pattern}/" if pattern else ""
    return f"{above}{segment}", f"{above}*"


def _step(word: str, title: Words | None = None, *, entry: bool = False) -> _Step:
    return _Step(words=term(word, title or same_words("")), term=word, saying="", entry=entry)

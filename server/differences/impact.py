"""What a difference touches: regions with changes of their own at the same place, and whatever uses what was changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec

from server.definitions.service import Documents, place_of
from server.differences.change import SemanticChange
from server.differences.lexicon import Lexicon
from server.differences.nouns import Speaker, schema_field
from server.differences.rule_reading import references_of
from server.documents.pointer import MISSING, parse_pointer
from server.messages.difference_terms import Words
from server.messages.differences import part
from server.overlays.layering import shape_of, too_deep
from server.overlays.normal import Place, normal_place
from server.overlays.overlay import overlay_of, overlay_paths
from server.rules.operators import OPERATORS
from server.types import JsonValue, RegionCode

#: Members of documents that hold rules, by kind of document; `*` for members that authors name.
_RULES: dict[str, tuple[Place, ...]] = {
    "logic": (
        *(("fields", "*", aspect) for aspect in ("relevant", "required", "computed", "suggested", "options")),
        ("assertions", "*", "holds"),
    ),
    "materials": (("materials", "*", "due"), ("materials", "*", "waived")),
    "table": (("inputs", "*", "expression"),),
    "process": (
        ("nodes", "*", "actor", "region"),
        ("nodes", "*", "actor", "instead_when"),
        ("nodes", "*", "outcomes", "*", "when"),
        ("nodes", "*", "branches", "*", "when"),
        ("nodes", "*", "prefill", "*"),
        ("nodes", "*", "request", "*"),
        ("nodes", "*", "over"),
        ("nodes", "*", "code_from"),
    ),
}
_RULES["task_logic"] = _RULES["logic"]
#: Texts with rules in braces.
_TEXTS: dict[str, tuple[Place, ...]] = {
    "notice": (("subject",), ("text",)),
    "process": (("nodes", "*", "reason"),),
}
#: Lists of the fields that somebody may see or be sent.
_SCOPES: dict[str, tuple[Place, ...]] = {
    "items": (("common_scope",), ("items", "*", "data_scope")),
    "connector": (("operations", "*", "data_scope"),),
}


class Impact(msgspec.Struct, frozen=True, kw_only=True):
    """What a difference touches, each by its name or title."""

    #: Regions whose layer changes the same place.
    regions: tuple[RegionCode, ...] = ()
    #: Rules that use what was changed, in words.
    rules: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    connectors: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    #: Items whose officials see a changed field.
    items: tuple[str, ...] = ()


class _Use(msgspec.Struct, frozen=True, kw_only=True):
    """One place that uses names."""

    kind: str
    words: str
    title: str
    names: frozenset[str]


class Uses:
    """Everything that uses something by name, in both sets of documents, and the layers of regions."""

    def __init__(
        self, before: Documents, after: Documents, *, layers: Documents, service_id: str, lang: Literal["zh", "en"] = "zh"
    ) -> None:
        """`layers` hold the overlays of regions; rules are told in the language."""
        self._service_id = service_id
        self._lang = lang
        self._sides = {True: before, False: after}
        overlays = (overlay_of(layers, service_id=service_id, region=code) for code in overlay_paths(layers, service_id))
        self._patches = {overlay.region: overlay.patches for overlay in overlays}
        lexicons = [Lexicon(documents, service_id) for documents in (after, before)]
        self._facts: dict[str, frozenset[str]] = {}
        self._uses: list[_Use] = []
        for lexicon in lexicons:
            self._read(lexicon)
        self._fields_of_lists = _fields_of_lists(lexicons)

    def impact_of(self, change: SemanticChange) -> Impact:
        """What the difference touches."""
        place = self._place(change)
        names = self._names(change, place)
        uses = [use for use in self._uses if use.names & names] if names else []
        told: dict[str, dict[str, None]] = {}
        for use in uses:
            told.setdefault(use.kind, {})[use.title] = None
        return Impact(
            regions=tuple(code for code, patches in self._patches.items() if _touches(patches.get(change.path, MISSING), place)),
            rules=tuple(dict.fromkeys(use.words for use in uses if use.kind in ("logic", "process"))),
            tables=tuple(told.get("table", ())),
            materials=tuple(told.get("materials", ())),
            connectors=tuple(told.get("connector", ())),
            notices=tuple(told.get("notice", ())),
            items=tuple(told.get("items", ())),
        )

    def _place(self, change: SemanticChange) -> Place:
        document = self._sides[change.kind == "removed"].get(change.path, MISSING)
        if document is MISSING or too_deep(document):
            return ()
        return normal_place(document, shape_of(change.path, self._service_id), parse_pointer(change.pointer))

    def _names(self, change: SemanticChange, place: Place) -> frozenset[str]:
        """The names that a difference concerns, with the facts that follow from them."""
        stands = place_of(change.path, self._service_id)
        names = set(_named(stands.kind if stands is not None else "", stands.name if stands is not None else "", place))
        if stands is not None and stands.kind == "codelist":
            names |= self._fields_of_lists.get(stands.name, set())
        if not names:
            return frozenset()
        grown = True
        while grown:
            more = {fact for fact, used in self._facts.items() if fact not in names and _meet(used, names)}
            names |= more
            grown = bool(more)
        return frozenset(names) | {name.partition("[].")[0] for name in names if "[]." in name}

    def _read(self, lexicon: Lexicon) -> None:
        for path, document in sorted(lexicon.documents.items()):
            stands = place_of(path, self._service_id)
            if stands is None or too_deep(document):
                continue
            speaker = Speaker(lexicon, path, stands.kind, stands.name)
            self._read_facts(document)
            for patterns, read in ((_RULES, _of_rule), (_TEXTS, _of_text), (_SCOPES, _of_scope)):
                for pattern in patterns.get(stands.kind, ()):
                    for place, value in _matching(document, pattern):
                        names = read(value, place)
                        if names:
                            self._uses.append(self._use(stands.kind, speaker, place, names))

    def _read_facts(self, document: JsonValue) -> None:
        facts = document.get("facts") if isinstance(document, dict) else None
        for name, fact in facts.items() if isinstance(facts, dict) else ():
            group = name.partition("[].")[0] if "[]." in name else ""
            self._facts[name] = self._facts.get(name, frozenset()) | _fact_names(fact, group)

    def _use(self, kind: str, speaker: Speaker, place: Place, names: frozenset[str]) -> _Use:
        """The use at a place; a request to another system stands for that system."""
        words = self._in_words(speaker.noun(place).words)
        node = speaker.value_at(place[:2]) if kind == "process" else None
        connector = node.get("connector") if isinstance(node, dict) and place[2:3] == ("request",) else None
        if isinstance(connector, str):
            return _Use(kind="connector", words=words, title=speaker.lexicon.title("connector", connector), names=names)
        if kind in ("table", "notice", "connector"):
            return _Use(kind=kind, words=words, title=speaker.lexicon.title(kind, speaker.name), names=names)
        title = speaker.key_words("own", place[1], place[:2]) if len(place) > 1 else part("all-items")
        kind = "logic" if kind == "task_logic" else kind
        return _Use(kind=kind, words=words, title=self._in_words(title), names=names)

    def _in_words(self, words: Words) -> str:
        return words.zh if self._lang == "zh" else words.en


def _named(kind: str, name: str, place: Place) -> Iterator[str]:
    """What rules call the thing that a place belongs to."""
    match kind:
        case "data_schema":
            field_id, length = schema_field(place)
            rest = place[length:]
            if len(rest) == 2 and rest[0] == "required":
                field_id = f"{field_id}.{rest[1]}" if field_id else rest[1]
            if field_id:
                yield field_id
        case "logic" if len(place) > 1 and place[0] in ("fields", "facts"):
            yield place[1]
        case "parameters" if len(place) > 1:
            yield f"parameters.{place[1]}"
        case "materials" if len(place) > 1:
            yield f"provided.{place[1]}"
        case "process" if len(place) > 1 and place[0] == "nodes":
            yield place[1]


def _meet(used: frozenset[str], names: set[str]) -> bool:
    return any(one in names or _above(one) & names for one in used)


def _above(name: str) -> set[str]:
    """The names of what a name lies in."""
    parts = name.split(".")
    return {".".join(parts[:length]) for length in range(1, len(parts))}


def _of_rule(value: Any, place: Place) -> frozenset[str]:
    if not isinstance(value, str):
        return frozenset()
    group = place[1].partition("[].")[0] if len(place) > 1 and "[]." in place[1] else ""
    return _whole(references_of(value, group))


def _of_text(value: Any, place: Place) -> frozenset[str]:
    if not isinstance(value, str):
        return frozenset()
    inner = [part.partition("}")[0] for part in value.split("{")[1:] if "}" in part]
    return _whole(name for text in inner for name in references_of(text, ""))


def _of_scope(value: Any, place: Place) -> frozenset[str]:
    return frozenset(one for one in value if isinstance(one, str)) if isinstance(value, list) else frozenset()


def _whole(names: Any) -> frozenset[str]:
    """Names with everything they lie in: a rule over a part of a field uses the field."""
    listed = set(names)
    return frozenset(listed.union(*(_above(name) for name in listed)) if listed else ())


def _fact_names(fact: Any, group: str) -> frozenset[str]:
    if not isinstance(fact, dict):
        return frozenset()
    found: set[str] = set()
    for key, value in fact.items():
        if key in OPERATORS:
            operands = value if isinstance(value, list) else [value]
            found |= {_of_group(one, group) for one in operands if isinstance(one, str)}
    listed = next((one.partition("[].")[0] for one in found), "")
    if isinstance(fact.get("where"), str):
        found |= set(references_of(fact["where"], listed))
    return _whole(found)


def _of_group(name: str, group: str) -> str:
    return f"{group}[].{name.removeprefix('row.')}" if group and name.startswith("row.") else name


def _fields_of_lists(lexicons: list[Lexicon]) -> dict[str, set[str]]:
    """Code list to the fields of the application form that offer it."""
    found: dict[str, set[str]] = {}
    for lexicon in lexicons:
        view = lexicon.form("")
        for field in view.fields.values() if view is not None else ():
            items = field.schema.get("items")
            for schema in (field.schema, items if isinstance(items, dict) else {}):
                if isinstance(schema.get("x-codelist"), str):
                    found.setdefault(schema["x-codelist"], set()).add(field.id)
    return found


def _matching(document: JsonValue, pattern: Place) -> list[tuple[Place, Any]]:
    """Every value that a pattern reaches, with its place."""
    found: list[tuple[Place, Any]] = [((), document)]
    for step in pattern:
        following: list[tuple[Place, Any]] = []
        for place, value in found:
            if isinstance(value, dict):
                names = tuple(value) if step == "*" else (step,) if step in value else ()
                following += [((*place, name), value[name]) for name in names]
        found = following
    return found


def _touches(patch: Any, place: Place) -> bool:
    """Whether a patch changes a place, something inside it, or what it lies in as a whole."""
    if patch is MISSING:
        return False
    for step in place:
        if not isinstance(patch, Mapping):
            return True
        if step not in patch:
            return False
        patch = patch[step]
    return True

"""The fields and the layout of any schema: every place of it becomes a field, a group, rows, a choice, or a JSON text."""

from __future__ import annotations

from typing import Any

import msgspec

from server.definitions.form import AnyElement, Control, ControlOptions, Group
from server.forms.generic.collecting import LONGEST_LABEL, Frame, Layout, Scope
from server.forms.generic.leaves import CodeLeaf, Leaf, NumberLeaf, TextLeaf, TruthLeaf, WholeLeaf
from server.forms.generic.nodes import AS_FORM, AS_JSON, LEFT_OUT, Member, Node, Places, Record, Rows, Way, Ways
from server.forms.generic.view import TYPES, Part, View, view_of
from server.forms.json_values import write_json
from server.messages import generic_forms as words
from server.types import JsonValue

MOST_GROUPS = 40
_DEEPEST = 8
_MOST_VALUES = 200
_MOST_WAYS = 12
_MOST_FIRST = 20


Laid = tuple[Node, list[AnyElement]]


def lay_out(layout: Layout, parts: tuple[Part, ...], frame: Frame) -> Laid | None:
    """The node and the elements of a place; nothing where no value is allowed."""
    if any(part.schema is False and not part.conditional for part in parts):
        return None
    view = view_of(parts, layout.targets)
    if view is None or layout.full or frame.depth > _DEEPEST:
        return _json(layout, frame, view.description if view is not None else "")
    return _of_view(layout, view, parts, frame)


def _of_view(layout: Layout, view: View, parts: tuple[Part, ...], frame: Frame) -> Laid:
    if view.values is not None:
        return _codes(layout, view.values, (), view, frame)
    if view.choices:
        listed = _constants(layout, view.choices[0])
        if listed is not None:
            return _codes(layout, tuple(value for value, _ in listed), tuple(title for _, title in listed), view, frame)
        if len(view.choices[0]) <= _MOST_WAYS:
            return _variants(layout, view, parts, frame)
        return _json(layout, frame, view.description)
    if len(view.types) > 1:
        return _types(layout, view, frame)
    return _of_type(layout, view, next(iter(view.types), ""), frame)


def _of_type(layout: Layout, view: View, name: str, frame: Frame) -> Laid:
    match name:
        case "object":
            return _record(layout, view, frame)
        case "array" if not frame.in_rows and layout.groups < MOST_GROUPS and len(view.first) <= _MOST_FIRST:
            return _list(layout, view, frame)
        case "string":
            field, control = layout.field(frame, {"type": "string"}, hint=view.description)
            return TextLeaf(field=field, label=frame.label), [control]
        case "integer":
            field, control = layout.field(frame, {"type": "integer"}, hint=view.description)
            return WholeLeaf(field=field, label=frame.label), [control]
        case "number":
            field, control = layout.field(frame, {"type": "string"}, hint=view.description or words.NUMBER_HINT)
            return NumberLeaf(field=field, label=frame.label), [control]
        case "boolean":
            field, control = layout.field(frame, {"type": "boolean"}, hint=view.description)
            return TruthLeaf(field=field, label=frame.label), [control]
        case "null":
            return _codes(layout, (None,), (), view, frame)
    return _json(layout, frame, view.description)


def _json(layout: Layout, frame: Frame, hint: str = "") -> tuple[Leaf, list[AnyElement]]:
    schema: dict[str, JsonValue] = {"type": "string", "x-element": "long_text"}
    field, control = layout.field(frame, schema, hint=hint or words.JSON_HINT)
    return Leaf(field=field, label=frame.label), [control]


def _codes(layout: Layout, values: tuple[JsonValue, ...], titles: tuple[str, ...], view: View, frame: Frame) -> Laid:
    if not 0 < len(values) <= _MOST_VALUES:
        return _json(layout, frame, view.description)
    named = titles or tuple(map(_value_title, values))
    options: list[JsonValue] = [{"const": str(number), "title": title} for number, title in enumerate(named, 1)]
    field, control = layout.field(frame, {"type": "string", "oneOf": options}, hint=view.description)
    return CodeLeaf(field=field, label=frame.label, values=values), [control]


def _value_title(value: JsonValue) -> str:
    if isinstance(value, str):
        return value or words.EMPTY_TEXT
    text = msgspec.json.encode(value).decode()
    return words.CONSTANTS.get(text, text)[:LONGEST_LABEL]


def _constants(layout: Layout, choice: tuple[Part, ...]) -> list[tuple[JsonValue, str]] | None:
    """The values of a choice with their titles, where it is nothing but values."""
    found: list[tuple[JsonValue, str]] = []
    for part in choice:
        view = view_of((part,), layout.targets)
        if view is None or view.values is None:
            return None
        found += [(value, view.title or _value_title(value)) for value in view.values]
    return found


def _ways(layout: Layout, frame: Frame, titles: list[tuple[str, str]], *, label: str, hint: str) -> tuple[str, Control]:
    options: list[JsonValue] = [{"const": code, "title": title} for code, title in titles]
    asked = msgspec.structs.replace(frame, label=label.format(label=frame.label))
    return layout.field(asked, {"type": "string", "oneOf": options}, hint=hint, options=ControlOptions(format="radio"))


def _inside(layout: Layout, frame: Frame, field: str, code: str) -> Frame:
    """The frame of a way, asked only when it is the one chosen."""
    variable = f"row.{field}" if layout.group else field
    return msgspec.structs.replace(frame, relevant=f'{variable} == "{code}"', certain=True, depth=frame.depth + 1)


def _variants(layout: Layout, view: View, parts: tuple[Part, ...], frame: Frame) -> Laid:
    """A choice of the schema: which one first, then what it asks; JSON text for what is none of them."""
    chosen = view.choices[0]
    titles = [(str(number), _variant_title(layout, part, number)) for number, part in enumerate(chosen, 1)]
    titles.append((AS_JSON, words.AS_JSON))
    field, control = _ways(layout, frame, titles, label=words.WHICH, hint=view.description)
    elements: list[AnyElement] = [control]
    ways: list[Way] = []
    base = msgspec.structs.replace(view, choices=())
    for (code, title), part in zip(titles, (*chosen, None), strict=True):
        inner = _inside(layout, frame, field, code)
        whole = layout.full or inner.depth > _DEEPEST
        node, found = _json(layout, inner) if part is None or whole else _variant(layout, base, part, inner)
        ways.append(Way(code=code, title=title, node=node))
        elements += found
    return Ways(field=field, ways=tuple(ways)), elements


def _variant(layout: Layout, base: View, part: Part, frame: Frame) -> Laid:
    own = view_of((part,), layout.targets)
    if own is None:
        return _json(layout, frame)
    joined = View(
        title=own.title or base.title,
        description=own.description,
        types=own.types & base.types or own.types or base.types,
        values=own.values if own.values is not None else base.values,
        members={name: (*base.members.get(name, ()), *own.members.get(name, ())) for name in (*base.members, *own.members)},
        required=base.required | own.required,
        open=base.open and own.open,
        first=own.first or base.first,
        rest=(*base.rest, *own.rest),
        more=base.more and own.more,
        fewest=max(base.fewest, own.fewest),
        choices=own.choices,
    )
    return _of_view(layout, joined, (part,), frame)


def _variant_title(layout: Layout, part: Part, number: int) -> str:
    view = view_of((part,), layout.targets)
    if view is None:
        return words.VARIANT.format(number=number)
    if view.title:
        return view.title[:LONGEST_LABEL]
    for name in sorted(view.members):
        member = view_of(view.members[name], layout.targets)
        if member is not None and member.values is not None and len(member.values) == 1:
            return f"{name}: {_value_title(member.values[0])}"[:LONGEST_LABEL]
    if len(view.types) == 1:
        return f"{words.VARIANT.format(number=number)}: {words.TYPES[next(iter(view.types))]}"
    return words.VARIANT.format(number=number)


def _types(layout: Layout, view: View, frame: Frame) -> Laid:
    """One of several types: which one first."""
    names = [name for name in TYPES if name in view.types and not (name == "integer" and "number" in view.types)]
    titles = [(name, words.TYPES[name]) for name in names]
    field, control = _ways(layout, frame, titles, label=words.WHICH, hint=view.description)
    elements: list[AnyElement] = [control]
    ways: list[Way] = []
    for name, title in titles:
        node, found = _of_type(layout, view, name, _inside(layout, frame, field, name))
        ways.append(Way(code=name, title=title, node=node))
        elements += found
    return Ways(field=field, ways=tuple(ways)), elements


def _record(layout: Layout, view: View, frame: Frame) -> Laid:
    members: list[Member] = []
    elements: list[AnyElement] = []
    cut = False
    for name, parts in view.members.items():
        if layout.full:
            cut = True
            break
        laid = _member(layout, parts, frame, name, name in view.required)
        if laid is not None:
            members.append(Member(name=name, node=laid[0]))
            elements += laid[1]
    other: Leaf | None = None
    if view.open or cut:
        asked = frame.below(words.OTHERS.format(label=frame.label), certain=False)
        other, found = _json(layout, asked, words.OTHERS_HINT)
        elements += found
    return Record(members=tuple(members), other=other), elements


def _member(layout: Layout, parts: tuple[Part, ...], frame: Frame, name: str, required: bool) -> Laid | None:
    view = view_of(parts, layout.targets)
    label = (view.title if view is not None else "") or _named(name)
    below = frame.below(label, certain=required)
    if required or view is None or view.values is not None or not view.types & {"object", "array"}:
        return _boxed(lay_out(layout, parts, below), below, view)
    if layout.full or below.depth > _DEEPEST or (layout.group and "array" in view.types):
        return lay_out(layout, parts, below)
    if len(view.types) == 1 and not view.choices and _says_when_absent(view):
        laid = lay_out(layout, parts, below)
        if laid is not None and isinstance(laid[0], Record | Rows | Places):
            laid = msgspec.structs.replace(laid[0], absent_when_empty=True), laid[1]
        return _boxed(laid, below, view)
    return _presence(layout, parts, below, view)


def _named(name: str) -> str:
    """A name that can be seen."""
    return name if name.isprintable() and name.strip() else write_json(name) if name else words.UNNAMED


def _says_when_absent(view: View) -> bool:
    """Whether an empty part is not allowed, so that emptiness says that it was left out."""
    if "array" in view.types:
        return view.fewest > 0
    return view.fewest_members > 0 or bool(view.required & view.members.keys())


def _presence(layout: Layout, parts: tuple[Part, ...], frame: Frame, view: View) -> Laid | None:
    """Whether an optional part is given at all, for parts that may be given and be empty."""
    if any(part.schema is False and not part.conditional for part in parts):
        return None
    titles = [(LEFT_OUT, words.LEFT_OUT), (AS_FORM, words.AS_FORM), (AS_JSON, words.AS_JSON)]
    field, control = _ways(layout, frame, titles, label=words.HOW_TO_ANSWER, hint=view.description)
    inner = _inside(layout, frame, field, AS_FORM)
    laid = lay_out(layout, parts, inner)
    text, texts = _json(layout, _inside(layout, frame, field, AS_JSON))
    ways = [Way(code=LEFT_OUT, title=words.LEFT_OUT, node=None)]
    ways += [Way(code=AS_FORM, title=words.AS_FORM, node=laid[0])] if laid is not None else []
    ways.append(Way(code=AS_JSON, title=words.AS_JSON, node=text))
    box = Group(id=f"g{field}", label=frame.label[:LONGEST_LABEL], elements=(control, *(laid[1] if laid else ()), *texts))
    return Ways(field=field, ways=tuple(ways)), [box]


def _boxed(laid: Laid | None, frame: Frame, view: View | None) -> Laid | None:
    """The elements of an object in a titled box."""
    if laid is None or not isinstance(laid[0], Record | Places | Ways) or not laid[1]:
        return laid
    first = laid[1][0]
    hint = (view.description if view is not None else "") or None
    box = Group(id=f"g{first.id}", label=frame.label[:LONGEST_LABEL], hint=hint, elements=tuple(laid[1]))
    return laid[0], [box]


def _list(layout: Layout, view: View, frame: Frame) -> Laid:
    first: list[Node] = []
    elements: list[AnyElement] = []
    more = view.more or not view.first
    for index, part in enumerate(view.first):
        name = f"{frame.label} {words.ITEM.format(number=index + 1)}"
        laid = _member(layout, (part,), frame, name, index < view.fewest)
        if laid is None:
            more = False
            break
        first.append(laid[0])
        elements += laid[1]
    if not more:
        return Places(first=tuple(first), rest=None), elements
    rows, found = _rows(layout, view, frame)
    if not first:
        return rows, found
    return Places(first=tuple(first), rest=rows), [*elements, *found]


def _rows(layout: Layout, view: View, frame: Frame) -> tuple[Rows, list[AnyElement]]:
    layout.groups += 1
    schema: dict[str, JsonValue] = {"type": "array", "x-element": "rows", "items": {}}
    name, control = layout.field(frame, schema, hint=view.description)
    outer, outer_group = layout.scope, layout.group
    layout.scope, layout.group = Scope(), name
    own = view_of(view.rest, layout.targets) if view.rest else None
    label = (own.title if own is not None else "") or words.ONE_ITEM
    below = Frame(label=label, in_rows=True, depth=frame.depth + 1)
    laid = lay_out(layout, view.rest, below) if view.rest else None
    node, elements = laid if laid is not None else _json(layout, below)
    schema["items"] = {"type": "object", "properties": layout.scope.properties, "required": layout.scope.required}
    layout.scope, layout.group = outer, outer_group
    options: Any = msgspec.structs.replace(control.options, detail=tuple(elements), row_title=label[:LONGEST_LABEL])
    return Rows(field=name, item=node), [msgspec.structs.replace(control, options=options)]

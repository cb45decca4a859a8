"""JSON documents read into structs, with every fault at its pointer."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any

import msgspec
from msgspec import inspect

from server.documents.pointer import format_pointer
from server.findings import Finding, Param
from server.types import JsonValue

_Segments = tuple[str | int, ...]
_Fault = tuple[_Segments, str, dict[str, Param]]

#: Faults of one document that are told.
MAX_FAULTS = 200
#: Longest piece of a wrong value repeated in a finding.
_SHOWN = 60


def read_struct(value: JsonValue, struct: Any, path: str) -> tuple[Any, tuple[Finding, ...]]:
    """The struct of a document, or nothing and every fault: unknown and missing members, wrong types, unknown values."""
    try:
        found = msgspec.convert(value, struct)
        # A struct that stands alone, outside any union, is read without its tag as well.
        faults = _first_faults(value, struct) if _has_lone_tag(struct) else []
        if not faults:
            return found, ()
    except (msgspec.ValidationError, UnicodeEncodeError, RecursionError) as error:
        faults = _first_faults(value, struct) or [((), "malformed-document", {"detail": str(error)[:200]})]
    return None, tuple(
        Finding(code=code, severity="error", path=path, pointer=format_pointer(segments), params=params)
        for segments, code, params in faults
    )


def _first_faults(value: JsonValue, struct: Any) -> list[_Fault]:
    """As many of the faults as anybody reads."""
    return list(islice(_faults(value, _type_of(struct), ()), MAX_FAULTS))


def type_name(value: JsonValue) -> str:
    """The JSON type of a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
    return "object"


@cache
def _has_lone_tag(struct: Any) -> bool:
    """Whether a tagged struct stands somewhere below as the only one possible."""
    seen: set[Any] = set()
    pending: list[Any] = [_type_of(struct)]
    while pending:
        match pending.pop():
            case inspect.StructType(cls=cls, fields=fields, tag=tag):
                if tag is not None:
                    return True
                if cls not in seen:
                    seen.add(cls)
                    pending += [field.type for field in fields]
            case inspect.VarTupleType(item_type=inner) | inspect.DictType(value_type=inner):
                pending.append(inner)
            case inspect.UnionType(types=types):
                alone = [one for one in types if not isinstance(one, inspect.NoneType)]
                pending += alone if len(alone) == 1 else []
    return False


@cache
def _type_of(struct: Any) -> inspect.Type:
    return inspect.type_info(struct)


def _faults(value: JsonValue, wanted: inspect.Type, place: _Segments) -> Iterator[_Fault]:
    match wanted:
        case inspect.AnyType():
            return
        case inspect.StructType():
            yield from _struct_faults(value, wanted, place)
        case inspect.UnionType():
            yield from _union_faults(value, wanted, place)
        case inspect.DictType(key_type=keys, value_type=inner) if isinstance(value, dict):
            for key, member in value.items():
                if isinstance(keys, inspect.LiteralType) and key not in keys.values:
                    near = difflib.get_close_matches(key, map(str, keys.values), n=1)
                    yield (*place, key), "unknown-member", {"member": key, "suggestion": near[0] if near else ""}
                else:
                    yield from _faults(member, inner, (*place, key))
        case inspect.VarTupleType(item_type=inner) if isinstance(value, list):
            for index, member in enumerate(value):
                yield from _faults(member, inner, (*place, index))
        case inspect.LiteralType(values=allowed):
            if value not in allowed:
                yield place, "unknown-value", {"value": _shown(value), "allowed": ", ".join(map(str, allowed))}
        case _:
            if not _fits(value, wanted):
                yield place, "wrong-type", {"expected": _name(wanted), "found": type_name(value)}


def _struct_faults(value: JsonValue, wanted: inspect.StructType, place: _Segments) -> Iterator[_Fault]:
    if not isinstance(value, dict):
        yield place, "wrong-type", {"expected": "object", "found": type_name(value)}
        return
    fields = {field.encode_name: field for field in wanted.fields}
    known = {*fields, wanted.tag_field} if wanted.tag_field else set(fields)
    for name, member in value.items():
        if name in fields:
            yield from _faults(member, fields[name].type, (*place, name))
        elif name not in known and wanted.forbid_unknown_fields:
            near = difflib.get_close_matches(name, sorted(known - value.keys()), n=1)
            yield (*place, name), "unknown-member", {"member": name, "suggestion": near[0] if near else ""}
    for name, field in fields.items():
        if field.required and name not in value:
            yield place, "missing-member", {"member": name}
    if isinstance(wanted.tag, str) and wanted.tag_field and value.get(wanted.tag_field) != wanted.tag:
        yield from _tag_faults(value, {wanted.tag: wanted}, wanted.tag_field, place)


def _union_faults(value: JsonValue, wanted: inspect.UnionType, place: _Segments) -> Iterator[_Fault]:
    if value is None and any(isinstance(one, inspect.NoneType) for one in wanted.types):
        return
    options = tuple(one for one in wanted.types if not isinstance(one, inspect.NoneType))
    tagged = {str(one.tag): one for one in options if isinstance(one, inspect.StructType) and one.tag is not None}
    if tagged and isinstance(value, dict):
        field = next(iter(tagged.values())).tag_field or ""
        chosen = value.get(field)
        if isinstance(chosen, str) and chosen in tagged:
            yield from _struct_faults(value, tagged[chosen], place)
        else:
            yield from _tag_faults(value, tagged, field, place)
    elif len(options) == 1:
        yield from _faults(value, options[0], place)
    elif not any(_fits(value, one) for one in options):
        yield place, "wrong-type", {"expected": ", ".join(dict.fromkeys(map(_name, options))), "found": type_name(value)}


def _tag_faults(value: Mapping[str, JsonValue], tagged: Mapping[str, Any], field: str, place: _Segments) -> Iterator[_Fault]:
    if field not in value:
        yield place, "missing-member", {"member": field}
    else:
        yield (*place, field), "unknown-value", {"value": _shown(value[field]), "allowed": ", ".join(tagged)}


def _fits(value: JsonValue, wanted: inspect.Type) -> bool:
    match wanted:
        case inspect.StrType():
            return isinstance(value, str)
        case inspect.BoolType():
            return isinstance(value, bool)
        case inspect.IntType():
            return isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1
        case inspect.NoneType():
            return value is None
    return False


def _name(wanted: inspect.Type) -> str:
    match wanted:
        case inspect.StrType() | inspect.LiteralType():
            return "string"
        case inspect.BoolType():
            return "boolean"
        case inspect.IntType():
            return "integer"
        case inspect.VarTupleType():
            return "array"
    return "object"


def _shown(value: JsonValue) -> str:
    text = value if isinstance(value, str) else str(value)
    return text[:_SHOWN]

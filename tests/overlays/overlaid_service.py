"""A service of a few small documents, and edits of it, for the properties and cases of overlays."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from mangling import at, mangle, places

from server.definitions.service import DOCUMENT_KINDS, place_of
from server.documents.canonical import fault_of

SERVICE = "province/service"
PROVINCE, CITY, COUNTY, OTHER_CITY = "140000", "140100", "140105", "140200"
NAMES = {PROVINCE: "甲省", CITY: "乙市", COUNTY: "丙县", OTHER_CITY: "丁市", "110000": "外省"}

_FIELDS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "title": "姓名", "minLength": 2, "maxLength": 50},
        "kind": {"type": ["string", "null"], "oneOf": [{"const": "a", "title": "甲"}, {"const": "b", "title": "乙"}]},
        "size": {"type": "integer", "enum": [1, 2, 3], "minimum": 1},
        "level": {"enum": ["low", "middle", "high"]},
    },
    "required": ["name", "kind"],
}
_LAYOUT: dict[str, Any] = {
    "type": "Categorization",
    "id": "form",
    "elements": [
        {
            "type": "Category",
            "id": "first",
            "label": "第一页",
            "elements": [
                {"type": "Control", "id": "name", "scope": "#/properties/name"},
                {"type": "Control", "id": "kind", "scope": "#/properties/kind"},
                {"type": "Control", "id": "size", "scope": "#/properties/size"},
                {"type": "Control", "id": "level", "scope": "#/properties/level"},
            ],
        },
        {"type": "Category", "id": "second", "label": "第二页", "elements": []},
    ],
}
_INNER: dict[str, Any] = {
    "bundle.json": {"format": 1, "id": SERVICE, "title": "一件事", "region": PROVINCE, "issuers": ["民政厅", "教育厅"]},
    "form/data.schema.json": _FIELDS,
    "form/ui.json": _LAYOUT,
    "form/logic.json": {"facts": {}, "fields": {"size": {"relevant": "kind == 'a'"}}},
    "materials.json": {
        "materials": {
            "identity": {"title": "身份证", "row": 1, "due": "true", "reuse_days": 30, "items": ["one", "two"]},
            "photo": {"title": "照片", "row": 2, "due": "kind == 'a'", "waived": "size == 3"},
        }
    },
    "codelists/colour.json": {"title": "颜色", "codes": {"1": {"title": "红"}, "2": {"title": "绿"}}, "offer": ["2", "1"]},
    "consents/promise.md": "# 承诺\n\n我承诺如实填写。\n",
    "locks.json": {
        "locks": [
            {"document": "items.json", "pointer": "/items/*/promised_limit", "allow": "decrease", "reason": "只能缩短"},
            {"document": "form/data.schema.json", "pointer": "/required", "allow": "add", "reason": "必填项不能减少"},
        ]
    },
    "items.json": {
        "common_scope": ["name", "kind"],
        "items": {
            "one": {"title": "第一项", "promised_limit": 20, "law": ["甲法", "乙法"], "data_scope": ["size"]},
            "two": {"title": "第二项", "promised_limit": 30, "law": [], "data_scope": []},
        },
    },
    "one.process.json": {
        "nodes": {
            "start": {"kind": "start", "next": "accept"},
            "accept": {"kind": "task", "outcomes": {"done": {"title": "受理", "next": "end"}}, "limit": {"workdays": 5}},
            "end": {"kind": "end", "code": "done"},
        }
    },
    "tables/choose.table.json": {
        "hit": "first",
        "rows": [
            {"id": "red", "when": {"colour": {"codes": ["1"]}}, "then": {"way": "left"}, "reason": "红"},
            {"id": "rest", "when": {}, "then": {"way": "right"}, "reason": "其他"},
        ],
    },
    "parameters.json": {
        "parameters": {"standard": {"unit": "fen", "values": [{"region": PROVINCE, "valid_from": "2025-01-01", "value": 70000}]}}
    },
    "notices/result.json": {"title": "结果", "channel": "message", "text": "结果是 {way}"},
}
REGION_LIST: dict[str, Any] = {f"form_schemas/library/regions/{PROVINCE}.json": {"title": "区划", "regions": NAMES}}


def path_in_tree(inner: str) -> str:
    """The whole path of a document of the service named by its path inside the bundle."""
    trees = (f"{tree}/{SERVICE}/{inner}" for tree in dict.fromkeys(tree for _, tree, *_ in DOCUMENT_KINDS))
    found = tuple(trees)
    return next((path for path in found if place_of(path, SERVICE) is not None), found[0])


def bundle(inner: Mapping[str, Any]) -> dict[str, Any]:
    """Documents by their path inside the bundle as they stand in the trees, with the list of regions."""
    return {path_in_tree(name): document for name, document in inner.items()} | REGION_LIST


def small_documents() -> dict[str, Any]:
    """The small service; not to be changed in place."""
    return bundle(_INNER)


def is_exact(value: Any) -> bool:
    """Whether a value is one that a document that was read can hold."""
    return isinstance(value, str) or not fault_of(value)


def edited_closely(data: st.DataObject, documents: Mapping[str, Any]) -> dict[str, Any]:
    """The documents with several edits of the two whose lists matter most, so that two sides of a rebase meet often."""
    found = dict(documents)
    for inner in ("form/ui.json", "tables/choose.table.json"):
        for _ in range(data.draw(st.integers(0, 4))):
            found[path_in_tree(inner)] = edit(data, found[path_in_tree(inner)])
    assume(all(is_exact(value) for value in found.values()))
    return found


def edited(data: st.DataObject, documents: Mapping[str, Any], *, documents_edited: int = 3, edits: int = 3) -> dict[str, Any]:
    """The documents with a few edits, sensible and odd ones; some taken away, some added."""
    found = dict(documents)
    paths = sorted(path for path in documents if f"/{SERVICE}/" in path and not path.endswith("/bundle.json"))
    for path in data.draw(st.lists(st.sampled_from(paths), max_size=documents_edited, unique=True)):
        if path.endswith(".md"):
            found[path] = data.draw(st.sampled_from(("# 承诺\n", "改过的承诺", "")))
            continue
        for _ in range(data.draw(st.integers(1, edits))):
            found[path] = edit(data, found[path])
    if data.draw(st.booleans()):
        found.pop(data.draw(st.sampled_from(paths)), None)
    if data.draw(st.booleans()):
        name = data.draw(st.sampled_from(("notices/late.json", "codelists/shape.json", "consents/other.md")))
        found[path_in_tree(name)] = (
            "# 另一份\n" if name.endswith(".md") else {"title": "新的", "codes": {}, "list": [1, [2], None]}
        )
    assume(all(is_exact(value) for value in found.values()))
    return found


def edit(data: st.DataObject, document: Any) -> Any:
    """The document with one list reordered, one entry inserted, one text or number changed, or mangled somehow."""
    document = copy.deepcopy(document)
    known = [(), *list(places(document))]
    lists = [place for place in known if isinstance(at(document, place), list)]
    leaves = [place for place in known if place and isinstance(at(document, place), str | int)]
    match data.draw(st.sampled_from(("shuffle", "insert", "change", "change", "mangle"))):
        case "shuffle" if lists:
            found = at(document, data.draw(st.sampled_from(lists)))
            found[:] = data.draw(st.permutations(found))
        case "insert" if lists:
            found = at(document, data.draw(st.sampled_from(lists)))
            found.insert(data.draw(st.integers(0, len(found))), data.draw(new_members(found)))
        case "change" if leaves:
            *above, last = data.draw(st.sampled_from(leaves))
            holder = at(document, tuple(above))
            old = holder[last]
            holder[last] = f"{old}x" if isinstance(old, str) else old + data.draw(st.integers(-3, 3))
        case _:
            return mangle(data, document)
    return document


def new_members(found: list[Any]) -> st.SearchStrategy[Any]:
    """Something to put into a list beside what it holds."""
    names = st.sampled_from(("new", "zz", "aa", "other"))
    if found and isinstance(found[0], dict):
        keys = [key for key in ("id", "const", "valid_from", "pointer") if key in found[0]]
        return names.map(lambda name: {**found[0], **dict.fromkeys(keys[:1], name)})
    return names

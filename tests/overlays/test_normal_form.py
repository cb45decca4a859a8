"""The normal form says everything that a document says, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mangling import ODD_VALUES
from overlaid_service import SERVICE, edit, path_in_tree, small_documents

from server.documents.merge_patch import same
from server.exports.folder import read_trees
from server.overlays.normal import normal_form, normal_place, plain_form
from server.overlays.shapes import ROOTS, SHAPES, Shape, root_shape

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = "shanxi/social_assistance"
SMALL = {path: value for path, value in small_documents().items() if isinstance(value, dict)}

json_values = st.recursive(
    st.sampled_from([odd for odd in ODD_VALUES if odd == odd]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(("a", "id", "const", "$value", "$after")), inner),
    max_leaves=12,
)


def test_every_shipped_document_is_its_normal_form_turned_back() -> None:
    documents = read_trees(ROOT).documents
    turned = 0
    for path, document in documents.items():
        shape = root_shape(path, SHIPPED)
        if shape is not None:
            normal = normal_form(document, shape)
            assert plain_form(normal, shape) == document
            turned += not same(normal, document)
    assert turned > 50


@given(json_values, st.sampled_from(sorted(SHAPES)))
def test_any_value_at_any_place_is_its_normal_form_turned_back(value: Any, name: str) -> None:
    assert same(plain_form(normal_form(value, SHAPES[name]), SHAPES[name]), value)


@given(st.data())
def test_documents_keep_the_order_of_their_lists_however_they_were_edited(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(SMALL)))
    document = edit(data, SMALL[path])
    shape = root_shape(path, SERVICE) or SHAPES["value"]
    assert repr(plain_form(normal_form(document, shape), shape)) == repr(document)


@pytest.mark.parametrize(
    ("shape", "document", "normal"),
    [
        ("needed", ["name", "kind"], {"name": True, "kind": True}),
        ("needed", ["name", "name"], ["name", "name"]),
        ("needed", ["$first"], ["$first"]),
        ("needed", [1], [1]),
        ("needed", {"name": True}, {"$value": {"name": True}}),
        ("needed", "name", "name"),
        ("options", [{"const": "a", "title": "A"}, {"const": "b"}], {"a": {"const": "a", "title": "A"}, "b": {"const": "b"}}),
        ("options", [{"const": 1}, {"const": 2}], [{"const": 1}, {"const": 2}]),
        ("options", [{"const": "a"}, {"const": "a"}], [{"const": "a"}, {"const": "a"}]),
        ("options", [{"const": "a", "$after": "b"}], [{"const": "a", "$after": "b"}]),
        ("options", [], {}),
        (
            "parameter_values",
            [{"region": "140100", "valid_from": "2026-01-01", "value": 1}],
            {"140100@2026-01-01": {"region": "140100", "valid_from": "2026-01-01", "value": 1}},
        ),
        ("parameter_values", [{"region": "1@2", "valid_from": "x"}], [{"region": "1@2", "valid_from": "x"}]),
        ("value", ["any", {"list": [1]}], ["any", {"list": [1]}]),
    ],
)
def test_lists_are_written_as_objects_where_their_members_have_names(shape: str, document: Any, normal: Any) -> None:
    found = normal_form(document, SHAPES[shape])
    assert same(found, normal)
    assert list(found) == list(normal)


def test_a_property_that_is_named_like_a_keyword_is_a_property() -> None:
    schema = {"type": "object", "properties": {"required": {"type": "string"}, "enum": {"enum": ["a"]}}, "required": ["enum"]}
    assert normal_form(schema, SHAPES["schema"]) == {
        "type": "object",
        "properties": {"required": {"type": "string"}, "enum": {"enum": {"a": True}}},
        "required": {"enum": True},
    }


def test_a_pointer_with_indices_leads_to_the_place_with_keys() -> None:
    path = path_in_tree("form/ui.json")
    shape = root_shape(path, SERVICE)
    assert shape is not None
    place = normal_place(SMALL[path], shape, ("elements", "0", "elements", "2", "scope"))
    assert place == ("elements", "first", "elements", "size", "scope")
    assert normal_place(SMALL[path], shape, ("elements", "7", "label")) == ("elements", "7", "label")


def test_every_shape_that_is_named_exists_and_is_reached_from_a_kind_of_document() -> None:
    def inner(shape: Shape) -> set[str]:
        return {*shape.members.values(), *({shape.entry} if shape.form == "keyed" else ())}

    reached = {name for name, shape in SHAPES.items() if shape in ROOTS.values()}
    while not (named := {name for known in reached for name in inner(SHAPES[known])}) <= reached:
        reached |= named
    assert SHAPES.keys() - reached == set()

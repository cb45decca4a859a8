"""Forms of JSON Forms keep their pages, groups and rules; everything else of the layout is reported."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from importing_forms import converted, part, reported

SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 3},
        "vegetarian": {"type": "boolean"},
        "occupation": {"type": "string", "enum": ["Farmer", "Student"]},
        "postalCode": {"type": "string"},
        "personalData": {"type": "object", "properties": {"age": {"type": "integer"}, "height": {"type": "number"}}},
        "comments": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"date": {"type": "string", "format": "date"}, "message": {"type": "string"}},
            },
        },
        "hidden": {"type": "string"},
    },
    "required": ["name"],
}


def control(*names: str, **members: Any) -> dict[str, Any]:
    return {"type": "Control", "scope": "#" + "".join(f"/properties/{name}" for name in names), **members}


def rule(effect: str, name: str, schema: Any) -> dict[str, Any]:
    return {"rule": {"effect": effect, "condition": {"scope": f"#/properties/{name}", "schema": schema}}}


DETAIL = {"type": "VerticalLayout", "elements": [control("message", options={"multi": True})]}
WHO = {
    "type": "Category",
    "label": "Who",
    "elements": [
        {"type": "HorizontalLayout", "elements": [control("name", label="Your name"), control("personalData", "age")]},
        {"type": "Label", "text": "About you"},
        control("vegetarian", options={"toggle": True}),
        control("occupation", options={"format": "radio"}),
    ],
}
MORE = {
    "type": "Category",
    "label": "More",
    **rule("SHOW", "vegetarian", {"const": True}),
    "elements": [
        {
            "type": "Group",
            "label": "Rest",
            "elements": [
                control("postalCode", **rule("HIDE", "occupation", {"enum": ["Student"]})),
                control("personalData", "height", **rule("SHOW", "occupation", {"pattern": "x"})),
                control("nowhere"),
            ],
        },
        control("comments", options={"detail": DETAIL}),
        {"type": "Widget", "colour": "red"},
    ],
}
LAYOUT = {"type": "Categorization", "elements": [WHO, MORE]}


def test_pages_groups_and_texts_stand_as_the_layout_says() -> None:
    _, _, who, more = part(converted("json-forms", SCHEMA, LAYOUT), "ui")["elements"]
    assert (who["label"], more["label"]) == ("Who", "More")
    assert [(one["type"], one.get("scope", one.get("text"))) for one in who["elements"]] == [
        ("Control", "#/properties/name"),
        ("Control", "#/properties/personal_data/properties/age"),
        ("Label", "About you"),
        ("Control", "#/properties/vegetarian"),
        ("Control", "#/properties/occupation"),
    ]
    group, rows = more["elements"]
    assert (group["type"], group["label"]) == ("Group", "Rest")
    assert [one["scope"] for one in rows["options"]["detail"]] == ["#/properties/message"]


def test_the_schema_has_the_shown_fields_only() -> None:
    schema = part(converted("json-forms", SCHEMA, LAYOUT), "data.schema")
    assert {"name", "vegetarian", "occupation", "postal_code", "personal_data", "comments"} <= set(schema["properties"])
    assert "hidden" not in schema["properties"]
    assert set(schema["properties"]["personal_data"]["properties"]) == {"age", "height"}
    assert schema["properties"]["name"]["title"] == "Your name"


def test_rules_decide_what_is_shown() -> None:
    fields = part(converted("json-forms", SCHEMA, LAYOUT), "logic")["fields"]
    assert fields["postal_code"]["relevant"] == '(vegetarian == true) && (!(occupation in ["Student"]))'
    assert fields["comments"]["relevant"] == "vegetarian == true"


def test_what_the_layout_says_beyond_that_is_reported() -> None:
    assert reported(converted("json-forms", SCHEMA, LAYOUT)) >= {
        ("ui/elements/0/elements/0/type", "below-each-other"),
        ("ui/elements/0/elements/2/options/toggle", "look-only"),
        ("ui/elements/1/elements/0/elements/1/rule", "condition-not-expressible"),
        ("ui/elements/1/elements/0/elements/2/scope", "scope-without-field"),
        ("ui/elements/1/elements/2/type", "unknown-element"),
        ("ui/elements/1/elements/2/colour", "not-understood"),
        ("/properties/hidden", "without-control"),
    }


def test_a_single_file_may_hold_both_halves() -> None:
    both = {"schema": SCHEMA, "uischema": LAYOUT, "data": {}}
    made = converted("json-forms", both)
    assert made.documents == converted("json-forms", SCHEMA, LAYOUT).documents


ODD_ELEMENTS = [None, 5, {}, {"type": "Label"}, {"type": "Control", "scope": "nowhere"}, {"type": "Control", "scope": "#/x"}]
ELEMENTS: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.sampled_from([*SCHEMA["properties"]]).map(control),  # type: ignore[misc]
        st.sampled_from(
            [None, 5, {}, {"type": "Label"}, {"type": "Control", "scope": "nowhere"}, {"type": "Control", "scope": "#/x"}]
        ),
    ),
    lambda inner: st.builds(
        lambda kind, elements, effect, condition: {
            "type": kind,
            "elements": elements,
            **({"rule": {"effect": effect, "condition": condition}} if effect else {}),
        },
        st.sampled_from(["Group", "VerticalLayout", "HorizontalLayout", "Categorization", "Category", "Odd"]),
        st.lists(inner, max_size=4),
        st.sampled_from(["", "SHOW", "HIDE", "ENABLE", "ODD"]),
        st.sampled_from(
            [None, {}, {"scope": "#/properties/name", "schema": {"const": "a"}}, {"scope": "#/properties/comments", "schema": {}}]
        ),
    ),
    max_leaves=8,
)


@given(ELEMENTS)
def test_any_layout_becomes_a_form_or_nothing(layout: Any) -> None:
    converted("json-forms", SCHEMA, layout)

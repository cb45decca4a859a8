"""The shipped form and materials list against the annexes of the policy."""

from __future__ import annotations

import pytest
from annexes import FORM, GROUPS, MATERIALS, Cell
from social_assistance import application_form, service

#: Kind of a cell to the field kinds that may show it.
KINDS = {
    "text": {"text"},
    "long_text": {"long_text"},
    "integer": {"integer"},
    "integer_ml": {"decimal", "integer"},
    "decimal_m2": {"decimal"},
    "money": {"money"},
    "date": {"date"},
    "code": {"choice", "search_choice"},
    "codes": {"choices"},
    "boolean": {"yes_no"},
    "resident_id": {"resident_id"},
    "disability_certificate": {"disability_certificate"},
    "phone": {"phone"},
    "bank_account": {"bank_account"},
    "address": {"address"},
    "income": {"income"},
    "photo": {"photo"},
    "items": {"items"},
    "consent": {"consent"},
}


def test_the_form_has_exactly_the_cells_of_annex_two() -> None:
    assert {name for name, field in application_form().fields.items() if field.kind != "rows"} == {cell.field for cell in FORM}
    assert set(application_form().groups) == set(GROUPS)


@pytest.mark.parametrize("cell", FORM, ids=lambda cell: cell.field)
def test_a_cell_has_its_label_its_kind_its_code_list_and_is_typed_or_chosen_as_the_instructions_say(cell: Cell) -> None:
    field = application_form().fields[cell.field]
    assert field.label == cell.label
    assert field.kind in KINDS[cell.kind]
    assert field.required == (cell.required == "required")
    assert field.options.entry == cell.entry
    if cell.codelist != "-":
        source = field.schema.get("items", field.schema)
        titles = {code: entry.title for code, entry in service().codelists[cell.codelist].codes.items()}
        assert source["x-codelist"] == cell.codelist
        assert field.codes == titles


def test_repeating_groups_take_as_many_rows_as_the_paper_and_its_annex_pages_allow() -> None:
    assert {group: application_form().fields[group].schema["maxItems"] for group in GROUPS} == GROUPS


def test_the_materials_list_has_exactly_the_rows_of_annex_three() -> None:
    listed = sorted(service().materials.materials.values(), key=lambda material: material.row)
    assert tuple((m.row, m.title, m.kind, m.form, m.items) for m in listed) == MATERIALS
    assert {material.necessity for material in listed} == {"必要"}

"""What others get: judged by validators of theirs, not by ours."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from json_schemas import VALUES, schemas

from server.definitions.service import region_of
from server.exchange.fidelity import Ledger
from server.exchange.importers.dmn import read_dmn
from server.exchange.schema_parts import keywords_in
from server.exchange.targets.dmn import table_xml
from server.exchange.targets.draft_07 import to_draft_07
from server.exchange.targets.openapi import openapi
from server.exchange.targets.schemas import draft_07, inline_codelists, strip_x, with_codes, without_annotations
from server.exports.folder import read_trees, shipped_root
from server.releases import Release, compile_release
from server.rules.tables import Cell, DecisionTable, Input, Output, Row
from tests.any_service import SERVICE as SMALL
from tests.any_service import service

SHIPPED = "shanxi/social_assistance"


@cache
def shipped() -> Release:
    documents = read_trees(shipped_root()).documents
    release, findings = compile_release(documents, SHIPPED, region_of(documents, SHIPPED))
    assert release is not None, findings
    return release


@cache
def examples() -> list[Any]:
    return [example.answers for example in shipped().service.examples.values() if not example.problems]


@given(schemas(), st.lists(VALUES, min_size=1, max_size=6))
def test_draft_07_accepts_the_same_unless_the_report_says_otherwise(schema: Any, values: list[Any]) -> None:
    new = jsonschema.Draft202012Validator(schema)
    translated, notes = to_draft_07(schema)
    jsonschema.Draft7Validator.check_schema(translated)
    old = jsonschema.Draft7Validator(translated)
    lost = {note.code for note in notes if note.outcome == "dropped"}
    for value in values:
        if lost <= {"without-effect"}:
            assert new.is_valid(value) == old.is_valid(value), (translated, value)
        elif "not" not in json.dumps(schema) and "oneOf" not in json.dumps(schema) and "if" not in json.dumps(schema):
            # What was dropped were demands, so nothing is refused that was accepted before.
            assert old.is_valid(value) or not new.is_valid(value), (translated, value)


@given(schemas())
def test_every_keyword_is_spoken_for(schema: Any) -> None:
    for translate in (to_draft_07, without_annotations, lambda found: with_codes(found, {})):
        _, notes = translate(schema)
        assert {note.place for note in notes} == {pointer for pointer, _ in keywords_in(schema)}
        assert all(note.code != "not-understood" for note in notes)


def test_references_follow_what_was_moved() -> None:
    schema = {
        "prefixItems": [{"type": "integer"}],
        "items": {"$ref": "#/$defs/a~1b%20c", "title": "beside"},
        "$defs": {"a/b c": {"anyOf": [{"$ref": "#/prefixItems/0"}, {"$ref": "#/dependentSchemas/q"}]}},
        "dependentRequired": {"q": ["r"]},
        "dependentSchemas": {"q": {"minProperties": 1}},
    }
    translated, _ = to_draft_07(schema)
    assert translated["additionalItems"] == {"title": "beside", "allOf": [{"$ref": "#/definitions/a~1b%20c"}]}
    assert translated["definitions"]["a/b c"]["anyOf"] == [{"$ref": "#/items/0"}, {"$ref": "#/dependencies/q/allOf/1"}]
    assert translated["dependencies"]["q"] == {"allOf": [{"required": ["r"]}, {"minProperties": 1}]}


def test_the_shipped_form_in_draft_07_accepts_the_shipped_examples_and_refuses_what_is_wrong() -> None:
    derived = draft_07(shipped())
    schema = derived.files[f"{SHIPPED}/form/data.schema.json"]
    validator = jsonschema.Draft7Validator(schema)
    original = jsonschema.Draft202012Validator(shipped().service.form.schema)
    assert len(derived.files) == 1 + len(shipped().task_forms)
    for answers in examples():
        answers = {name: value for name, value in answers.items() if name != "materials"}
        for wrong in (answers, {**answers, "applicant": {**answers["applicant"], "name": 1}}, {}, []):
            assert validator.is_valid(wrong) == original.is_valid(wrong)


def test_the_schemas_without_annotations_mean_the_same_but_for_code_lists() -> None:
    derived = strip_x(shipped())
    assert '"x-' not in json.dumps(list(derived.files.values()))
    lost = {note.construct for note in derived.notes if note.outcome == "dropped"}
    assert {"x-codelist", "x-money", "x-sensitive"} <= lost
    assert all(name.startswith("x-") for name in lost)


def test_inline_code_lists_refuse_what_only_our_server_would_refuse() -> None:
    schema = inline_codelists(shipped()).files[f"{SHIPPED}/form/data.schema.json"]
    assert "x-codelist" not in json.dumps(schema)
    validator = jsonschema.Draft202012Validator(schema)
    plain = jsonschema.Draft202012Validator(shipped().service.form.schema)
    answers = next(found for found in examples() if "gender" in json.dumps(found))
    wrong = json.loads(json.dumps(answers).replace('"ethnicity": "01"', '"ethnicity": "nobody"'))
    assert wrong != answers
    assert plain.is_valid(wrong) == plain.is_valid(answers)
    assert not validator.is_valid(wrong)


def test_the_openapi_document_describes_what_an_application_may_be() -> None:
    document = openapi(shipped()).files["openapi.json"]
    assert document["openapi"].startswith("3.1")
    assert set(document) <= {"openapi", "info", "jsonSchemaDialect", "servers", "paths", "webhooks", "components", "tags"}
    (operation,) = (item["post"] for item in document["paths"].values())
    assert all("description" in response for response in operation["responses"].values())
    assert all(references_lead_somewhere(document))
    body = {"$ref": "#/components/schemas/Application", "components": document["components"]}
    validator = jsonschema.Draft202012Validator(body)
    for answers in examples():
        answers = {name: value for name, value in answers.items() if name != "materials"}
        assert list(validator.iter_errors(answers)) == []
    assert not validator.is_valid({"applicant": 1})
    operations = {f"{slot}.{name}" for slot, found in shipped().service.connectors.items() for name in found.operations}
    assert set(document["webhooks"]) == operations


def references_lead_somewhere(document: Any) -> Any:
    waiting = [document]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            if isinstance(found.get("$ref"), str):
                target = document
                for step in found["$ref"].removeprefix("#/").split("/"):
                    target = target[step.replace("~1", "/").replace("~0", "~")]
                yield target is not None
            waiting += found.values()
        elif isinstance(found, list):
            waiting += found


@pytest.mark.parametrize("name", sorted(shipped().service.tables))
def test_a_shipped_table_comes_back_from_dmn_as_it_was(name: str) -> None:
    table = shipped().service.tables[name]
    ledger = Ledger()
    read = read_dmn(table_xml(table, table_id=name, ledger=ledger).encode())
    assert list(read.tables) == [name]
    assert same(read.tables[name], table)
    assert [note for note in ledger.notes() if note.outcome == "dropped"] == []
    assert [note for note in read.notes if note.outcome == "dropped"] == []


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r", exclude_categories=["Cc", "Cs", "Cn"]), max_size=8)
STRIPPED = TEXT.map(str.strip)
NUMBER = st.integers(-(2**53) + 1, 2**53 - 1)
LOW, HIGH = st.sampled_from(["at_least", "more_than", None]), st.sampled_from(["at_most", "below", None])
CELLS = {
    "bool": st.booleans().map(lambda value: Cell(is_=value)),
    "string": st.lists(TEXT, min_size=1, max_size=3, unique=True).map(lambda codes: Cell(codes=tuple(codes))),
    "int": st.tuples(
        st.sampled_from(["at_least", "more_than", None]), st.sampled_from(["at_most", "below", None]), NUMBER, NUMBER
    )
    .filter(lambda found: found[0] is not None or found[1] is not None)
    .map(lambda found: Cell(**{name: value for name, value in ((found[0], found[2]), (found[1], found[3])) if name})),
}
LITERALS: dict[str, st.SearchStrategy[Any]] = {"bool": st.booleans(), "string": TEXT, "int": NUMBER}


@st.composite
def tables(draw: st.DrawFn) -> DecisionTable:
    kinds = [draw(st.sampled_from(["bool", "int", "string"])) for _ in range(draw(st.integers(1, 3)))]
    outputs = [draw(st.sampled_from(["bool", "int", "string"])) for _ in range(draw(st.integers(1, 2)))]
    rows = [
        Row(
            id=f"row{index}" if draw(st.booleans()) else f"{index} \u884c",
            when={f"in{n}": draw(CELLS[kind]) for n, kind in enumerate(kinds) if draw(st.booleans())},
            then={f"out{n}": draw(LITERALS[kind]) for n, kind in enumerate(outputs)},
            reason=draw(STRIPPED),
            source=draw(STRIPPED) or None,
        )
        for index in range(draw(st.integers(0, 4)))
    ]
    expression = st.sampled_from(["visit.amount", "a < b && c", "x == '<&>\"'"])
    return DecisionTable(
        title=draw(STRIPPED),
        hit=draw(st.sampled_from(["unique", "first", "collect"])),
        inputs={
            f"in{n}": Input(title=draw(STRIPPED) or "t", expression=draw(expression), type=kind, order=n + 1)  # type: ignore[arg-type]
            for n, kind in enumerate(kinds)
        },
        outputs={f"out{n}": Output(title=draw(STRIPPED) or "t", type=kind, order=n + 1) for n, kind in enumerate(outputs)},  # type: ignore[arg-type]
        rows=tuple(rows),
    )


@given(tables())
def test_any_table_comes_back_from_dmn_as_it_was(table: DecisionTable) -> None:
    read = read_dmn(table_xml(table, table_id="any_table", ledger=Ledger()).encode())
    assert same(read.tables["any_table"], table), read


def same(one: DecisionTable, other: DecisionTable) -> bool:
    """Whether two tables are the same but for the numbers that put their columns in order."""
    return normal(one) == normal(other)


def normal(table: DecisionTable) -> Any:
    columns = [
        [(name, column.title, column.type, column.codelist, getattr(column, "expression", "")) for name, column in ordered(found)]
        for found in (table.inputs, table.outputs)
    ]
    return table.title or "any_table", table.hit, columns, table.rows, table.source


def ordered(columns: dict[str, Any]) -> Any:
    return sorted(columns.items(), key=lambda pair: pair[1].order)


FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20180521/MODEL/" name="dish" namespace="http://camunda.org/schema/1.0/dmn">
  <inputData id="season_data" name="Season"/>
  <decision id="dish" name="Dish">
    <informationRequirement><requiredInput href="#season_data"/></informationRequirement>
    <decisionTable id="dt" hitPolicy="{policy}">
      <input id="i1" label="Season"><inputExpression typeRef="string"><text>season</text></inputExpression></input>
      <input id="i2" label="Guests"><inputExpression typeRef="integer"><text>guestCount</text></inputExpression></input>
      <output id="o1" label="Dish" name="desiredDish" typeRef="string"/>
      <rule id="r1"><inputEntry><text>"Fall","Winter"</text></inputEntry><inputEntry><text>&lt;= 8</text></inputEntry>
        <outputEntry><text>"Spareribs"</text></outputEntry></rule>
      <rule id="r2"><inputEntry><text>-</text></inputEntry><inputEntry><text>[9..12],20</text></inputEntry>
        <outputEntry><text>"Stew"</text></outputEntry></rule>
      <rule id="r3"><inputEntry><text>not("Winter")</text></inputEntry><inputEntry><text>-</text></inputEntry>
        <outputEntry><text>"Salad"</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>"""


def test_a_table_of_other_software_is_read_and_what_it_cannot_say_here_is_reported() -> None:
    read = read_dmn(FOREIGN.format(policy="UNIQUE").encode())
    (table,) = read.tables.values()
    assert [(row.id, row.when) for row in table.rows] == [
        ("r1", {"i1": Cell(codes=("Fall", "Winter")), "i2": Cell(at_most=8)}),
        ("r2", {"i2": Cell(at_least=9, at_most=12)}),
        ("r2_2", {"i2": Cell(at_least=20, at_most=20)}),
    ]
    reported = {(note.construct, note.code) for note in read.notes if note.outcome != "carried"}
    assert reported == {
        ("Season", "no-decision-table"),
        ("informationRequirement", "requirement-not-kept"),
        ("r2", "row-split"),
        ("r3", "row-not-expressible"),
    }


@pytest.mark.parametrize(
    ("policy", "hit", "outcome"),
    [("ANY", "first", "approximated"), ("RULE ORDER", "collect", "approximated"), ("PRIORITY", "", "dropped")],
)
def test_hit_policies_of_others_are_reported(policy: str, hit: str, outcome: str) -> None:
    read = read_dmn(FOREIGN.format(policy=policy).encode())
    assert [table.hit for table in read.tables.values()] == ([hit] if hit else [])
    assert any(note.outcome == outcome and note.construct == policy for note in read.notes)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not-xml"),
        (b"\xff\xfe<", "not-utf-8"),
        (b"<definitions>", "not-xml"),
        (b"<html/>", "not-dmn"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><definitions>&b;</definitions>', "document-type"),
        (b"<definitions>" + b"<a>" * 200_000, "not-xml"),
        (b" " * 6_000_000, "too-large"),
    ],
)
def test_what_is_no_dmn_has_no_tables_and_says_why(content: bytes, code: str) -> None:
    read = read_dmn(content)
    assert read.tables == {}
    assert [note.code for note in read.notes] == [code]


def test_a_service_without_tables_and_other_systems_has_all_targets() -> None:
    release, _ = compile_release(service({}), SMALL, "110000")
    assert release is not None
    assert openapi(release).files["openapi.json"]["webhooks"] == {}

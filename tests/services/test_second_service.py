"""A service that has nothing in common with the shipped one but the program: what its documents say is what happens."""

from __future__ import annotations

import contextlib
import copy
import json
from datetime import UTC, date, datetime
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from driving import Drive, first, last
from jsonschema import Draft202012Validator
from newborn_service import (
    CARD,
    CERTIFICATE,
    ENROLMENT,
    ENTRY,
    REGION,
    SERVICE,
    SHIPPED_REGION,
    SHIPPED_SERVICE,
    compiled,
    documents,
    examples,
    own_documents,
    release,
    shipped_documents,
    walks,
)

from server.cases.report import Asked, Told, Trial, TrialCase
from server.cases.trial import run_trial
from server.checks.run import run_checks
from server.checks.subject import compile_subject
from server.cli.commands import APP
from server.definitions.process import AnyNode, Call, Each, Fork, Join, Subprocess, Task, Wait
from server.definitions.service import documents_of, place_of
from server.exports.folder import write_trees
from server.exports.meta import meta_documents, schema_name
from server.findings import Finding

MORNING = datetime(2026, 3, 2, 1, tzinfo=UTC)


@cache
def meta_schemas() -> dict[str, Any]:
    return meta_documents()


def walked(name: str) -> Trial:
    found = walks()[name]
    today = date.fromisoformat(found["today"])
    return run_trial(release(), region=found["region"], answers=found["answers"], walk=found["walk"], today=today)


def case_of(trial: Trial, item: str) -> TrialCase:
    return next(case for case in trial.cases if case.item == item)


def findings(changes: dict[str, Any] | None = None) -> tuple[Finding, ...]:
    return run_checks(compile_subject(documents() | (changes or {}), SERVICE, REGION))


def changed(path: str, *pointer: str, value: Any) -> dict[str, Any]:
    """One document with another value at a place."""
    document = copy.deepcopy(own_documents()[path])
    holder = document
    for segment in pointer[:-1]:
        holder = holder[segment]
    holder[pointer[-1]] = value
    return {path: document}


def test_nothing_is_found_wrong_with_it() -> None:
    assert findings() == ()


@pytest.mark.parametrize("path", sorted(path for path in own_documents() if path.endswith(".json") and "/walks/" not in path))
def test_every_document_follows_the_meta_schema_of_its_kind(path: str) -> None:
    place = place_of(path, SERVICE)
    assert place is not None
    name = schema_name(place.kind)
    assert list(Draft202012Validator(meta_schemas()[name]).iter_errors(own_documents()[path])) == []
    (patterns,) = [entry["fileMatch"] for entry in meta_schemas()["catalog.json"]["schemas"] if entry["url"] == f"./{name}"]
    assert any(fnmatch(f"/{path}", pattern) for pattern in patterns)


def test_it_shares_no_field_item_material_or_process_with_the_shipped_service() -> None:
    first, second = compiled(documents(), SHIPPED_SERVICE, SHIPPED_REGION), release()
    assert first.form.fields.keys().isdisjoint(second.form.fields)
    assert first.service.items.items.keys().isdisjoint(second.service.items.items)
    assert first.materials.keys().isdisjoint(second.materials)
    assert first.processes.keys().isdisjoint(second.processes)
    assert first.service.notices.keys().isdisjoint(second.service.notices)


def test_its_processes_use_what_the_shipped_ones_do_not() -> None:
    nodes: list[AnyNode] = [node for process in release().processes.values() for node in process.definition.nodes.values()]
    kinds = {type(node) for node in nodes}
    assert {Fork, Join, Subprocess} <= kinds
    assert any(isinstance(node, Each) and node.process for node in nodes)
    assert any(isinstance(node, Wait) and node.message is None for node in nodes)
    assert any(isinstance(node, Task) and node.actor.region for node in nodes)
    assert any(isinstance(node, Task) and node.on.message for node in nodes)
    assert any(isinstance(node, Task) and node.on.timeout and not node.on.timeout.interrupting for node in nodes)
    called = {node.connector for node in nodes if isinstance(node, Call)}
    connectors = release().service.connectors
    assert {connectors[name].operations[op].asynchronous for name in called for op in connectors[name].operations} == {
        True,
        False,
    }
    assert {table.hit for table in release().service.tables.values()} == {"unique", "collect"}


def test_neither_service_changes_when_the_other_is_there() -> None:
    alone = compiled(shipped_documents(), SHIPPED_SERVICE, SHIPPED_REGION)
    beside = compiled(documents(), SHIPPED_SERVICE, SHIPPED_REGION)
    assert alone.id == beside.id
    lists = [path for path in documents_of(documents(), SERVICE) if "/regions/" in path]
    assert lists == [f"form_schemas/library/regions/{REGION}.json"]


@pytest.mark.parametrize("name", sorted(walks()))
def test_a_walk_ends_as_it_promises(name: str) -> None:
    trial = walked(name)
    assert trial.problems == ()
    assert trial.unused == ()
    assert {case.item: case.end for case in trial.cases} == {item: end["end"] for item, end in walks()[name]["want"].items()}


def test_the_walks_reach_every_result_of_every_item() -> None:
    reached = {(item, end["end"]) for walk in walks().values() for item, end in walk["want"].items() if end["end"]}
    items = release().service.items.items
    assert reached == {(name, code) for name, item in items.items() for code in item.outcomes}


@pytest.mark.parametrize("name", sorted(examples()))
def test_an_example_is_accepted_and_needs_the_materials_it_names(name: str) -> None:
    found = examples()[name]
    trial = run_trial(
        release(), region=found["region"], answers=found["answers"], walk=[], today=date.fromisoformat(found["today"])
    )
    assert trial.problems == ()
    assert [material.id for material in trial.materials if material.due] == found["materials_due"]
    assert len(trial.cases) == len(found["answers"]["request"]["items"])


def test_what_is_wrong_is_told_at_its_place() -> None:
    answers = copy.deepcopy(examples()["twins"]["answers"])
    del answers["newborns"][0]["rank"], answers["father"]["passport_number"], answers["materials"]
    answers["newborns"][1] |= {"name": answers["newborns"][0]["name"], "born_on": "2026-01-01"}
    answers["entry"]["at"]["region"] = "430000"
    trial = run_trial(release(), region="520102", answers=answers, walk=[], today=date(2026, 3, 2))
    assert {(problem.pointer, problem.code) for problem in trial.problems} == {
        ("/father/passport_number", "required-enter"),
        ("/newborns/0/rank", "required-enter"),
        ("/newborns/0/name", "assertion:names_differ"),
        ("/newborns/1/name", "assertion:names_differ"),
        ("/newborns", "assertion:one_birth"),
        ("/entry/at", "assertion:entry_in_province"),
        ("/materials/papers_of_parents", "material-missing"),
        ("/materials/passport_pages", "material-missing"),
    }
    assert trial.cases == ()


def test_a_task_goes_to_the_office_of_the_place_its_rule_names() -> None:
    trial = walked("twins_all")
    entered = case_of(trial, ENTRY)
    assert [(task.agency, task.level, task.region) for task in entered.tasks] == [
        ("public_security", "township", "522634101"),
        ("public_security", "township", "522634101"),
    ]
    assert [(task.level, task.region) for task in case_of(trial, CERTIFICATE).tasks] == [("city", "520100"), ("county", "520102")]


def test_a_supplement_asked_in_a_sub_process_moves_the_case_to_the_corrected_place() -> None:
    entered = case_of(walked("home_supplemented"), ENTRY)
    assert [(task.node, task.region) for task in entered.tasks] == [
        ("look", "522634100"),
        ("look", "522601001"),
        ("enter", "522601001"),
        ("enter_above", "522601"),
    ]


def test_every_row_has_its_own_way_through_the_process_it_runs() -> None:
    card = case_of(walked("twins_all"), CARD)
    asked = [effect.data for effect in card.effects if isinstance(effect, Asked)]
    assert asked == [{"name": "李一诺", "sex": "2"}, {"name": "阮一鸣", "sex": "1"}]
    assert [effect.text for effect in card.effects if isinstance(effect, Told)] == ["阮一鸣的卡已寄出。"]
    assert card.reason == "2 张卡已制好。"


def test_an_item_without_tasks_ends_when_the_other_system_has_answered() -> None:
    enrolled = case_of(walked("twins_all"), ENROLMENT)
    assert (enrolled.unit, enrolled.tasks, enrolled.end) == (None, (), "from_birth")
    assert [decision.row for decision in enrolled.decisions] == ["from_birth"]


def test_all_rows_of_a_collecting_table_that_apply_give_their_outputs_and_reasons() -> None:
    (decision,) = case_of(walked("home_supplemented"), CERTIFICATE).decisions
    assert decision.outputs == {"visit": ["常规随访", "高危儿随访", "上门访视"], "weeks": [4, 1, 2]}
    assert decision.row == "usual,small,home"
    assert decision.reason.splitlines() == ["请按常规体检。", "有 1 名低体重儿，请一周内复查。", "医务人员会上门访视。"]


def test_a_time_out_beside_a_task_reminds_and_leaves_the_task_open() -> None:
    certified = case_of(walked("home_supplemented"), CERTIFICATE)
    sign = next(task for task in certified.tasks if task.node == "sign")
    told = [effect.at for effect in certified.effects if isinstance(effect, Told)]
    assert sign.closed is not None and told[0] < sign.closed
    assert certified.end == "issued"


def test_an_amount_of_a_smaller_region_counts_there() -> None:
    answers = copy.deepcopy(examples()["late_enrolment"]["answers"])
    premiums = {}
    for region in ("520102001", "522634101"):
        answers["residence"]["region"] = region
        trial = run_trial(release(), region=REGION, answers=answers, walk=[], today=date(2026, 3, 2))
        premiums[region] = next(e.data["premium_fen"] for e in trial.cases[0].effects if isinstance(e, Asked))
    assert premiums == {"520102001": 40000, "522634101": 38000}


def test_a_field_of_a_row_needs_to_be_declared_before_it_is_sent() -> None:
    maker = f"process_defs/{SERVICE}/connectors/card_maker.json"
    place = ("operations", "make", "data_scope")
    found = findings(changed(maker, *place, value=["newborns[].name"]))
    assert [(one.code, one.pointer, one.params["field"]) for one in found] == [
        ("field-beyond-scope", "/nodes/order/request/sex", "newborns[].sex")
    ]


def test_a_name_in_a_row_is_never_shown_to_the_public() -> None:
    notice = f"process_defs/{SERVICE}/notices/sent.json"
    process = f"process_defs/{SERVICE}/one_card.process.json"
    public = changed(notice, "channel", value="public")
    shown = {
        "kind": "notice",
        "notice": "sent",
        "level": "county",
        "period": {"days": 3},
        "next": "handed",
    }
    found = findings(public | changed(process, "nodes", "tell_sent", value=shown))
    assert ("private-in-public", "/text", "newborns[].name") in {(f.code, f.pointer, f.params.get("field")) for f in found}


@pytest.mark.parametrize("name", ["logic.json", "materials.json", "parameters.json"])
def test_a_document_that_a_service_can_do_without_need_not_be_there(name: str) -> None:
    without = {path: value for path, value in documents().items() if not (SERVICE in path and path.endswith(f"/{name}"))}
    assert "missing-document" not in {finding.code for finding in run_checks(compile_subject(without, SERVICE, REGION))}


def test_a_service_needs_an_id_that_can_be_an_address() -> None:
    moved = {path.replace(SERVICE, "guizhou"): value for path, value in own_documents().items()}
    found = run_checks(compile_subject(shipped_documents() | moved, "guizhou", REGION))
    assert "bundle-id-form" in {finding.code for finding in found}


@pytest.mark.parametrize("name", sorted(examples()))
@pytest.mark.parametrize("seed", range(12))
def test_every_case_ends_whatever_officials_systems_and_time_do(name: str, seed: int) -> None:
    chance = Random(seed)
    choose = (first, last, chance.choice)[seed % 3]
    drive = Drive(
        release(), examples()[name]["answers"], now=MORNING, choose=choose, typed={"number": "A520000001"}, chance=chance
    )
    assert drive.problems == ()
    for item, end in drive.to_the_end().items():
        assert end in release().service.items.items[item].outcomes


def test_the_command_line_checks_and_tries_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_trees(documents(), tmp_path)
    command(["check", str(tmp_path), "--json"])
    assert json.loads(capsys.readouterr().out) == []
    walk, answers = walks()["late_enrolment"], tmp_path / "answers.json"
    answers.write_text(json.dumps(walk["answers"]), encoding="utf-8")
    (tmp_path / "walk.json").write_text(json.dumps(walk["walk"]), encoding="utf-8")
    options = ["--answers", str(answers), "--walk", str(tmp_path / "walk.json"), "--today", walk["today"], "--json"]
    command(["try", SERVICE, "--region", walk["region"], "--trees", str(tmp_path), *options])
    assert json.loads(capsys.readouterr().out)["cases"][0]["end"] == "from_payment"


def command(arguments: list[str]) -> None:
    """Runs a command that succeeds."""
    with contextlib.suppress(SystemExit):
        assert APP(arguments) in (None, 0)

"""Opponents do the work they are measured for."""

from __future__ import annotations

import asyncio
import http.client
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.bench.applications import flat_fields, spoilt
from server.bench.installation import settings_of
from server.bench.load import Plan, measure, request, run_load
from server.bench.opponents.obvious_stack import DATABASE as OBVIOUS_DATABASE
from server.bench.opponents.obvious_stack import instance_of
from server.bench.opponents.raw_sqlite import TABLES, RawLoop, stored_rows
from server.bench.opponents.spiff import SpiffStore
from server.bench.opponents.wtforms_page import WtformsPage
from server.bench.stage import Stage
from server.bench.subject import Subject
from server.bench.walks import longest_walk
from server.store.migrating import DATABASE
from server.types import JsonValue


def encoded(instance: JsonValue) -> bytes:
    return msgspec.json.encode(instance)


def without_empty(value: Any) -> Any:
    """The value without empty lists and objects, which no form posts."""
    if isinstance(value, dict):
        return {name: without_empty(member) for name, member in value.items() if member not in ({}, [])}
    return [without_empty(member) for member in value] if isinstance(value, list) else value


def posted(port: int, path: str, body: bytes, headers: dict[str, str]) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("POST", path, body, {"content-type": "application/json", **headers})
        return connection.getresponse().status


def test_the_bare_loop_writes_the_rows_of_as_many_applications(stage: Stage, tmp_path: Path) -> None:
    database = settings_of(tmp_path).folder / DATABASE
    with closing(RawLoop(database, stage.rows)) as raw:
        raw.rate(most=6, seconds=60, together=3)
    ours = Counter(row.table for row in stage.rows)
    assert Counter(row.table for row in stored_rows(database)) == {table: 6 * number for table, number in ours.items()}
    assert {"applications", "cases", "tasks", "task_contents", "events"} <= ours.keys() <= set(TABLES)


def test_the_obvious_stack_accepts_what_is_valid_and_stores_as_many_rows(stage: Stage) -> None:
    subject, port = stage.subject, stage.obvious_port
    cookie = {"cookie": f"session={stage.installation.visitors[0].token}"}
    database = stage.folder / "obvious" / OBVIOUS_DATABASE

    def rows() -> int:
        with closing(sqlite3.connect(database)) as connection:
            tables = ("applications", "cases", "tasks", "details", "events")
            return sum(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables)

    before = rows()
    valid = subject.instance(subject.plainest)
    assert posted(port, "/applications", encoded(valid), cookie) == 201
    assert rows() - before == len(stage.rows)
    assert posted(port, "/applications", encoded(spoilt(subject.release.form, valid)), cookie) == 422
    assert posted(port, "/applications", encoded(valid), {}) == 401
    assert rows() - before == len(stage.rows)


def test_ours_refuses_what_is_wrong_or_not_signed_in(stage: Stage) -> None:
    subject = stage.subject
    headers = {"cookie": stage.cookies[0], "x-csrf": stage.csrf_tokens[0]}
    valid = encoded(subject.instance(subject.plainest))
    wrong = encoded(spoilt(subject.release.form, subject.instance(subject.plainest)))
    path = "/bench/applications"
    assert posted(stage.port, path, valid, headers) == 201
    assert posted(stage.port, path, wrong, headers) == 422
    assert posted(stage.port, path, valid, {**headers, "x-csrf": stage.csrf_tokens[1]}) == 403
    assert posted(stage.port, path, valid, {"x-csrf": stage.csrf_tokens[0]}) == 401


@pytest.mark.parametrize("name", ["fullest", "plainest"])
def test_flat_fields_are_read_back_as_the_instance(subject: Subject, name: str) -> None:
    instance = subject.instance(getattr(subject, name))
    fields: dict[str, list[str]] = {}
    for pointer, text in flat_fields(instance):
        fields.setdefault(pointer, []).append(text)
    found = instance_of(subject.release.form.schema, fields)
    assert subject.release.form.validator.is_valid(found)
    assert without_empty(found) == without_empty(instance)


def test_no_two_applications_are_alike(subject: Subject) -> None:
    made = [encoded(subject.instance(subject.plainest)) for _ in range(50)]
    assert len(set(made)) == len(made)


def test_the_other_engine_follows_the_walk_to_its_end(subject: Subject, tmp_path: Path) -> None:
    walk = longest_walk(subject.release, subject.documents)
    assert len(walk.moves) > 5
    with closing(SpiffStore(tmp_path / "spiff.sqlite3", walk.nodes)) as store:
        workflow = store.open(1, walk.opening)
        for move in walk.moves:
            assert not workflow.is_completed()
            store.step(1, workflow, move.way)
        assert workflow.is_completed()


def test_the_other_forms_have_a_control_for_every_input(subject: Subject) -> None:
    settled, problems = subject.faulty()
    html = WtformsPage(subject.whole.form, settled).html(settled, problems)
    ours = subject.whole.html(settled, problems).decode()
    for control in ("<option", "<select", 'type="radio"', 'type="checkbox"', "<textarea"):
        assert html.count(control) == pytest.approx(ours.count(control), rel=0.15), control


def test_a_load_with_an_unexpected_answer_ends_the_program(stage: Stage) -> None:
    plan = Plan(port=stage.port, connections=2, seconds=60, requests=[request("GET", "/nowhere") for _ in range(5)])
    assert asyncio.run(measure(plan)).statuses == {404: 5}
    with pytest.raises(SystemExit, match="404"):
        run_load(plan, status=200)

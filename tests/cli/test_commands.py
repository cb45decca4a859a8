"""The command line as a machine uses it, on data of its own."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import pytest

from server.cli.commands import APP
from server.settings import Settings, make_keys, read_settings
from server.store import open_store

ROOT = Path(__file__).resolve().parents[2]
SERVICE = "shanxi/social_assistance"
EXAMPLES = ROOT / "form_schemas" / SERVICE / "examples"
#: What an export adds to the documents.
OWN_FILES = {"manifest.json", "signature.json"}
WALKS = ROOT / "process_defs" / SERVICE / "walks"


class Ran(NamedTuple):
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def onething(*arguments: str | Path, data: Path | None = None, stdin: str = "") -> Ran:
    """Runs one command as its process would, in this one."""
    out, err = io.StringIO(), io.StringIO()
    environment = {name: value for name, value in os.environ.items() if name != "ONETHING_DATA"}
    status: object = 0
    with (
        mock.patch.dict(os.environ, environment | ({"ONETHING_DATA": str(data)} if data else {}), clear=True),
        mock.patch("sys.stdin", io.StringIO(stdin)),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        contextlib.chdir(ROOT),
    ):
        try:
            status = APP([str(argument) for argument in arguments])
        except SystemExit as end:
            status = end.code
    return Ran(status if isinstance(status, int) else 0 if status is None else 1, out.getvalue(), err.getvalue())


def answer_of(result: Ran) -> Any:
    assert result.stdout, result.stderr
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped trees that a test may change."""
    folder = tmp_path_factory.mktemp("trees")
    for tree in ("form_schemas", "process_defs"):
        shutil.copytree(ROOT / tree, folder / tree)
    return folder


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with the shipped service published."""
    data = tmp_path_factory.mktemp("data")
    assert onething("init", data=data).returncode == 0
    result = onething("publish", "--json", data=data)
    assert result.returncode == 0, result.stderr + result.stdout
    return data


def changed(trees: Path, document: str, before: str, after: str, tmp_path: Path) -> Path:
    """A copy of the trees with one text replaced in one document."""
    copy = tmp_path / "changed"
    shutil.copytree(trees, copy)
    text = (copy / document).read_text(encoding="utf-8")
    assert before in text
    (copy / document).write_text(text.replace(before, after, 1), encoding="utf-8")
    return copy


def test_the_shipped_documents_have_no_findings() -> None:
    result = onething("check", "form_schemas", "process_defs", "--json")
    assert answer_of(result) == []
    assert result.returncode == 0


@pytest.mark.parametrize(
    ("document", "before", "after", "code"),
    [
        (
            f"form_schemas/{SERVICE}/form/logic.json",
            "applicant.registered_address.region",
            "applicant.registered_adress.region",
            "",
        ),
        (f"process_defs/{SERVICE}/intake.process.json", '"next": "dispatch"', '"next": "despatch"', ""),
        (
            f"form_schemas/{SERVICE}/form/data.schema.json",
            '"x-codelist": "gender"',
            '"x-codelist": "genders"',
            "unknown-codelist",
        ),
    ],
)
def test_a_slip_in_a_document_is_named_with_file_line_pointer_and_remedy(
    trees: Path, tmp_path: Path, document: str, before: str, after: str, code: str
) -> None:
    result = onething("check", changed(trees, document, before, after, tmp_path), "--json")
    errors = [finding for finding in answer_of(result) if finding["severity"] == "error"]
    mine = [finding for finding in errors if finding["path"] == document]
    assert result.returncode == 1
    assert mine, errors
    assert all(finding["pointer"] and finding["line"] and finding["message"] for finding in mine)
    assert not code or code in {finding["code"] for finding in mine}


def test_a_file_that_is_no_json_is_one_finding_with_its_line(trees: Path, tmp_path: Path) -> None:
    document = f"process_defs/{SERVICE}/items.json"
    copy = changed(trees, document, '"items": {', '"items": {,', tmp_path)
    findings = answer_of(onething("check", copy, "--json"))
    assert ("not-json", document) in {(finding["code"], finding["path"]) for finding in findings}
    assert all(finding["line"] for finding in findings if finding["code"] == "not-json")


def test_an_application_is_tried_in_memory_to_its_end(tmp_path: Path) -> None:
    walk = json.loads((WALKS / "low_income_subsistence_allowance.json").read_text(encoding="utf-8"))
    (tmp_path / "answers.json").write_text(json.dumps(walk["answers"]), encoding="utf-8")
    (tmp_path / "walk.json").write_text(json.dumps(walk["walk"]), encoding="utf-8")
    result = onething(
        "try", SERVICE, "--region", walk["region"], "--answers", tmp_path / "answers.json", "--walk", tmp_path / "walk.json",
        "--today", walk["today"], "--json",
    )  # fmt: skip
    tried = answer_of(result)
    assert tried["problems"] == []
    (case,) = tried["cases"]
    assert set(case) >= {"item", "unit", "tasks", "decisions", "effects", "end", "reason", "workdays_used"}
    assert case["end"] == "subsistence_allowance"
    assert case["reason"]
    assert [task["node"] for task in case["tasks"]][:1] == ["accept"]


def test_what_is_wrong_with_an_application_is_listed_with_pointer_code_and_message(tmp_path: Path) -> None:
    answers = json.loads((EXAMPLES / "family_of_six.json").read_text(encoding="utf-8"))["answers"]
    answers["applicant"]["id_number"] = answers["applicant"]["id_number"][:-1] + "0"
    (tmp_path / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
    result = onething("try", SERVICE, "--region", "140105", "--answers", tmp_path / "answers.json", "--json")
    tried = answer_of(result)
    assert "/applicant/id_number" in {problem["pointer"] for problem in tried["problems"]}
    assert all(problem["code"] and problem["message"] for problem in tried["problems"])
    assert tried["cases"] == []


@pytest.mark.parametrize("content", ["", "[1, 2", "[]", "null", '"text"', "{}"])
def test_answers_of_any_other_shape_are_problems_or_a_message_never_a_trace(tmp_path: Path, content: str) -> None:
    (tmp_path / "answers.json").write_text(content, encoding="utf-8")
    result = onething("try", SERVICE, "--region", "140105", "--answers", tmp_path / "answers.json", "--json")
    assert "Traceback" not in result.stderr
    assert result.stderr or answer_of(result)["problems"]


def test_export_and_import_of_the_same_documents_change_nothing_and_are_identical(installation: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    assert onething("export", SERVICE, "--to", one, data=installation).returncode == 0
    (report,) = answer_of(onething("import", one, "--json", data=installation))
    assert report["changes"] == 0
    assert onething("export", SERVICE, "--to", two, data=installation).returncode == 0
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(two) for path in two.rglob("*") if path.is_file())
    assert all((one / path).read_bytes() == (two / path).read_bytes() for path in files)
    assert all((one / path).read_bytes() == (ROOT / path).read_bytes() for path in files if path.name not in OWN_FILES)


def test_a_dry_run_reports_the_change_and_an_import_makes_it_once(installation: Path, trees: Path, tmp_path: Path) -> None:
    document = f"process_defs/{SERVICE}/notices/accepted.json"
    copy = changed(trees, document, "受理告知", "受理的告知", tmp_path)
    for _ in range(2):
        (planned,) = answer_of(onething("import", copy, "--dry-run", "--json", data=installation))
        assert (planned["changes"], planned["changed"], planned["release"]) == (1, [document], "")
    (made,) = answer_of(onething("import", copy, "--unsigned", "--json", data=installation))
    assert made["release"].startswith("sha256:")
    (again,) = answer_of(onething("import", copy, "--unsigned", "--json", data=installation))
    assert again["changes"] == 0
    (difference,) = answer_of(onething("diff", ROOT, SERVICE, "--json", data=installation))["changes"]
    assert (difference["path"], difference["pointer"]) == (document, "/title")
    assert (difference["before"], difference["after"]) == ("受理告知", "受理的告知")
    said = onething("diff", ROOT, SERVICE, data=installation).stdout
    assert said.splitlines() == ["通知“受理告知”更名为“受理的告知”", "1 differences"]


def test_documents_with_an_error_are_not_published(installation: Path, trees: Path, tmp_path: Path) -> None:
    copy = changed(trees, f"process_defs/{SERVICE}/intake.process.json", '"next": "dispatch"', '"next": "despatch"', tmp_path)
    result = onething("import", copy, "--unsigned", "--json", data=installation)
    assert result.returncode == 1
    assert any(finding["severity"] == "error" for finding in answer_of(result))


def test_serving_without_keys_of_its_own_is_refused_with_the_remedy(tmp_path: Path) -> None:
    result = onething("serve", data=tmp_path)
    assert result.returncode != 0
    assert "onething init" in result.stderr
    assert not list(tmp_path.iterdir())


def test_serving_the_data_of_a_demonstration_is_refused(tmp_path: Path) -> None:
    make_keys(tmp_path, demo=True)
    result = onething("serve", data=tmp_path)
    assert result.returncode != 0
    assert "demonstration" in result.stderr


def test_other_commands_work_on_the_data_of_a_demonstration(tmp_path: Path) -> None:
    make_keys(tmp_path, demo=True)
    assert onething("migrate", data=tmp_path).returncode == 0
    assert onething("publish", data=tmp_path).returncode == 0


def test_an_account_needs_a_password_of_some_length_and_a_name_of_its_own(installation: Path) -> None:
    arguments = (
        "account",
        "add",
        "--kind",
        "administrator",
        "--login",
        "wang",
        "--name",
        "Wang",
        "--region",
        "140000",
        "--password-stdin",
    )
    assert onething(*arguments, data=installation, stdin="short\n").returncode == 1
    assert onething(*arguments, data=installation, stdin="long enough\n").returncode == 0
    second = onething(*arguments, data=installation, stdin="long enough\n")
    assert second.returncode == 1
    assert "wang" in second.stderr


def test_an_administrator_may_be_added_as_an_approver(installation: Path) -> None:
    common = ("account", "add", "--login", "zhao", "--name", "Zhao", "--region", "140000", "--password-stdin")
    common += ("--role", "approver")
    official = ("--kind", "official", "--agency", "civil_affairs", "--level", "province")
    assert onething(*common, *official, data=installation, stdin="long enough\n").returncode != 0
    assert onething(*common, "--kind", "administrator", data=installation, stdin="long enough\n").returncode == 0

    async def roles() -> tuple[str, ...]:
        settings = read_settings({}, installation)
        assert isinstance(settings, Settings)
        store = await open_store(installation, settings.keys)
        account = await store.account_by_login("administrator", "zhao")
        await store.close()
        assert account is not None
        return account.roles

    assert asyncio.run(roles()) == ("approver",)


def test_the_installed_command_answers() -> None:
    command = [sys.executable, "-c", "from server.cli import main; main()", "--version"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert result.returncode == 0
    assert result.stdout.strip()


def test_a_difference_is_told_in_the_language_asked_for_with_what_it_touches(trees: Path, tmp_path: Path) -> None:
    copy = changed(trees, f"process_defs/{SERVICE}/notices/accepted.json", "受理告知", "受理的告知", tmp_path)
    said = onething("diff", trees, copy, "--lang", "en").stdout
    assert said.splitlines() == ["notice “受理告知” renamed to “受理的告知”", "1 differences"]
    (line,) = answer_of(onething("diff", trees, copy, "--impact", "--json"))["changes"]
    assert line["impact"]["regions"] == []
    reworded = changed(copy, f"process_defs/{SERVICE}/notices/accepted.json", "按规定办理", "尽快办理", tmp_path / "again")
    (line,) = answer_of(onething("diff", copy, reworded, "--impact", "--json"))["changes"]
    assert (line["topic"], line["impact"]["regions"]) == ("text", ["140100"])


def test_regions_of_a_folder_differ_by_their_overlays(trees: Path) -> None:
    result = answer_of(onething("diff", trees, f"{trees}@140100", "--json"))["changes"]
    assert {"field", "material", "promised_limit"} <= {one["topic"] for one in result}
    assert onething("diff", trees, "no/such").returncode == 2


def test_replaying_without_cases_looks_at_none(installation: Path, tmp_path: Path) -> None:
    report = answer_of(onething("replay", SERVICE, "--json", data=installation))
    assert (report["looked"], report["differing"], report["groups"]) == (0, 0, [])
    tried = onething("replay", f"{SERVICE}@140100", "--folder", ROOT, "--lang", "en", data=installation)
    assert tried.stdout.startswith("0 of 0 cases would differ"), tried.stderr
    assert onething("replay", SERVICE, "--draft", data=installation).returncode == 2
    assert onething("replay", "no/such", data=installation).returncode == 2


def test_a_reader_that_has_seen_enough_ends_a_long_report_without_a_traceback() -> None:
    command = [sys.executable, "-c", "from server.cli.commands import main; main()", "diff", "form_schemas", "tests/services"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as ran:
        assert ran.stdout is not None and ran.stderr is not None
        ran.stdout.close()
        assert ran.stderr.read() == b""
        assert ran.wait() == 1

"""The command sheet: blank, filled, of another service, and what it says when it cannot print."""

from __future__ import annotations

import io
import json
from pathlib import Path
from unittest import mock

import pypdf
import pytest

from server.documents.text import pretty_bytes
from tests.any_service import ANSWERS, service
from tests.any_service import SERVICE as ANY
from tests.cli.test_commands import EXAMPLES, SERVICE, onething


def read(path: Path) -> str:
    pages = pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def test_a_form_is_printed_blank_and_filled(tmp_path: Path) -> None:
    blank, filled = tmp_path / "new" / "blank.pdf", tmp_path / "filled.pdf"
    example = EXAMPLES / "student_loan.json"
    told = json.loads(example.read_text(encoding="utf-8"))["answers"]["applicant"]
    assert onething("sheet", SERVICE, "--to", blank).returncode == 0
    assert onething("sheet", SERVICE, "--to", filled, "--answers", example).returncode == 0
    assert told["id_number"] in read(filled)
    assert told["id_number"] not in read(blank)


def test_a_service_without_a_sheet_is_printed_from_its_layout(tmp_path: Path) -> None:
    for path, value in service({"hobby": {"type": "string", "title": "Hobby"}}).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(pretty_bytes(value))
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"own": ANSWERS, "hobby": "Chess"}), encoding="utf-8")
    printed = onething("sheet", ANY, "--to", tmp_path / "any.pdf", "--answers", answers, "--trees", tmp_path)
    assert printed.returncode == 0, printed
    assert "Chess" in read(tmp_path / "any.pdf")


@pytest.mark.parametrize("content", ["[]", "no JSON", '{"answers": 5}'])
def test_answers_that_are_none_are_named(tmp_path: Path, content: str) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(content, encoding="utf-8")
    refused = onething("sheet", SERVICE, "--to", tmp_path / "form.pdf", "--answers", answers)
    assert refused.returncode != 0
    assert str(answers) in refused.stderr
    assert not (tmp_path / "form.pdf").exists()


def test_without_a_font_nothing_is_printed_and_it_says_what_to_install(tmp_path: Path) -> None:
    with mock.patch("server.cli.printing.has_font", return_value=False):
        refused = onething("sheet", SERVICE, "--to", tmp_path / "form.pdf")
    assert refused.returncode != 0
    assert "fonts-noto-cjk" in refused.stderr
    assert not (tmp_path / "form.pdf").exists()

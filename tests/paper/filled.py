"""Sheets of the shipped service with the answers of its examples, and what can be read on them."""

from __future__ import annotations

import copy
import io
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pypdf

from server.exports.folder import read_trees
from server.forms.data import from_instance
from server.forms.settle import Settled, settle
from server.paper.answers import Answers
from server.paper.content import Paper
from server.paper.press import printed
from server.paper.sheets import sheet_paper
from server.releases import Release, compile_release

ROOT = Path(__file__).resolve().parents[2]
SERVICE, REGION = "shanxi/social_assistance", "140000"
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
EIGHT = "family_of_eight"


@cache
def release(region: str = REGION) -> Release:
    made, findings = compile_release(read_trees(ROOT).documents, SERVICE, region)
    assert made is not None, findings
    return made


def example(name: str = EIGHT) -> dict[str, Any]:
    return copy.deepcopy(release().service.examples[name].answers)


def family_of(members: int) -> dict[str, Any]:
    """An application of a household of this many, each with a name of their own."""
    answers = example()
    first = answers["household_members"][0]
    answers["household_members"] = [{**first, "name": f"第{number}位成员"} for number in range(1, members)]
    answers["applicant"]["household_size"] = members
    return answers


def settled(answers: dict[str, Any], of: Release | None = None) -> Settled:
    made = of or release()
    keys = (f"r{number}" for number in count(1))
    data = from_instance(answers, ((field.group, field.path) for field in made.form.fields.values()), keys)
    return settle(made.form, data, made.context(made.region, NOW))


def paper_of(answers: dict[str, Any], of: Release | None = None, **options: Any) -> Paper:
    made = of or release()
    return sheet_paper(made, Answers(made.form, settled(answers, made)), **options)


def bare(text: str) -> str:
    """A text without any space, in which lines may be broken anywhere."""
    return "".join(character for character in text if not character.isspace() and character not in "\u200b\u00a0")


def words_on(paper: Paper) -> str:
    """Everything that can be read on the pages, without spaces."""
    reader = pypdf.PdfReader(io.BytesIO(printed(paper)))
    return bare("".join(page.extract_text() for page in reader.pages))


def pages_of(paper: Paper) -> list[str]:
    return [bare(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(printed(paper))).pages]

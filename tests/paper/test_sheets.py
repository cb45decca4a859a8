"""The printed form holds every label and every answer, however many people a family has and whatever they write."""

from __future__ import annotations

import io
from collections import Counter

import msgspec
import pypdf
import pytest
from filled import EIGHT, bare, example, family_of, pages_of, paper_of, release, settled, words_on

from server.cases.views import scoped_fields
from server.forms.summary import SummaryGroup, summary
from server.messages import paper as words
from server.paper.answers import Answers
from server.paper.content import PrintedGrid, PrintedText
from server.paper.press import has_font, printed
from server.paper.sheets import MOST_ROWS, fields_of, sheet_of, sheet_paper

#: Fields whose label on the paper is another, as the official form has it, or that are printed as a picture or a box.
OTHERWISE = {"applicant.photo"}


def rows(groups: tuple[SummaryGroup, ...]) -> list[tuple[str, str, str]]:
    """Field, label and text of every answer."""
    found = []
    for group in groups:
        found += [(row.id, row.label, row.text) for row in group.rows]
        found += rows(group.groups)
    return found


def labels_given() -> set[str]:
    """Fields that stand under a label of the sheet's own, or in the cell of another field."""
    found = set(OTHERWISE)
    for block in sheet_of(release()).blocks:
        for cell in getattr(block, "cells", ()):
            found.update((cell.field, *cell.also) if cell.label else cell.also)
        found.update([getattr(block, "field", None) or ""])
    return found


def test_a_chinese_font_is_installed_where_tests_run() -> None:
    assert has_font()


@pytest.mark.parametrize("name", sorted(release().service.examples))
def test_every_answer_of_every_example_can_be_read_with_its_label(name: str) -> None:
    answers = example(name)
    text = words_on(paper_of(answers))
    for field, label, value in rows(summary(release().form, settled(answers))):
        if field not in labels_given():
            assert bare(label) in text, field
        if release().form.fields[field].kind not in ("consent", "photo"):
            assert bare(value) in text or field == "application.items", (field, value)


@pytest.mark.parametrize("people", [1, 8, 20, 200])
def test_a_family_larger_than_the_grid_goes_on_on_an_annex_page(people: int) -> None:
    pages = pages_of(paper_of(family_of(people)))
    text = "".join(pages)
    for number in range(1, people):
        assert text.count(f"第{number}位成员") == 1
    annex = bare(words.ANNEX.format(title="共同生活家庭成员"))
    assert (annex in text) is (people > 3)
    assert annex not in pages[0] + pages[1]


def test_rows_beyond_any_family_are_told_by_their_number() -> None:
    parts = paper_of(family_of(MOST_ROWS + 10)).parts
    members = [part for part in parts if isinstance(part, PrintedGrid) and part.title.startswith("共同生活家庭成员")]
    assert len(members) == MOST_ROWS + 2
    assert [part.paragraphs for part in parts if isinstance(part, PrintedText)][-1] == (words.NOT_PRINTED.format(count=7),)


def test_a_blank_form_has_every_label_and_no_answer() -> None:
    text = words_on(sheet_paper(release(), Answers(release().form)))
    for field in release().form.fields.values():
        if field.id not in labels_given() and field.kind != "rows":
            assert bare(field.label) in text, field.id
    assert words.TICKED not in text
    assert words.ANNEX.partition("{")[0] not in text


@pytest.mark.parametrize(
    "text",
    [
        "#let x = 1 $y^2$ *bold* _it_ @ref <label> // comment \\ `raw` = heading",
        '#image("/etc/passwd") #read("paper.typ") #sys.inputs #panic("x")',
        "<script>alert(1)</script> &amp; <b>&nbsp;",
        '{"text": "\\u0000"} \\n \\t %s {number}',
        "שלום עולם مرحبا بالعالم",
        "姓名𠮷䶮·买买提",
        "－ー―…《》「」〔2025〕号",
    ],
)
def test_whatever_somebody_writes_is_printed_as_it_is(text: str) -> None:
    answers = example()
    answers["remarks"] = answers["household_members"][0]["name"] = text
    found = words_on(paper_of(answers))
    if text.startswith("שלום"):
        # Read from right to left; a reader of PDF may give the letters in either order.
        assert all(letter in found for letter in bare(text))
        return
    assert found.count(bare(text)) == 2


@pytest.mark.parametrize("text", ["q" * 5_000, "馕" * 5_000, "https://example.com/" + "q-z_馕" * 900])
def test_nothing_of_a_long_text_is_cut_off(text: str) -> None:
    answers = example()
    before = Counter(words_on(paper_of(answers)))
    answers["remarks"] = answers["household_members"][0]["name"] = text
    # A page may end anywhere inside it, so that only the letters can be counted.
    added = Counter(words_on(paper_of(answers))) - before
    assert {letter for letter in "qz_馕" if added[letter] < 2 * text.count(letter)} == set()


def test_emoji_and_control_characters_do_no_harm() -> None:
    answers = example()
    answers["remarks"] = "前😀👨‍👩‍👧\x00\x07\u202e\ufeff\ufdd0后"
    found = words_on(paper_of(answers))
    assert "前" in found and "后" in found


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert printed(paper_of(example())) == printed(paper_of(example()))


def test_the_pdf_says_what_it_is_in_which_language_and_where_its_parts_are() -> None:
    reader = pypdf.PdfReader(io.BytesIO(printed(paper_of(example(), number="1-2-3"))))
    assert reader.metadata is not None
    assert reader.metadata.title == release().service.sheet.title  # type: ignore[union-attr]
    root = reader.root_object
    assert str(root["/Lang"]).startswith("zh")
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert all("1-2-3" in page.extract_text() for page in reader.pages)
    # Nothing in the file besides the pages speaks of the person.
    assert example()["applicant"]["name"] not in str(reader.metadata)


@pytest.mark.parametrize("item", sorted(release().service.items.items))
def test_what_an_office_may_not_see_is_not_on_its_sheet(item: str) -> None:
    made, answers = release(), settled(example())
    scope = scoped_fields(made, item)
    text = words_on(sheet_paper(made, Answers(made.form, answers, scope)))
    seen = {bare(value) for field, _, value in rows(summary(made.form, answers)) if field in scope}
    for field, _, value in rows(summary(made.form, answers)):
        told = bare(value)
        if field not in scope and len(told) > 7 and not any(told in other for other in seen):
            assert told not in text, (item, field)


def test_answers_without_a_place_stand_on_an_annex_page() -> None:
    made = release()
    sheet = sheet_of(made)
    fewer = msgspec.structs.replace(sheet, blocks=tuple(block for block in sheet.blocks if block.id != "applicant"))
    short = msgspec.structs.replace(made, service=msgspec.structs.replace(made.service, sheet=fewer))
    pages = pages_of(paper_of(example(), short))
    assert bare(words.FURTHER) in pages[-1]
    assert example()["applicant"]["phone"] in pages[-1]


def test_a_service_without_a_sheet_has_one_made_from_its_layout() -> None:
    made = msgspec.structs.replace(release(), service=msgspec.structs.replace(release().service, sheet=None))
    missing = {field.id for field in made.form.fields.values() if field.kind != "rows"} - fields_of(sheet_of(made))
    assert missing == set()
    text = words_on(paper_of(example(EIGHT), made))
    for field, label, value in rows(summary(made.form, settled(example()))):
        assert bare(label) in text, field
        if made.form.fields[field].kind != "consent" and not made.form.fields[field].offered:
            assert bare(value) in text, field


def test_the_grid_of_a_region_has_the_fields_the_region_adds() -> None:
    labels = {
        cell.text
        for part in sheet_paper(release("140200"), Answers(release("140200").form)).parts
        if isinstance(part, PrintedGrid)
        for cell in part.cells
    }
    added = release("140200").form.fields.keys() - release().form.fields.keys()
    assert added
    assert {release("140200").form.fields[field].label for field in added} <= labels

"""A list of fields, as offices keep them in spreadsheets, becomes a form; our own form comes back from such a list."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from importing_forms import REGION, SERVICE, converted, part, reported

from server.exchange.importers.sources import Cell, Sheet
from server.exchange.targets.field_table import field_table
from server.exports.workbook import MAX_COLUMNS, MAX_ROWS, read_workbook, workbook_bytes
from server.findings import Finding
from server.messages.field_table import HEADERS, KINDS
from server.releases import compile_release

ROWS: tuple[tuple[Cell, ...], ...] = (
    ("某某申请表",),
    ("章节", "字段名", "标题", "类型", "必填", "选项", "提示", "长度", "审批备注2"),
    ("一、基本情况", "name", "姓名", "文本", "是", None, "与身份证一致", 20, "x"),
    (None, None, "性别", "单选", "√", "男、女"),
    (None, "birth", "出生日期", "日期", "必填"),
    ("二、家庭情况", None, "家庭人口", "数字", None, None, None, "2"),
    (None, None, "住房类型", "下拉框", "选填", "1=自有\n2=租赁\n3=其他"),
    (None, "members", "家庭成员", "列表"),
    (None, "members[].name", "成员姓名", "文本", "是"),
    (None, "members[].relation", "关系", "单选", None, "配偶；子女"),
    (None, None, "持有证件", "多选", "看情况", "低保证,残疾证"),
    (None, None, "月收入", "金额"),
    (None, None, "特殊说明", "富文本"),
    (None, None, "类别", "单选"),
)


def table(rows: Any = ROWS, name: str = "Sheet1") -> tuple[Sheet, ...]:
    return (Sheet(name=name, rows=tuple(rows)),)


def test_rows_become_fields_on_the_pages_they_name() -> None:
    made = converted("xlsx", sheets=table())
    schema, layout = part(made, "data.schema"), part(made, "ui")
    assert [page["label"] for page in layout["elements"]][2:] == ["一、基本情况", "二、家庭情况"]
    properties = schema["properties"]
    assert properties["name"] == {
        "title": "姓名",
        "description": "与身份证一致",
        "type": "string",
        "minLength": 1,
        "maxLength": 20,
    }
    by_title = {one["title"]: one for one in properties.values() if "title" in one}
    assert [option["const"] for option in by_title["性别"]["oneOf"]] == ["男", "女"]
    assert by_title["住房类型"]["oneOf"][0] == {"const": "1", "title": "自有"}
    assert by_title["月收入"]["x-money"] == "CNY"
    assert by_title["持有证件"]["items"]["oneOf"][1]["title"] == "残疾证"
    assert set(properties["members"]["items"]["properties"]) == {"name", "relation"}
    required = {properties[name]["title"] for name in schema["required"] if "title" in properties[name]}
    assert required >= {"姓名", "性别", "出生日期"}


def test_cells_without_a_meaning_are_reported() -> None:
    assert reported(converted("xlsx", sheets=table())) >= {
        ("Sheet1!A1", "above-header"),
        ("Sheet1!I2", "unknown-column"),
        ("Sheet1!H6", "limit-without-text"),
        ("Sheet1!E11", "required-unclear"),
        ("Sheet1!D13", "unknown-field-type"),
        ("Sheet1!D14", "choice-without-options"),
    }


def test_a_sheet_without_a_header_is_reported_and_the_others_are_read() -> None:
    made = converted("xlsx", sheets=(*table(), *table((("nothing", "known"), (1, 2)), "Other")))
    assert ("Other", "no-header") in reported(made)


def test_english_headers_are_known_as_well() -> None:
    rows = (
        ("Field Name", "Label", "Type", "Required", "Options"),
        ("fullName", "Full name", "string", "Y", None),
        ("sex", "Sex", "select", None, "f|m"),
    )
    schema = part(converted("xlsx", sheets=table(rows)), "data.schema")
    assert {"full_name", "sex"} <= set(schema["properties"])


def test_names_that_cannot_stand_beside_each_other_are_told_apart() -> None:
    rows = (("name", "label"), ("a", "A"), ("a", "A"), ("a.b", "B"), ("c.d", "D"), ("c", "C"), ("c.d", "D"), ("materials", "M"))
    made = converted("xlsx", sheets=table(rows))
    assert len([note for note in made.notes if note.code == "renamed"]) == 5


WORDS = st.sampled_from([word for names in (*HEADERS.values(), *KINDS.values()) for word in names[:2]])
TEXTS = st.one_of(WORDS, st.text(max_size=10), st.sampled_from(["a[].b", "a", "a.b", "是"]))
CELLS = st.one_of(st.none(), TEXTS, st.integers(-3, 300), st.booleans(), st.floats())


@given(st.lists(st.lists(CELLS, max_size=12).map(tuple), max_size=10))
def test_any_table_becomes_a_form_or_nothing(rows: Any) -> None:
    converted("xlsx", sheets=table((tuple(names[0] for names in HEADERS.values()), *rows)))


def test_our_own_form_comes_back_from_its_table() -> None:
    one = converted("xlsx", sheets=table())
    release, _ = compile_release(one.documents, SERVICE, REGION)
    assert release is not None
    written = field_table(release).sheets["fields.xlsx"]
    sheets = read_workbook(workbook_bytes(written))
    # The pages that every service begins with come from the skeleton again.
    own = tuple(row for row in sheets[0].rows if row[0] not in ("申请事项", "申请人"))  # type: ignore[union-attr]
    two = converted("xlsx", sheets=(Sheet(name="fields", rows=own),))
    for name in ("data.schema", "ui"):
        assert part(one, name) == part(two, name)
    assert [note for note in two.notes if note.outcome != "carried"] == []


def test_a_workbook_comes_back_as_it_was_written() -> None:
    rows = (("a", 1, 2.5, True, None, "x"), (), (None, "only"))
    sheets = (Sheet(name="one", rows=rows), Sheet(name="two", rows=()))
    content = workbook_bytes(sheets)
    assert read_workbook(content) == sheets
    assert workbook_bytes(sheets) == content


PLAIN_CELLS = st.one_of(st.none(), st.integers(-(10**9), 10**9), st.booleans(), st.text(max_size=9))


@given(st.lists(st.lists(PLAIN_CELLS, max_size=5).map(tuple), max_size=5))
def test_any_cells_come_back_as_text_never_as_formulas(rows: Any) -> None:
    found = read_workbook(workbook_bytes((Sheet(name="a", rows=tuple(rows)),)))
    assert len(found) == 1 and isinstance(found[0], Sheet)
    for written, read in zip(rows, found[0].rows, strict=False):
        for one, other in zip(written, read, strict=False):
            if isinstance(one, str) and one.isprintable():
                assert (other or "") == one


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://example.org")', "\t=1"])
def test_a_text_that_looks_like_a_formula_is_written_as_text(text: str) -> None:
    content = workbook_bytes((Sheet(name="a", rows=((text,),)),))
    cell = openpyxl.load_workbook(io.BytesIO(content)).active["A1"]
    assert (cell.data_type, cell.value) == ("s", text)


def test_dates_and_formulas_are_read_as_people_see_them() -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append([date(2026, 1, 5), datetime(2026, 1, 5, 8, 30), "=1+1"])  # noqa: DTZ001
    buffer = io.BytesIO()
    workbook.save(buffer)
    (sheet,) = read_workbook(buffer.getvalue())
    assert isinstance(sheet, Sheet)
    assert sheet.rows == (("2026-01-05", "2026-01-05T08:30:00"),)


def test_a_sheet_that_claims_to_be_endless_is_cut_off() -> None:
    content = workbook_bytes((Sheet(name="a", rows=(("x",),)),))
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename.endswith("sheet1.xml"):
                data = data.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
            new.writestr(entry.filename, data)
    (sheet,) = read_workbook(buffer.getvalue())
    assert isinstance(sheet, Sheet)
    assert len(sheet.rows) <= MAX_ROWS
    assert all(len(row) <= MAX_COLUMNS for row in sheet.rows)


@given(st.binary(max_size=100))
def test_what_is_no_workbook_is_a_finding(content: bytes) -> None:
    (finding,) = read_workbook(content)
    assert isinstance(finding, Finding)


@given(st.data())
def test_a_mangled_workbook_is_a_finding_or_sheets(data: st.DataObject) -> None:
    content = bytearray(workbook_bytes((Sheet(name="a", rows=(("x", 1), ("y", 2))),)))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert all(isinstance(one, Sheet | Finding) for one in read_workbook(bytes(content)))

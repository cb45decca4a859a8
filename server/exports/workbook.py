"""XLSX workbooks in bounded time and memory: their cells as values, and sheets of values as a workbook."""

from __future__ import annotations

import io
import itertools
import re
import warnings
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import InvalidFileException

from server.exchange.importers.sources import Cell, Sheet
from server.exports.unpacking import unpack
from server.findings import Finding

MAX_PART = 30_000_000
MAX_SHEETS = 20
MAX_ROWS = 20_000
MAX_COLUMNS = 200
_LONGEST_CELL = 32_000
#: Moments in the properties of a workbook, and the one that stands for all, so that the same sheets give the same bytes.
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_EPOCH = rb"\g<1>2000-01-01T00:00:00Z"
#: What a spreadsheet program would compute instead of showing.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: The reader lets through whatever its parts raise on a workbook that is none.
_UNREADABLE = (
    InvalidFileException,
    zipfile.BadZipFile,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
)
_DOCUMENT_TYPE = (b"<!DOCTYPE", b"<!ENTITY")


def read_workbook(content: bytes, name: str = "") -> tuple[Sheet, ...] | tuple[Finding, ...]:
    """The sheets of a workbook with the values that its formulas had when it was saved, or what is wrong with it."""
    unpacked = unpack(content, largest=MAX_PART)
    if unpacked.findings:
        return unpacked.findings
    if any(mark in part for part in unpacked.files.values() for mark in _DOCUMENT_TYPE):
        return (Finding(code="workbook-damaged", severity="error", path=name),)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            return tuple(
                Sheet(name=str(sheet.title), rows=_rows(sheet)) for sheet in itertools.islice(workbook.worksheets, MAX_SHEETS)
            )
    except _UNREADABLE:
        return (Finding(code="workbook-damaged", severity="error", path=name),)


def workbook_bytes(sheets: Sequence[Sheet]) -> bytes:
    """A workbook of these sheets; texts that a spreadsheet program would compute stay texts."""
    workbook = openpyxl.Workbook(write_only=True)
    for sheet in sheets:
        page = workbook.create_sheet(sheet.name)
        for row in sheet.rows:
            page.append([_written(page, value) for value in row])
    buffer = io.BytesIO()
    workbook.save(buffer)
    return _reproducible(buffer.getvalue())


def _rows(sheet: object) -> tuple[tuple[Cell, ...], ...]:
    found: list[tuple[Cell, ...]] = []
    rows = sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)  # type: ignore[attr-defined]
    for row in rows:
        cells = [_cell(value) for value in row]
        while cells and cells[-1] is None:
            cells.pop()
        found.append(tuple(cells))
    while found and not found[-1]:
        found.pop()
    return tuple(found)


def _cell(value: object) -> Cell:
    match value:
        case None | bool() | int():
            return value
        case float():
            return int(value) if value.is_integer() and abs(value) < 2**53 else value
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
    return str(value)[:_LONGEST_CELL]


def _written(page: object, value: Cell) -> object:
    if not isinstance(value, str):
        return value
    text = "".join(character for character in value[:_LONGEST_CELL] if character >= " " or character in "\t\n")
    cell = WriteOnlyCell(page, value=text)
    if text.startswith(_FORMULA):
        cell.data_type = "s"
        cell.quotePrefix = True
    return cell


def _reproducible(content: bytes) -> bytes:
    """The same workbook with fixed times in its archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            info = zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            part = source.read(entry)
            target.writestr(info, _MOMENT.sub(_EPOCH, part) if entry.filename.startswith("docProps/") else part)
    return buffer.getvalue()

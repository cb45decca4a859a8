"""Files that somebody brings along, read into what importers understand."""

from __future__ import annotations

from collections.abc import Mapping

from server.documents.text import parse_document
from server.exchange.importers.sources import Sheet, Sources
from server.exchange.importers.table import Format
from server.exports.workbook import read_workbook
from server.findings import Finding
from server.types import JsonValue

_WORKBOOK = b"PK\x03\x04"
#: Sheets and columns that make a workbook an XLSForm.
_SURVEY = "survey"


def read_sources(files: Mapping[str, bytes]) -> Sources | tuple[Finding, ...]:
    """JSON files and workbooks by name as values, XML files as they are, or everything that is wrong with them."""
    documents: list[tuple[str, JsonValue]] = []
    sheets: list[Sheet] = []
    markup: list[bytes] = []
    findings: list[Finding] = []
    for name, content in files.items():
        if content.startswith(_WORKBOOK):
            for one in read_workbook(content, name):
                if isinstance(one, Sheet):
                    sheets.append(one)
                else:
                    findings.append(one)
            continue
        if _is_markup(content):
            markup.append(content)
            continue
        value, faults = parse_document(content, name)
        findings += faults
        if not faults:
            documents.append((name, value))
    return tuple(findings) or Sources(documents=tuple(documents), sheets=tuple(sheets), markup=tuple(markup))


def format_of(sources: Sources) -> Format:
    """The format that the files most likely have."""
    if sources.markup:
        return "bpmn"
    if sources.sheets:
        return "xlsform" if any(sheet.name.strip().lower() == _SURVEY for sheet in sources.sheets) else "xlsx"
    return "json-forms" if any(_is_layout(value) for _, value in sources.documents) else "json-schema"


def _is_markup(content: bytes) -> bool:
    """Whether a file begins like XML, in UTF-8 or UTF-16."""
    return content[:200].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def _is_layout(value: JsonValue) -> bool:
    """Whether a value is a UI schema of JSON Forms, or holds one beside a schema."""
    if not isinstance(value, dict):
        return False
    return isinstance(value.get("elements"), list) or isinstance(value.get("uischema", value.get("uiSchema")), dict)

"""The two data trees on disk, read into documents and written back byte for byte."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from server.definitions.service import FORM_TREE, PROCESS_TREE
from server.documents.text import Lines, parse_document, pretty_bytes
from server.errors import DamagedData
from server.findings import Finding
from server.types import JsonValue

TREES = (FORM_TREE, PROCESS_TREE)
SUFFIXES = (".json", ".md")
#: Both trees as they came with the program: beside the packages in a checkout, inside the package once installed.
_SHIPPED = (Path(__file__).resolve().parents[2], Path(__file__).resolve().parents[1] / "_trees")
#: Folders of a tree that describe documents and are none themselves.
SKIPPED = ("meta",)


class Trees(msgspec.Struct, frozen=True, kw_only=True):
    """Documents read from disk with their bytes, and what was wrong with single files."""

    documents: dict[str, JsonValue]
    raw: dict[str, bytes]
    findings: tuple[Finding, ...]


def shipped_root() -> Path:
    """The folder that holds the two data trees shipped with the program."""
    return next((root for root in _SHIPPED if (root / FORM_TREE).is_dir()), _SHIPPED[0])


def roots_of(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The folders that hold the two trees, found from any path in, at or above a tree."""
    found: dict[Path, None] = {}
    for path in paths:
        absolute = path.resolve()
        inside = [parent.parent for parent in (absolute, *absolute.parents) if parent.name in TREES]
        if inside:
            found[inside[0]] = None
        elif any((absolute / tree).is_dir() for tree in TREES):
            found[absolute] = None
    return tuple(found)


def read_trees(root: Path) -> Trees:
    """Every document below `root/form_schemas` and `root/process_defs`; unreadable files become findings."""
    documents: dict[str, JsonValue] = {}
    raw: dict[str, bytes] = {}
    findings: list[Finding] = []
    for file in _files(root):
        path = file.relative_to(root).as_posix()
        content = file.read_bytes()
        raw[path] = content
        value, faults = read_document(content, path)
        findings.extend(faults)
        if value is not None:
            documents[path] = value
    return Trees(documents=documents, raw=raw, findings=tuple(findings))


def read_document(content: bytes, path: str) -> tuple[JsonValue | None, tuple[Finding, ...]]:
    """One document from its bytes: JSON as a value, Markdown as text."""
    if not path.endswith(".md"):
        return parse_document(content, path)
    try:
        return content.decode("utf-8"), ()
    except UnicodeDecodeError:
        return None, (Finding(code="not-utf-8", severity="error", path=path, pointer="", params={}),)


def document_bytes(value: JsonValue) -> bytes:
    """The bytes a document has on disk."""
    return value.encode("utf-8") if isinstance(value, str) else pretty_bytes(value)


def write_trees(documents: Mapping[str, JsonValue], to: Path) -> tuple[Path, ...]:
    """Writes every document below `to`, in place of what stood there; returns the files written, in order."""
    written = []
    for path in sorted(documents):
        if not (to / path).resolve().is_relative_to(to.resolve()):
            raise DamagedData(f"{path} leads out of the folder")
        target = to / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(document_bytes(documents[path]))
        written.append(target)
    return tuple(written)


def locate(findings: Iterable[Finding], raw: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """The findings with the line at which their pointer stands, where the file is known."""
    lines: dict[str, Lines] = {}

    def located(finding: Finding) -> Finding:
        path = finding.path
        if finding.line is not None or path not in raw or not path.endswith(".json"):
            return finding
        if path not in lines:
            lines[path] = Lines(raw[path])
        return msgspec.structs.replace(finding, line=lines[path].of(finding.pointer))

    return tuple(located(finding) for finding in findings)


def _files(root: Path) -> Iterable[Path]:
    for tree in TREES:
        for file in sorted((root / tree).rglob("*")):
            inner = file.relative_to(root / tree).parts
            if file.suffix in SUFFIXES and file.is_file() and inner[0] not in SKIPPED:
                yield file

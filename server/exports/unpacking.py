"""Archives and folders from outside, read in bounded time and memory; whatever could do harm is a finding."""

from __future__ import annotations

import io
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from server.documents.text import MAX_BYTES
from server.findings import Finding, Param

MAX_ARCHIVE = 50_000_000
MAX_FILES = 5_000
MAX_TOTAL = 200_000_000
#: Unpacked bytes for one packed; prose and JSON stay far below.
MAX_RATIO = 200
#: Smaller files may be packed as well as they like.
_RATIO_FROM = 200_000
_LONGEST_NAME = 400
#: Bytes of a central directory for each file: its fixed part, its name and what writers add.
_LARGEST_ENTRY = 46 + _LONGEST_NAME + 154

_END = b"PK\x05\x06"
_END_BYTES = 22
_ZIP64 = 0xFFFFFFFF
_UTF8 = 0x800
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ARCHIVE_MARKS = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")
_CHUNK = 1 << 16


class Unpacked(msgspec.Struct, frozen=True, kw_only=True):
    """Files by path; none while something is wrong with one of them."""

    files: dict[str, bytes]
    findings: tuple[Finding, ...] = ()


def unpack(content: bytes, *, largest: int = MAX_BYTES) -> Unpacked:
    """The files of a zip archive, each of at most `largest` bytes, or everything that is wrong with it."""
    if len(content) > MAX_ARCHIVE:
        return _refused("archive-too-large", limit=MAX_ARCHIVE)
    fault = _directory_fault(content)
    if fault is not None:
        return Unpacked(files={}, findings=(fault,))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _unpacked(archive, largest)
    # Beside its own errors, the reader lets through those of half a header, a name that is no text or a broken stream.
    except (zipfile.BadZipFile, RuntimeError, ValueError, EOFError, OSError, struct.error, zlib.error):
        return _refused("archive-damaged")


def collect(root: Path, *, skipped: tuple[str, ...] = ()) -> Unpacked:
    """The files below a folder, but for those in folders directly below it with these names; links are findings, not followed."""
    files: dict[str, bytes] = {}
    findings: list[Finding] = []
    total = 0
    for path in _walk(root, skipped):
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            findings.append(_finding("archive-link", name))
            continue
        size = path.stat().st_size
        total += size
        if size > MAX_BYTES:
            findings.append(_finding("document-too-large", name, limit=MAX_BYTES))
        elif len(files) >= MAX_FILES:
            return _refused("archive-too-many", limit=MAX_FILES)
        elif total > MAX_TOTAL:
            return _refused("archive-unpacks-too-large", limit=MAX_TOTAL)
        else:
            files[name] = path.read_bytes()
    return Unpacked(files={} if findings else files, findings=tuple(findings))


def _walk(folder: Path, skipped: tuple[str, ...]) -> Iterator[Path]:
    """Files and links in order; hidden ones are nobody's documents."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_symlink() or path.is_file():
            yield path
        elif path.is_dir() and path.name not in skipped:
            yield from _walk(path, ())


def _unpacked(archive: zipfile.ZipFile, largest: int) -> Unpacked:
    entries = archive.infolist()
    if len(entries) > MAX_FILES:
        return _refused("archive-too-many", limit=MAX_FILES)
    findings = [fault for entry in entries for fault in _entry_faults(entry, largest)]
    findings += _collisions(entries)
    if sum(entry.file_size for entry in entries) > MAX_TOTAL:
        findings.append(_finding("archive-unpacks-too-large", "", limit=MAX_TOTAL))
    if findings:
        return Unpacked(files={}, findings=tuple(findings))
    files: dict[str, bytes] = {}
    for entry in entries:
        if _is_folder(entry):
            continue
        content = _read(archive, entry, largest)
        if content is None:
            findings.append(_finding("document-too-large", entry.filename, limit=largest))
        elif content.startswith(_ARCHIVE_MARKS):
            findings.append(_finding("archive-in-archive", entry.filename))
        else:
            files[entry.filename] = content
    return Unpacked(files={} if findings else files, findings=tuple(findings))


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, largest: int) -> bytes | None:
    """The content of an entry; nothing when it is longer than it may be, whatever its head says."""
    parts: list[bytes] = []
    size = 0
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > largest:
                return None
            parts.append(chunk)
    return b"".join(parts)


def _directory_fault(content: bytes) -> Finding | None:
    """Whether the list of files is one that can be read at all, before anything of it is."""
    end = content.rfind(_END)
    if end < 0 or len(content) - end < _END_BYTES:
        return _finding("archive-damaged", "")
    count, size, start = struct.unpack_from("<HII", content, end + 10)
    if _ZIP64 in (size, start):
        return _finding("archive-too-large", "", limit=MAX_ARCHIVE)
    if count > MAX_FILES or size > MAX_FILES * _LARGEST_ENTRY:
        return _finding("archive-too-many", "", limit=MAX_FILES)
    return None


def _entry_faults(entry: zipfile.ZipInfo, largest: int) -> Iterator[Finding]:
    # The reader cuts names at a zero byte; what stands in the archive is looked at instead.
    name = entry.orig_filename
    shown = name[:_LONGEST_NAME]
    steps = name.removesuffix("/").split("/")
    if not name.isascii() and not entry.flag_bits & _UTF8:
        yield _finding("archive-name-not-utf-8", shown)
    elif len(name) > _LONGEST_NAME or not name.isprintable() or "\\" in name or ":" in name or any(_leads_out(s) for s in steps):
        yield _finding("archive-path", shown)
    if entry.flag_bits & _ENCRYPTED:
        yield _finding("archive-encrypted", shown)
    elif entry.compress_type not in _PACKED:
        yield _finding("archive-method", shown)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR) or ((kind == stat.S_IFDIR) != _is_folder(entry) and kind):
        yield _finding("archive-link", shown)
    if entry.file_size > largest:
        yield _finding("document-too-large", shown, limit=largest)
    elif entry.file_size > max(_RATIO_FROM, MAX_RATIO * entry.compress_size):
        yield _finding("archive-ratio", shown, limit=MAX_RATIO)


def _is_folder(entry: zipfile.ZipInfo) -> bool:
    # `ZipInfo.is_dir` fails on an empty name.
    return entry.filename.endswith("/")


def _leads_out(step: str) -> bool:
    """Whether a step of a path is empty (as before a leading slash), points upwards, or other systems would read it otherwise."""
    return step in ("", ".", "..") or step != step.strip() or step.endswith(".")


def _collisions(entries: list[zipfile.ZipInfo]) -> Iterator[Finding]:
    """Names that come twice, on systems that do not tell capital letters or composed characters apart included."""
    seen: set[str] = set()
    for entry in entries:
        folded = unicodedata.normalize("NFC", entry.orig_filename.removesuffix("/")).casefold()
        if folded in seen:
            yield _finding("archive-name-twice", entry.orig_filename[:_LONGEST_NAME])
        seen.add(folded)


def _refused(code: str, **params: Param) -> Unpacked:
    return Unpacked(files={}, findings=(_finding(code, "", **params),))


def _finding(code: str, path: str, **params: Param) -> Finding:
    return Finding(code=code, severity="error", path=path, params=params)

"""Archives from outside: what is harmless is read, everything else is a finding, quickly and in little memory."""

from __future__ import annotations

import io
import stat
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.documents.text import MAX_BYTES
from server.exports.archive import zip_files
from server.exports.unpacking import MAX_FILES, MAX_RATIO, MAX_TOTAL, collect, unpack

FILES = st.dictionaries(
    st.from_regex(r"form_schemas/[a-z]{1,8}(/[a-z0-9]{1,8}){0,3}\.json", fullmatch=True), st.binary(max_size=400), max_size=6
)


def archive(build: Callable[[zipfile.ZipFile], object]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        build(opened)
    return buffer.getvalue()


def codes(content: bytes) -> set[str]:
    found = unpack(content)
    assert found.files == {}
    return {finding.code for finding in found.findings}


@given(FILES)
def test_what_we_packed_is_read_back_and_packed_the_same(files: dict[str, bytes]) -> None:
    files = {path: b"." + content for path, content in files.items()}
    packed = zip_files(files)
    assert packed == zip_files(dict(reversed(files.items())))
    unpacked = unpack(packed)
    assert (unpacked.files, unpacked.findings) == (files, ())


@pytest.mark.parametrize(
    "name",
    [
        "../outside.json",
        "form_schemas/../../outside.json",
        "/etc/passwd",
        "//host/share",
        "C:\\outside.json",
        "c:outside.json",
        "form_schemas\\outside.json",
        "form_schemas//twice.json",
        "./form_schemas/here.json",
        "form_schemas/trailing. ",
        "form_schemas/trailing./a.json",
        "form_schemas/line\nbreak.json",
        "form_schemas/cut\0off.json",
        "",
        "a/" * 400 + "long.json",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    content = archive(lambda opened: opened.writestr(zipfile.ZipInfo("x" * len(name.encode())), b"{}"))
    assert codes(content.replace(b"x" * len(name.encode()), name.encode()) if name else content) == {"archive-path"}


def test_a_link_is_refused_and_so_is_any_special_file() -> None:
    for kind in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFDIR):
        info = zipfile.ZipInfo("form_schemas/a.json")
        info.create_system, info.external_attr = 3, (kind | 0o777) << 16
        assert codes(archive(lambda opened, info=info: opened.writestr(info, "/etc/passwd"))) == {"archive-link"}  # type: ignore[misc]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("one", "other"),
    [("a.json", "a.json"), ("A.json", "a.json"), ("stra\u00dfe.json", "STRASSE.json"), ("e\u0301.json", "\u00e9.json")],
)
def test_two_names_that_are_one_on_some_system_are_refused(one: str, other: str) -> None:
    content = archive(lambda opened: [opened.writestr(name, "{}") for name in (one, other)])
    assert codes(content) == {"archive-name-twice"}


def test_an_archive_that_unpacks_to_too_much_is_refused_by_what_it_says() -> None:
    bomb = archive(lambda opened: opened.writestr("form_schemas/a.json", b" " * (MAX_BYTES + 1)))
    assert codes(bomb) == {"document-too-large"}
    dense = archive(lambda opened: opened.writestr("form_schemas/a.json", b" " * MAX_BYTES))
    assert codes(dense) == {"archive-ratio"}
    assert len(dense) * MAX_RATIO < MAX_BYTES


def test_an_archive_that_says_too_little_is_refused_by_what_it_unpacks_to() -> None:
    honest = archive(lambda opened: opened.writestr("form_schemas/a.json", b" " * (MAX_BYTES + 1)))
    said, lied = struct.pack("<I", MAX_BYTES + 1), struct.pack("<I", 10)
    assert honest.count(said) == 2
    assert codes(honest.replace(said, lied)) == {"archive-damaged"}


def test_many_files_that_are_too_much_together_are_refused() -> None:
    noise = bytes(range(256)) * (MAX_BYTES // 512)
    count = MAX_TOTAL // len(noise) + 1
    content = archive(lambda opened: [opened.writestr(f"form_schemas/{number}.json", noise) for number in range(count)])
    assert "archive-unpacks-too-large" in codes(content)


def test_too_many_files_are_refused_before_their_names_are_read() -> None:
    content = archive(lambda opened: [opened.writestr(f"{number}", b"") for number in range(MAX_FILES + 1)])
    assert codes(content) == {"archive-too-many"}
    # The count at the end of the archive is a claim of its own.
    assert codes(content[:-14] + struct.pack("<HH", 1, 1) + content[-10:]) == {"archive-too-many"}


def test_overlapping_files_are_refused() -> None:
    content = bytearray(archive(lambda opened: [opened.writestr(name, "{}" * 40) for name in ("a.json", "b.json")]))
    second = content.rindex(b"PK\x01\x02")
    content[second + 42 : second + 46] = struct.pack("<I", 0)
    assert codes(bytes(content)) == {"archive-damaged"}


def test_an_archive_in_an_archive_is_not_opened() -> None:
    inner = archive(lambda opened: opened.writestr("a.json", "{}"))
    assert codes(archive(lambda opened: opened.writestr("form_schemas/a.json", inner))) == {"archive-in-archive"}


def test_encrypted_files_are_refused() -> None:
    content = bytearray(archive(lambda opened: opened.writestr("form_schemas/a.json", "{}")))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    assert codes(bytes(content)) == {"archive-encrypted"}


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 97])
def test_methods_of_packing_that_few_can_read_are_refused(method: int) -> None:
    content = bytearray(archive(lambda opened: opened.writestr("form_schemas/a.json", "{}")))
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = content.index(mark) + offset
        content[place : place + 2] = struct.pack("<H", method)
    assert codes(bytes(content)) == {"archive-method"}


def test_names_must_say_that_they_are_utf_8() -> None:
    content = archive(lambda opened: opened.writestr("form_schemas/\u8868.json", "{}"))
    assert list(unpack(content).files) == ["form_schemas/\u8868.json"]
    unmarked = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = unmarked.index(mark) + offset
        unmarked[place : place + 2] = b"\0\0"
    assert codes(bytes(unmarked)) == {"archive-name-not-utf-8"}
    assert codes(content.replace("\u8868".encode(), b"\xff\xfe\xfd")) == {"archive-damaged"}


def test_folders_of_an_archive_are_no_files() -> None:
    content = archive(lambda opened: [opened.mkdir("form_schemas"), opened.writestr("form_schemas/a.json", "{}")])
    assert unpack(content).files == {"form_schemas/a.json": b"{}"}


@given(st.binary(max_size=200))
def test_what_is_no_archive_is_a_finding(content: bytes) -> None:
    assert codes(content) == {"archive-damaged"}


@given(st.data())
def test_a_mangled_archive_is_findings_or_files_never_an_error(data: st.DataObject) -> None:
    content = bytearray(archive(lambda opened: [opened.writestr(f"form_schemas/{name}.json", name * 50) for name in "abc"]))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    found = unpack(bytes(content[: data.draw(st.integers(0, len(content)))]) if data.draw(st.booleans()) else bytes(content))
    assert bool(found.findings) or set(found.files) <= {f"form_schemas/{name}.json" for name in "abc"} or found.files


def test_a_bomb_takes_little_memory() -> None:
    packer = zlib.compressobj(9, wbits=-15)
    packed = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(500)) + packer.flush()
    name = b"form_schemas/a.json"
    head = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, 0, len(packed), 100_000, len(name), 0)
    entry = b"PK\x03\x04" + head + name + packed
    central = b"PK\x01\x02" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(entry), 0)
    tracemalloc.start()
    try:
        assert codes(entry + central + end) <= {"archive-damaged", "document-too-large"}
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "form_schemas").mkdir()
    (tmp_path / "form_schemas" / "a.json").symlink_to("/etc/hostname")
    (tmp_path / "process_defs").symlink_to("/etc")
    found = collect(tmp_path)
    assert found.files == {}
    assert {(finding.code, finding.path) for finding in found.findings} == {
        ("archive-link", "form_schemas/a.json"),
        ("archive-link", "process_defs"),
    }

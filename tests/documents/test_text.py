"""Documents as text: what is refused, what is written, and where a value stands."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from json_values import same, values

from server.documents.canonical import canonical_bytes
from server.documents.pointer import format_pointer
from server.documents.text import MAX_BYTES, MAX_DEPTH, line_of, parse_document, pretty_bytes

PATH = "folder/name.json"

REFUSALS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "not-json"),
    "a word": (b"null and more", "not-json"),
    "a comment": (b'{"a": 1} // why', "not-json"),
    "a trailing comma": (b'{"a": 1,}', "not-json"),
    "single quotes": (b"{'a': 1}", "not-json"),
    "a second document": (b"{}{}", "not-json"),
    "a line end inside a string": (b'{"a": "x\ny"}', "not-json"),
    "an open string": (b'{"a": "x', "not-json"),
    "NaN": (b'{"a": NaN}', "not-json"),
    "Infinity": (b'{"a": [1, -Infinity]}', "not-json"),
    "a number beyond doubles": (b'{"a": 1e999}', "not-json"),
    "a number that others round": (b'{"a": 1e16}', "not-json"),
    "an integer that others round": (b'{"a": 9007199254740993}', "not-json"),
    "an endless integer": (b"1" * 6000, "not-json"),
    "a key twice": (b'{"a": {"key": 1, "b": 2, "key": 3}}', "duplicate-key"),
    "a key twice in two spellings": (b'{"k": 1, "\\u006b": 2}', "duplicate-key"),
    "too many levels": (b"[" * 1000 + b"]" * 1000, "document-too-deep"),
    "too many levels left open": (b'{"a":' * 1000, "document-too-deep"),
    "too many bytes": (b'"' + b"a" * 10_000_000 + b'"', "document-too-large"),
    "GB 18030": ('{"a": "中"}'.encode("gb18030"), "not-utf-8"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "not-utf-8"),
    "UTF-32 without mark": ('{"a": 1}'.encode("utf-32-be"), "not-json"),
    "Latin-1": ('{"a": "é"}'.encode("latin-1"), "not-utf-8"),
    "a cut character": ('{"a": "中"}'.encode()[:9], "not-utf-8"),
    "a lone surrogate": (b'{"a": "\\ud800"}', "not-utf-8"),
    "a lone surrogate as key": (b'{"\\udfff": 1}', "not-utf-8"),
    "a surrogate in bytes": (b'{"a": "\xed\xa0\x80"}', "not-utf-8"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_is_no_strict_document_is_refused_with_one_finding(name: str) -> None:
    raw, code = REFUSALS[name]
    value, findings = parse_document(raw, PATH)
    assert value is None
    assert [(finding.code, finding.severity, finding.path) for finding in findings] == [(code, "error", PATH)]


def test_a_syntax_error_names_its_line() -> None:
    _, findings = parse_document(b'{\n  "a": 1,\n  "b" 2\n}', PATH)
    assert findings[0].line == 3


def test_a_duplicate_key_is_named() -> None:
    _, findings = parse_document(b'{"a": 1, "a": 2}', PATH)
    assert findings[0].params == {"key": "a"}


@pytest.mark.parametrize("piece", [b'\\"', b'"\\', b'",\\"', b'"\\",'])
def test_a_long_hostile_string_is_refused_all_the_same(piece: bytes) -> None:
    raw = b'{"a": "' + piece * 200_000
    value, findings = parse_document(raw, PATH)
    assert value is None
    assert len(findings) == 1
    assert line_of(raw, "/a") == 1


def test_the_limits_themselves_are_accepted() -> None:
    assert parse_document(b'"' + b"a" * (MAX_BYTES - 2) + b'"', PATH)[1] == ()
    assert parse_document(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, PATH)[1] == ()
    assert parse_document(b"[9007199254740991, -9007199254740991, 0.5e-300]", PATH)[1] == ()


def test_brackets_and_surrogate_pairs_inside_strings_are_plain_text() -> None:
    value, findings = parse_document(b'{"a": "' + b"[" * 1000 + b'\\"{", "b": "\\ud83d\\ude00"}', PATH)
    assert findings == ()
    assert value == {"a": "[" * 1000 + '"{', "b": "\U0001f600"}


def test_a_byte_order_mark_is_passed_over() -> None:
    assert parse_document(b"\xef\xbb\xbf{}", PATH) == ({}, ())


@given(st.binary(max_size=60) | st.text('{}[]",:\\u0ax \n', max_size=60).map(str.encode))
def test_any_bytes_give_a_value_or_a_finding_and_lines_inside_the_text(raw: bytes) -> None:
    value, findings = parse_document(raw, PATH)
    assert value is None or findings == ()
    assert (line_of(raw, "/a/0") or 1) <= raw.count(b"\n") + 1


@given(values())
def test_what_was_written_is_read_again_and_has_canonical_bytes(value: Any) -> None:
    again, findings = parse_document(pretty_bytes(value), PATH)
    assert findings == ()
    assert same(again, value)
    assert pretty_bytes(again) == pretty_bytes(value)
    canonical_bytes(again)


def test_documents_on_disk_have_two_spaces_plain_chinese_and_a_final_line_end() -> None:
    assert pretty_bytes({"b": ["中"], "a": {}}) == '{\n  "b": [\n    "中"\n  ],\n  "a": {}\n}\n'.encode()


@given(values())
def test_a_written_value_begins_on_the_line_that_is_told(document: Any) -> None:
    raw = pretty_bytes(document)
    lines = raw.decode().split("\n")

    def check(value: Any, segments: tuple[str | int, ...]) -> None:
        line = line_of(raw, format_pointer(segments))
        assert line is not None
        begun = lines[line - 1].strip()
        if segments and isinstance(segments[-1], str):
            key = json.dumps(segments[-1], ensure_ascii=False) + ": "
            assert begun.startswith(key)
            begun = begun[len(key) :]
        assert begun.startswith(json.dumps(value, ensure_ascii=False)[:1])
        members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for name, member in members:
            check(member, (*segments, name))

    check(document, ())


def test_an_absent_value_is_looked_for_at_its_nearest_ancestor() -> None:
    raw = b'{\n  "a": {\n    "b": [\n      1,\n      2\n    ]\n  }\n}\n'
    assert line_of(raw, "/a/b/1") == 5
    assert line_of(raw, "/a/b/7") == 3
    assert line_of(raw, "/a/c/d") == 2
    assert line_of(raw, "/z") == 1
    assert line_of(b"", "/a") is None


def test_a_key_that_looks_like_a_value_does_not_mislead() -> None:
    raw = b'{\n"a": "b",\n"b": "a",\n"a/b": {"~": [\n"x"]},\n"\\u0063": 1}'
    assert [line_of(raw, pointer) for pointer in ("/a", "/b", "/a~1b/~0/0", "/c")] == [2, 3, 5, 6]

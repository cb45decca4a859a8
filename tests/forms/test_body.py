"""Bodies of posts: urlencoded and multipart, bounded, and never an error."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.forms.body import MAX_FIELDS, MAX_TEXT, Body, BodyFault, Upload, parse_body

FORM_TYPE = "application/x-www-form-urlencoded"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def multipart(*parts: bytes, boundary: str = "xyz") -> tuple[bytes, str]:
    lines = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return lines + b"--" + boundary.encode() + b"--\r\n", f'multipart/form-data; boundary="{boundary}"'


def part(name: str, content: bytes, filename: str | None = None, media_type: str = "") -> bytes:
    disposition = f'Content-Disposition: form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
    head = disposition + (f"\r\nContent-Type: {media_type}" if media_type else "")
    return head.encode() + b"\r\n\r\n" + content


@given(st.lists(st.tuples(TEXT, TEXT), max_size=8))
def test_a_urlencoded_body_reads_as_in_the_standard_library(fields: list[tuple[str, str]]) -> None:
    body = urlencode(fields)
    found = parse_body(body.encode(), FORM_TYPE)
    assert isinstance(found, Body)
    assert [pair for pair in found.fields if pair != ("", "")] == [
        pair for pair in parse_qsl(body, keep_blank_values=True) if pair != ("", "")
    ]


@given(st.lists(st.tuples(st.text("abc/@~", min_size=1, max_size=8), TEXT), max_size=6))
def test_a_multipart_body_gives_back_its_texts(fields: list[tuple[str, str]]) -> None:
    body, media_type = multipart(*(part(name, text.encode()) for name, text in fields))
    assert parse_body(body, media_type) == Body(tuple(fields))


@given(st.binary(max_size=200).filter(lambda content: b"--xyz" not in content))
def test_a_file_has_exactly_its_bytes(content: bytes) -> None:
    body, media_type = multipart(part("/photo", content, "a.jpg", "image/jpeg"))
    assert parse_body(body, media_type) == Body((), (Upload("/photo", "a.jpg", "image/jpeg", content),))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a.jpg", "a.jpg"),
        ("C:\\Users\\x\\a.jpg", "a.jpg"),
        ("../../etc/passwd", "passwd"),
        ("户口簿.jpg", "户口簿.jpg"),
        ("a;b=c.jpg", "a;b=c.jpg"),
        ("a%22b.jpg", 'a"b.jpg'),
        ('a\\"b.jpg', 'a"b.jpg'),
        ("x" * 400, "x" * 255),
    ],
)
def test_a_file_keeps_its_own_name_only(sent: str, kept: str) -> None:
    body, media_type = multipart(part("/photo", b"x", sent))
    found = parse_body(body, media_type)
    assert isinstance(found, Body)
    assert [file.filename for file in found.files] == [kept]


def test_a_file_input_left_empty_is_no_file() -> None:
    body, media_type = multipart(part("/photo", b"", "", "application/octet-stream"), part("/name", b"x"))
    assert parse_body(body, media_type) == Body((("/name", "x"),))


@pytest.mark.parametrize(
    ("body", "media_type", "code"),
    [
        (b"a=b", "text/plain", "unknown-media-type"),
        (b"{}", "application/json", "unknown-media-type"),
        (b"a=b", "multipart/form-data", "malformed"),
        (b"a=b", "multipart/form-data; boundary=xyz", "malformed"),
        (b"--xyz\r\nno end", "multipart/form-data; boundary=xyz", "malformed"),
        (b"--xyz\r\nno blank line\r\n--xyz--", "multipart/form-data; boundary=xyz", "malformed"),
        (b"--xyz\r\nContent-Disposition: form-data\r\n\r\nx\r\n--xyz--", "multipart/form-data; boundary=xyz", "malformed"),
        (b"--xyz\r\nX: " + b"y;" * 50_000 + b"\r\n\r\nx\r\n--xyz--", "multipart/form-data; boundary=xyz", "malformed"),
        (b"&".join([b"a=b"] * (MAX_FIELDS + 1)), FORM_TYPE, "too-many-fields"),
        (b"a=" + b"x" * (3 * MAX_TEXT + 1), FORM_TYPE, "text-too-long"),
        (b"x" * (3 * MAX_TEXT + 1) + b"=a", FORM_TYPE, "text-too-long"),
    ],
)
def test_what_is_no_form_is_refused_with_a_code(body: bytes, media_type: str, code: str) -> None:
    assert parse_body(body, media_type) == BodyFault(code)


def test_too_many_and_too_long_parts_are_refused() -> None:
    assert parse_body(*multipart(*[part("a", b"b")] * (MAX_FIELDS + 1))) == BodyFault("too-many-fields")
    assert parse_body(*multipart(part("a", b"x" * (3 * MAX_TEXT + 1)))) == BodyFault("text-too-long")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"", ()),
        (b"a", (("a", ""),)),
        (b"a=b=c", (("a", "b=c"),)),
        (b"a=%", (("a", "%"),)),
        (b"a=%zz+%41", (("a", "%zz A"),)),
        (b"a=%ed%a0%80", (("a", "\ufffd\ufffd\ufffd"),)),
        (b"a=\xff", (("a", "\ufffd"),)),
        (b"a=%00", (("a", "\x00"),)),
        (b"%2Fa=%E4%B8%AD", (("/a", "中"),)),
    ],
)
def test_broken_text_is_replaced_never_refused(body: bytes, fields: tuple[tuple[str, str], ...]) -> None:
    assert parse_body(body, FORM_TYPE) == Body(fields)


@given(
    st.binary(max_size=200),
    st.sampled_from([FORM_TYPE, "multipart/form-data; boundary=a", "multipart/form-data; boundary=", "", ";;="]),
)
def test_any_bytes_give_a_body_or_a_fault(body: bytes, media_type: str) -> None:
    assert isinstance(parse_body(body, media_type), Body | BodyFault)


@given(st.binary(max_size=60))
def test_any_part_gives_a_body_or_a_fault(content: bytes) -> None:
    assert isinstance(parse_body(*multipart(content)), Body | BodyFault)


def test_the_first_text_of_a_name_is_found() -> None:
    body = Body((("a", "1"), ("a", "2")))
    assert (body.first("a"), body.first("b"), body.first("b", "x")) == ("1", "", "x")

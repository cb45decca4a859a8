"""Uploaded files are judged by their bytes."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from server.forms.body import Upload
from server.web.posted import FILE_BYTES
from server.web.uploads import BadFile, GoodFile, clean_name, examine, thumbnail


def picture(form: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", size, "#88aacc").save(held, form)
    return held.getvalue()


@pytest.mark.parametrize(("form", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
def test_pictures_are_taken_with_their_true_type_whatever_they_are_called(form: str, media_type: str) -> None:
    good = examine(Upload("file", "page.pdf", "application/x-anything", picture(form)))
    assert isinstance(good, GoodFile)
    assert good.media_type == media_type


def test_a_pdf_is_taken_but_is_no_photo() -> None:
    content = b"%PDF-1.7\n%%EOF"
    assert isinstance(examine(Upload("file", "a.pdf", "", content)), GoodFile)
    assert isinstance(examine(Upload("file", "a.pdf", "", content), photo=True), BadFile)


def test_a_program_called_a_picture_is_refused_by_name() -> None:
    bad = examine(Upload("file", "scan.jpg", "image/jpeg", b"MZ\x90\x00" + bytes(3000)))
    assert isinstance(bad, BadFile)
    assert "scan.jpg" in bad.message


@pytest.mark.parametrize(
    "content", [b"<html><script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + bytes(40)]
)
def test_what_a_browser_could_run_or_cannot_show_is_refused(content: bytes) -> None:
    assert isinstance(examine(Upload("file", "a.jpg", "image/jpeg", content)), BadFile)


def test_a_broken_picture_is_refused() -> None:
    assert isinstance(examine(Upload("file", "a.jpg", "image/jpeg", picture()[:200])), BadFile)


def test_a_file_over_the_limit_is_refused_with_its_size() -> None:
    bad = examine(Upload("file", "big.jpg", "image/jpeg", picture() + bytes(FILE_BYTES + 10_000_000)))
    assert isinstance(bad, BadFile)
    assert "30" in bad.message


def test_an_empty_file_is_refused() -> None:
    assert isinstance(examine(Upload("file", "a.jpg", "image/jpeg", b"")), BadFile)


@given(st.text(max_size=300))
def test_names_lose_folders_and_control_characters_and_are_never_empty(name: str) -> None:
    cleaned = clean_name(name)
    assert cleaned
    assert len(cleaned) <= 120
    assert "/" not in cleaned


@given(st.binary(max_size=400))
def test_any_bytes_are_judged_without_error(content: bytes) -> None:
    assert isinstance(examine(Upload("file", "a.jpg", "", content)), GoodFile | BadFile)
    assert thumbnail(content) is None or content


def test_a_thumbnail_is_small() -> None:
    small = thumbnail(picture("PNG", (1600, 1200)))
    assert small is not None
    with Image.open(io.BytesIO(small)) as image:
        assert max(image.size) <= 240

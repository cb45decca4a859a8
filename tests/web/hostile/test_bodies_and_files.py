"""Bodies no browser sends and files that are not what they are called: refused in Chinese, and nothing is lost or stored."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import httpx
import pytest
from hostile_town import FAMILY_OF_EIGHT, SERVICE, Run, Town, Visitor
from PIL import Image

from server.actions import applying
from server.actions.office import Applicant
from server.messages.pages import FAILURES, NOTES, upload_text
from server.web.posted import FILE_BYTES

MULTIPART = "multipart/form-data; boundary=BB"
URLENCODED = "application/x-www-form-urlencoded"
MATERIAL = "identity_proof"


def picture(form: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", size, "#88aacc").save(held, form)
    return held.getvalue()


def archive(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as opened:
        for name in names:
            opened.writestr(name, b"content")
    return held.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb() -> bytes:
    """A small picture that says it is 50,000 by 50,000."""
    size = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")


PNG, JPEG, WEBP = picture(), picture("JPEG"), picture("WEBP")
DISGUISED = {
    "program.jpg": (b"MZ\x90\x00\x03" + bytes(4_000), "file-type"),
    "program.png": (b"\x7fELF" + bytes(200), "file-type"),
    "program.webp": (b"\xcf\xfa\xed\xfe" + bytes(100), "file-type"),
    "class.jpg": (b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(100), "file-type"),
    "shortcut.jpg": (b"L\0\0\0\x01\x14\x02\0" + bytes(100), "file-type"),
    "page.jpg": (b"<!doctype html><script>alert(1)</script>", "file-type"),
    "page.pdf": (b"<html>%PDF-1.7 %%EOF", "file-type"),
    "utf16.jpg": ("<script>".encode("utf-16"), "file-type"),
    "drawing.png": (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "file-type"),
    "drawing.svg": (b"<svg/onload=alert(1)>", "file-type"),
    "entity.pdf": (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "file-type"),
    "no-head.pdf": (b"PDF-1.4 %%EOF", "file-type"),
    "postscript.pdf": (b"%!PS-Adobe-3.0\n%%EOF", "file-type"),
    "cut.pdf": (b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog", "file-damaged"),
    "only-head.pdf": (b"%PDF-", "file-damaged"),
    "empty.jpg": (b"", "empty-file"),
    "spaces.jpg": (b"   ", "file-type"),
    "zeros.jpg": (bytes(1_000), "file-type"),
    "cut.png": (PNG[: len(PNG) // 2], "file-damaged"),
    "head.png": (PNG[:8], "file-damaged"),
    "cut.jpg": (JPEG[: len(JPEG) // 2], "file-damaged"),
    "head.jpg": (JPEG[:3], "file-damaged"),
    "cut.webp": (WEBP[: len(WEBP) // 2], "file-damaged"),
    "bomb.png": (bomb(), "file-damaged"),
    "moving.gif": (picture("GIF"), "file-type"),
    "gif-and-zip.gif": (picture("GIF") + archive("a.class"), "file-type"),
    "bitmap.jpg": (picture("BMP"), "file-type"),
    "scan.tiff": (picture("TIFF"), "file-type"),
    "icon.png": (picture("ICO", (32, 32)), "file-type"),
    "archive.jpg": (archive("a.txt"), "file-type"),
    "letter.pdf": (archive("[Content_Types].xml", "word/document.xml"), "file-type"),
    "java.png": (archive("META-INF/MANIFEST.MF", "A.class"), "file-type"),
    "packed.pdf": (b"\x1f\x8b\x08\0" + bytes(50), "file-type"),
    "packed.jpg": (b"7z\xbc\xaf\x27\x1c" + bytes(50), "file-type"),
    "old-letter.jpg": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000), "file-type"),
    "script.jpg": (b"#!/bin/sh\nrm -rf /", "file-type"),
    "server.jpg": (b"<?php system($_GET[0]);?>", "file-type"),
    "text.pdf": ("身份证".encode(), "file-type"),
    "film.heic": (b"\0\0\0\x18ftypmp42" + bytes(50), "file-type"),
    "<script>alert(1)<!script>.jpg": (b"MZ", "file-type"),
}
#: Taken for what they begin as, whatever else is in them.
BOTH = {
    "picture-and-page.html": (PNG + b"<script>alert(1)</script>", "image/png"),
    "picture-and-archive.zip": (PNG + archive("A.class"), "image/png"),
    "comment.svg": (JPEG[:2] + b"\xff\xfe\x00\x1b<script>alert(1)</script>" + JPEG[2:], "image/jpeg"),
    "paper-and-page.html": (b"%PDF-1.7\n<script>alert(1)</script>\n%%EOF", "application/pdf"),
    "phone.exe": (b"\0\0\0\x18ftypheic" + bytes(50), "image/heic"),
}


async def with_draft(town: Town) -> tuple[Visitor, Applicant, str]:
    visitor, actor = await town.applicant()
    return visitor, actor, (await town.draft(actor, FAMILY_OF_EIGHT)).id


async def stored(town: Town, actor: Applicant, draft_id: str) -> applying.Draft:
    draft = await applying.load_draft(town.office, actor=actor, draft_id=draft_id)
    assert isinstance(draft, applying.Draft)
    return draft


async def uploaded(town: Town, visitor: Visitor, draft_id: str, name: str, content: bytes) -> httpx.Response:
    """The answer to one file sent as a picture for a material."""
    return await visitor.client.post(
        f"/apply/{draft_id}/materials/{MATERIAL}",
        data={"csrf": town.form_token(visitor.token)},
        files=[("file", (name, content, "image/jpeg"))],
    )


def part(name: str, content: bytes = b"x", filename: str | None = None) -> bytes:
    head = f'content-disposition: form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
    return head.encode() + b"\r\n\r\n" + content


def parts(*pieces: bytes, end: bytes = b"--BB--\r\n") -> bytes:
    return b"".join(b"--BB\r\n" + piece + b"\r\n" for piece in pieces) + end


@pytest.mark.parametrize("name", DISGUISED)
def test_a_file_that_is_not_what_it_is_called_is_refused_beside_its_material(town: Town, run: Run, name: str) -> None:
    async def send() -> None:
        visitor, actor, draft_id = await with_draft(town)
        before = await stored(town, actor, draft_id)
        content, reason = DISGUISED[name]
        visitor._shown(await uploaded(town, visitor, draft_id, name, content))
        assert visitor.status == 422
        words = upload_text(reason, name=name)
        assert visitor.faults() == {f"#material-{MATERIAL}": words}
        assert "<script>" not in visitor.html
        assert (await stored(town, actor, draft_id)).data == before.data

    run(send())


@pytest.mark.parametrize("name", BOTH)
def test_a_file_of_two_kinds_is_shown_as_the_harmless_one(town: Town, run: Run, name: str) -> None:
    async def send() -> None:
        visitor, actor, draft_id = await with_draft(town)
        content, media_type = BOTH[name]
        assert (await uploaded(town, visitor, draft_id, name, content)).status_code == 200
        file = (await stored(town, actor, draft_id)).data.values[f"/materials/{MATERIAL}"][-1]
        shown = await visitor.client.get(f"/files/{file['id']}")
        assert shown.headers["content-type"] == media_type
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in shown.headers["content-security-policy"]
        assert "script-src" not in shown.headers["content-security-policy"]
        assert shown.headers["cache-control"].startswith("private")
        kind = "attachment" if media_type == "image/heic" else "inline"
        assert shown.headers["content-disposition"].startswith(f"{kind}; filename*=UTF-8''")

    run(send())


def test_a_file_of_thirty_megabytes_is_refused_with_its_size(town: Town, run: Run) -> None:
    async def send() -> None:
        visitor, actor, draft_id = await with_draft(town)
        before = await stored(town, actor, draft_id)
        visitor._shown(await uploaded(town, visitor, draft_id, "big.jpg", JPEG + bytes(30_000_000)))
        assert visitor.status == 422
        assert FILE_BYTES < 30_000_000
        assert "30 MB" in visitor.faults()[f"#material-{MATERIAL}"]
        answer = await uploaded(town, visitor, draft_id, "huge.jpg", JPEG + bytes(70_000_000))
        assert (answer.status_code, FAILURES["too-large"][0] in answer.text) == (413, True)
        assert (await stored(town, actor, draft_id)).data == before.data

    run(send())


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\Windows\\a.png", "a.png"),
        ("a\u202eb\u200b.png", "ab.png"),
        ("...", "file"),
        ("身份证" * 200 + ".png", ("身份证" * 200 + ".png")[-120:]),
        ("<img src=x onerror=alert(1)>.png", "<img src=x onerror=alert(1)>.png"),
        ('";filename="b.png', '";filename="b.png'),
    ],
)
def test_the_name_of_a_file_is_only_a_name(town: Town, run: Run, name: str, kept: str) -> None:
    async def send() -> None:
        visitor, actor, draft_id = await with_draft(town)
        visitor._shown(await uploaded(town, visitor, draft_id, name, PNG))
        assert "<img src=x" not in visitor.html
        file = (await stored(town, actor, draft_id)).data.values[f"/materials/{MATERIAL}"][-1]
        assert file["name"] == kept
        shown = await visitor.client.get(f"/files/{file['id']}")
        assert "\r" not in shown.headers["content-disposition"] and '"' not in shown.headers["content-disposition"]

    run(send())


def test_a_photo_posted_with_a_stale_form_has_to_be_chosen_again(town: Town, run: Run) -> None:
    async def send() -> None:
        visitor, actor, draft_id = await with_draft(town)
        owned = await town.office.store.count_files(draft_id)
        path = f"/apply/{draft_id}/applicant"
        photo = [("/applicant/photo", ("me.png", PNG, "image/png"))]
        visitor._shown(await visitor.client.post(path, data={"csrf": "made up", "/applicant/name": "Typed"}, files=photo))
        assert visitor.status == 403
        assert NOTES["page-stale"] in visitor.text
        assert visitor.faults() == {"#/applicant/photo": upload_text("file-again", name="me.png")}
        assert visitor.typed("/applicant/name") == "Typed"
        fields = {"csrf": town.form_token(visitor.token), "mark": "another", "/applicant/name": "Typed"}
        visitor._shown(await visitor.client.post(path, data=fields, files=photo))
        assert visitor.status == 409
        assert visitor.faults() == {"#/applicant/photo": upload_text("file-again", name="me.png")}
        assert await town.office.store.count_files(draft_id) == owned
        assert "/applicant/photo" not in (await stored(town, actor, draft_id)).data.values
        visitor._shown(await visitor.client.post(path, data={**fields, "mark": visitor.typed("mark")}, files=photo))
        assert (await stored(town, actor, draft_id)).data.values["/applicant/photo"]["name"] == "me.png"

    run(send())


def bodies(token: str) -> dict[str, tuple[str | None, bytes, int, str]]:
    """Media type and body, with the status and the key of the page that answers, where it is an error page."""
    csrf = part("csrf", token.encode())
    plain = b"csrf=" + token.encode()
    return {
        "no end": (MULTIPART, parts(csrf, end=b""), 400, "malformed"),
        "no boundary": ("multipart/form-data", parts(csrf), 400, "malformed"),
        "another boundary": ("multipart/form-data; boundary=XX", parts(csrf), 400, "malformed"),
        "a huge boundary": ("multipart/form-data; boundary=" + "B" * 5_000, parts(csrf), 400, "malformed"),
        "an empty body": (MULTIPART, b"", 400, "malformed"),
        "a part without a name": (MULTIPART, parts(csrf, b"content-disposition: form-data\r\n\r\nx"), 400, "malformed"),
        "a part without a head": (MULTIPART, parts(csrf, b"x: y\r\n\r\nx"), 400, "malformed"),
        "a part that is all head": (MULTIPART, parts(csrf, b'content-disposition: form-data; name="a"'), 400, "malformed"),
        "an endless head": (MULTIPART, parts(csrf, b"x: " + b"y" * 20_000 + b"\r\n\r\nx"), 400, "malformed"),
        "JSON": ("application/json", b'{"csrf": "x"}', 400, "unknown-media-type"),
        "text": ("text/plain", plain, 400, "unknown-media-type"),
        "XML": ("application/xml", b"<a/>", 400, "unknown-media-type"),
        "six thousand parts": (MULTIPART, parts(csrf, *(part(f"/x{number}") for number in range(6_000))), 413, "too-many-fields"),
        "ten thousand names": (URLENCODED, plain + b"".join(b"&/x%d=1" % n for n in range(10_000)), 413, "too-many-fields"),
        "an endless name": (URLENCODED, plain + b"&/" + b"x" * 50_000 + b"=1", 413, "text-too-long"),
        "an endless text": (URLENCODED, plain + b"&/remarks=" + b"x" * 900_000, 413, "text-too-long"),
        "two thousand parts": (MULTIPART, parts(csrf, *(part(f"/x{number}") for number in range(2_000))), 200, ""),
        "half a character": (MULTIPART, parts(csrf, part("/remarks", b"\xff\xfe\xed\xa0\x80")), 200, ""),
        "a file for a text": (MULTIPART, parts(csrf, part("/remarks", b"x", "a.txt")), 200, ""),
        "a text for a file": (MULTIPART, parts(csrf, part("/applicant/photo", b"x")), 200, ""),
        "nonsense in percents": (URLENCODED, plain + b"&%%%=%&/remarks=%zz%e4%bd&&&=", 200, ""),
        "no media type": (None, plain, 200, ""),
        "a strange charset": (URLENCODED + "; charset=gbk", plain + b"&/remarks=" + "你好".encode("gbk"), 200, ""),
        "the token as a file": (MULTIPART, parts(part("csrf", token.encode(), "x")), 403, ""),
        "two tokens": (MULTIPART, parts(part("csrf", b"x"), csrf), 403, ""),
        "another charset": (URLENCODED, "csrf=x".encode("utf-16"), 403, ""),
        "NUL and bytes": (URLENCODED, b"\xff\x00", 403, ""),
    }


@pytest.mark.parametrize("name", bodies("x"))
def test_a_body_no_browser_sends_is_answered_and_stores_no_nonsense(town: Town, run: Run, name: str) -> None:
    async def send() -> None:
        visitor, actor, draft_id = await with_draft(town)
        media_type, body, status, failure = bodies(town.form_token(visitor.token))[name]
        headers = {"content-type": media_type} if media_type is not None else {}
        visitor._shown(await visitor.client.post(f"/apply/{draft_id}/remarks", content=body, headers=headers))
        assert visitor.status == status
        if failure:
            assert all(words in visitor.text for words in FAILURES[failure])
        after = (await stored(town, actor, draft_id)).data
        assert not any(pointer.startswith("/x") for pointer in (*after.values, *after.raw, *after.touched))
        for path in ("/sign-in", "/sign-in/code", "/staff/sign-in", f"/apply/{draft_id}/check", f"/apply/{draft_id}/materials"):
            answer = await visitor.client.post(path, content=body, headers=headers, follow_redirects=False)
            assert answer.status_code in (303, 400, 403, 409, 413, 422), path

    run(send())


def test_a_first_page_takes_files_where_a_service_asks_for_them(town: Town, run: Run) -> None:
    async def send() -> None:
        visitor, actor = await town.applicant()
        path = f"/services/{SERVICE}/apply"
        # The shipped first page asks for no file; one that comes all the same belongs nowhere.
        fields = {"csrf": town.form_token(visitor.token), "/application/items": "temporary_assistance", "intent": "next"}
        visitor._shown(await visitor.client.post(path, data=fields, files=[("/applicant/photo", ("a.png", PNG, "image/png"))]))
        assert visitor.status == 200
        (row,) = await town.office.store.drafts_of(actor.account_id)
        assert "/applicant/photo" not in row.data.values

    run(send())

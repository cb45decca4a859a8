"""Uploaded files are what they are, not what they are called: the first bytes decide, and pictures must open."""

from __future__ import annotations

import io
import unicodedata
import warnings

import msgspec
import puremagic
from PIL import Image

from server.forms.body import Upload
from server.messages.pages import upload_text
from server.paper.pictures import MOST_PIXELS, small_picture
from server.web.posted import FILE_BYTES

PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
#: Taken as they are: phones make them, browsers may not show them.
_PDF = "application/pdf"
_OTHER = (_PDF, "image/heic")
#: Readers begin at the end of a PDF; some programs write more behind it.
_PDF_END, _PDF_TAIL = b"%%EOF", 65_536
_THUMBNAIL = (240, 240)
_HEIC_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis", b"hevc")


class GoodFile(msgspec.Struct, frozen=True):
    """A file that may be stored."""

    name: str
    media_type: str
    content: bytes


class BadFile(msgspec.Struct, frozen=True):
    """Why a file is not taken, in words."""

    message: str


def examine(upload: Upload, *, photo: bool = False) -> GoodFile | BadFile:
    """The file with its true media type, or why it is refused; with `photo` only pictures pass."""
    name = clean_name(upload.filename)
    if not upload.content:
        return BadFile(upload_text("empty-file", name=name))
    if len(upload.content) > FILE_BYTES:
        return BadFile(upload_text("file-too-large", name=name, megabytes=f"{len(upload.content) / 1_000_000:.0f}"))
    media_type = media_type_of(upload.content)
    if photo and media_type not in PICTURES:
        return BadFile(upload_text("photo-type", name=name))
    if not media_type:
        return BadFile(upload_text("file-type", name=name))
    if not _is_whole(upload.content, media_type):
        return BadFile(upload_text("file-damaged", name=name))
    return GoodFile(name, media_type, upload.content)


def media_type_of(content: bytes) -> str:
    """The media type by the first bytes; empty when the kind is not taken."""
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return "image/heic"
    if content.startswith(b"%PDF-"):
        return _PDF
    try:
        guesses = puremagic.magic_string(content[:4096])
    except (puremagic.PureError, ValueError):
        return ""
    best = guesses[0].mime_type if guesses else ""
    return best if best in PICTURES or best in _OTHER else ""


def clean_name(filename: str) -> str:
    """The file's name without folders and control characters, never empty."""
    base = filename.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in base if unicodedata.category(c)[0] != "C").strip(" .")
    return kept[-120:] or "file"


def thumbnail(content: bytes) -> bytes | None:
    """A small JPEG of a picture; nothing when it cannot be opened."""
    return small_picture(content, _THUMBNAIL)


def _is_whole(content: bytes, media_type: str) -> bool:
    """Whether nothing is cut off, as far as can be told."""
    if media_type == _PDF:
        return _PDF_END in content[-_PDF_TAIL:]
    return media_type not in PICTURES or _opens(content, PICTURES[media_type])


def _opens(content: bytes, form: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=(form,)) as picture:
                return 0 < picture.width * picture.height <= MOST_PIXELS and picture.load() is not None
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError):
        return False

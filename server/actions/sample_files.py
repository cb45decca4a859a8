"""Pictures that stand for the materials of a demonstration: marked as samples, different for every name."""

from __future__ import annotations

import hashlib
import io

import msgspec
from PIL import Image, ImageDraw

from server.messages.demo import SAMPLE_MARK

_SIZE = (640, 400)
_MARK_WIDTH = 48
_SCALE = 5
_PAPER, _LINE, _INK = (250, 249, 245), (205, 205, 200), (176, 48, 40)
_JPEG = ("jpg", "jpeg")


class SampleFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file to store."""

    name: str
    media_type: str
    content: bytes


def sample_file(name: str) -> SampleFile:
    """A small picture under a name; a name that promises something else than a picture gets a picture's ending."""
    stem, _, suffix = name.rpartition(".")
    jpeg = suffix.lower() in _JPEG
    kept = name if jpeg or suffix.lower() == "png" else f"{stem or suffix}.png"
    content = io.BytesIO()
    _picture(kept).save(content, "JPEG" if jpeg else "PNG")
    return SampleFile(name=kept, media_type="image/jpeg" if jpeg else "image/png", content=content.getvalue())


def _picture(name: str) -> Image.Image:
    """A sheet with lines as of text, whose lengths follow from the name, and the mark across it."""
    picture = Image.new("RGB", _SIZE, _PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((12, 12, _SIZE[0] - 13, _SIZE[1] - 13), outline=_LINE, width=3)
    for row, length in enumerate(hashlib.sha256(name.encode()).digest()[:11]):
        top = 40 + 30 * row
        draw.rectangle((48, top, 48 + 180 + length, top + 8), fill=_LINE)
    left, above = (_SIZE[0] - _MARK_WIDTH * _SCALE) // 2, (_SIZE[1] - len(SAMPLE_MARK) * _SCALE) // 2
    for row, bits in enumerate(SAMPLE_MARK):
        for column in range(_MARK_WIDTH):
            if int(bits, 16) >> (_MARK_WIDTH - 1 - column) & 1:
                corner = (left + column * _SCALE, above + row * _SCALE)
                draw.rectangle((*corner, corner[0] + _SCALE - 1, corner[1] + _SCALE - 1), fill=_INK)
    return picture

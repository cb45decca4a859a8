"""Pictures that are small enough to show and print, and QR codes."""

from __future__ import annotations

import io
import warnings

import segno
from PIL import Image

#: Formats that are opened.
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 80_000_000


def small_picture(content: bytes, size: tuple[int, int]) -> bytes | None:
    """A JPEG of a picture that fits into a size; nothing when it cannot be opened."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    return None
                picture.draft("RGB", size)
                picture.thumbnail(size)
                small = io.BytesIO()
                picture.convert("RGB").save(small, "JPEG", quality=80)
                return small.getvalue()
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError):
        return None


def qr_code(text: str) -> bytes:
    """A QR code as an SVG picture that may stand in a page."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", xmldecl=False, border=2, omitsize=True)
    return drawn.getvalue()

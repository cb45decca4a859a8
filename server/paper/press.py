"""The press: paper to PDF, the same bytes for the same paper, on as many threads at once as there are plates."""

from __future__ import annotations

import threading
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
import typst

from server.paper.content import Paper

#: Families of which one must be installed, the best first.
FAMILIES = ("Noto Serif CJK SC", "Noto Sans CJK SC")
_TEMPLATE = Path(__file__).with_name("paper.typ")
#: Papers that are set at the same time; each takes a processor and some ten megabytes.
_AT_ONCE = threading.BoundedSemaphore(2)


def has_font() -> bool:
    """Whether Chinese can be printed here."""
    return not set(FAMILIES).isdisjoint(_fonts().families())


def printed(paper: Paper, *, at: datetime) -> bytes:
    """The paper as a tagged PDF; takes a moment, so that it does not belong on the event loop."""
    return _set(paper, at=at, form="pdf")[0]


def pictures(paper: Paper, *, at: datetime, dots_per_inch: float = 96) -> tuple[bytes, ...]:
    """The pages as PNG pictures, to be looked at."""
    return _set(paper, at=at, form="png", dots_per_inch=dots_per_inch)


def _set(paper: Paper, *, at: datetime, form: Literal["pdf", "png"], dots_per_inch: float = 96) -> tuple[bytes, ...]:
    given = {"paper": msgspec.json.encode(paper).decode()}
    with _AT_ONCE:
        compiler = typst.Compiler(_TEMPLATE.read_bytes(), font_paths=_fonts(), sys_inputs=given)
        made = compiler.compile(format=form, ppi=dots_per_inch, timestamp=int(at.timestamp()))
    assert made is not None
    return (made,) if isinstance(made, bytes) else tuple(made)


@cache
def _fonts() -> typst.Fonts:
    """The fonts of the system, looked for once."""
    return typst.Fonts()

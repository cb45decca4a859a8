"""The press: paper to PDF, the same bytes for the same paper."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
import typst

from server.paper.content import Paper

#: Families of which one must be installed, the best first; the template asks for them in the same order.
FAMILIES = ("Noto Serif CJK SC", "Noto Sans CJK SC")
_TEMPLATE = Path(__file__).with_name("paper.typ")


def has_font() -> bool:
    """Whether Chinese can be printed here; without a font there would be empty boxes."""
    return not set(FAMILIES).isdisjoint(_fonts().families())


def printed(paper: Paper) -> bytes:
    """The paper as a tagged PDF; takes a moment, so that it does not belong on the event loop."""
    return _set(paper, "pdf")[0]


def pictures(paper: Paper, *, dots_per_inch: float = 96) -> tuple[bytes, ...]:
    """The pages as PNG pictures, to be looked at."""
    return _set(paper, "png", dots_per_inch)


def _set(paper: Paper, form: Literal["pdf", "png"], dots_per_inch: float = 96) -> tuple[bytes, ...]:
    given = {"paper": msgspec.json.encode(paper).decode()}
    compiler = typst.Compiler(_TEMPLATE.read_bytes(), font_paths=_fonts(), sys_inputs=given)
    # Nothing printed says when it was printed, so that the same paper gives the same bytes.
    made = compiler.compile(format=form, ppi=dots_per_inch, timestamp=0)
    assert made is not None
    return (made,) if isinstance(made, bytes) else tuple(made)


@cache
def _fonts() -> typst.Fonts:
    """The fonts of the system, looked for once."""
    return typst.Fonts()

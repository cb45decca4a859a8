"""Author text: structure stays, everything that could act is text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.forms.markdown import render_markdown

HARMLESS = {
    "p",
    "strong",
    "em",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "a",
    "br",
    "blockquote",
    "code",
    "table",
    "thead",
    "tbody",
}
HARMLESS |= {"tr", "th", "td", "hr"}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("我**同意**", "<p>我<strong>同意</strong></p>\n"),
        ("- 一\n- 二", "<ul>\n<li>一</li>\n<li>二</li>\n</ul>\n"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>\n"),
        (
            "[站点](https://example.org/?a=1&b=2)",
            '<p><a href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer">站点</a></p>\n',
        ),
        ("[电话](tel:12345)", '<p><a href="tel:12345" rel="noopener noreferrer">电话</a></p>\n'),
        ("|a|b|\n|-|-|\n|1|2|", None),
    ],
)
def test_structure_stays(text: str, html: str | None) -> None:
    found = render_markdown(text)
    assert html is None or found == html
    assert html is not None or "<table>" in found


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![picture](https://example.org/x.png)",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "<a href='javascript:x' onclick=y>z</a>",
        "<https://example.org/><style>*{}</style>",
        '[x](https://example.org/ "title onmouseover=x")',
        "<!-- comment -->",
        "&lt;script&gt;",
        "```html\n<script>\n```",
    ],
)
def test_what_could_act_is_text(text: str) -> None:
    assert_harmless(render_markdown(text))


@given(st.text(max_size=80) | st.text('<>[]()!*_`|-#&;:/"=\n scripthefonj', max_size=80))
def test_no_text_at_all_yields_more_than_structure(text: str) -> None:
    assert_harmless(render_markdown(text))


def assert_harmless(html: str) -> None:
    tags = re.findall(r"<(/?)([a-zA-Z!][^\s>]*)([^>]*)>", html)
    assert {name for _, name, _ in tags} <= HARMLESS
    for _, name, attributes in tags:
        names = set(re.findall(r"([a-zA-Z-]+)=", re.sub(r'"[^"]*"', '""', attributes)))
        assert names <= ({"href", "rel", "title"} if name == "a" else set())
    for target in re.findall(r'href="([^"]*)"', html):
        assert re.match(r"(https?|tel|mailto):", target, re.IGNORECASE) or ":" not in target.split("/")[0]


def test_headings_begin_below_the_one_of_the_page_and_never_leave_the_scale() -> None:
    assert render_markdown("# 甲\n\n## 乙\n\n###### 丙", top=3) == "<h3>甲</h3>\n<h4>乙</h4>\n<h6>丙</h6>\n"

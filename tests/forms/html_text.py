"""HTML as tests read it: one tag a line, and everything that is wrong with it."""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

import msgspec

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
#: Elements that end where a block begins: inside them only text-level elements may stand.
PHRASING_ONLY = {"p", "label", "span", "legend", "h1", "h2", "h3", "button", "a", "strong", "em", "small", "output"}
BLOCKS = {"div", "p", "section", "fieldset", "form", "ul", "ol", "li", "h1", "h2", "h3", "table", "blockquote"}
INPUTS = {"input", "select", "textarea"}


class Element(msgspec.Struct):
    """One element with its children in order."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str]
    parent: Element | None = None

    def walk(self) -> list[Element]:
        """The element and all below it, in order."""
        return [self, *(below for child in self.children if isinstance(child, Element) for below in child.walk())]

    def text(self) -> str:
        """All text in it."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)

    def inside(self, tag: str) -> bool:
        """Whether an ancestor has the tag."""
        return self.parent is not None and (self.parent.tag == tag or self.parent.inside(tag))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {}, [])
        self.open = self.root
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len({name for name, _ in attrs}) < len(attrs):
            self.faults.append(f"<{tag}> has an attribute twice")
        if tag in BLOCKS and self.open.tag in PHRASING_ONLY:
            self.faults.append(f"<{tag}> inside <{self.open.tag}>")
        element = Element(tag, {name: value or "" for name, value in attrs}, [], self.open)
        self.open.children.append(element)
        if tag not in VOID:
            self.open = element

    def handle_endtag(self, tag: str) -> None:
        if tag != self.open.tag or self.open.parent is None:
            self.faults.append(f"</{tag}> inside <{self.open.tag}>")
            return
        self.open = self.open.parent

    def handle_data(self, data: str) -> None:
        self.open.children.append(data)


def parse(html: bytes) -> Element:
    """The root of the elements; asserts that every tag is closed where it must be."""
    text = html.decode("utf-8")
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert reader.faults == []
    assert reader.open is reader.root, f"<{reader.open.tag}> is never closed"
    assert not re.search("[\ufdd0-\ufdef]", text), "a mark of the page program is left"
    return reader.root


def faults_of(root: Element) -> list[str]:
    """What keeps a form from being used with a keyboard, a screen reader, or at all."""
    elements = root.walk()
    ids = [element.attributes["id"] for element in elements if "id" in element.attributes]
    faults = [f"id {name!r} twice" for name in sorted({name for name in ids if ids.count(name) > 1})]
    faults += [f"id {name!r} cannot be linked to" for name in ids if not name or re.search(r"\s", name)]
    for element in elements:
        for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            wanted = element.attributes.get(attribute, "").split()
            faults += [f"{attribute} names {name!r}, which is nowhere" for name in wanted if name not in ids]
        target = element.attributes.get("href", "")
        if target.startswith("#") and target[1:] not in ids:
            faults.append(f"link to {target!r} leads nowhere")
        if element.tag in INPUTS and element.attributes.get("type") != "hidden" and not _label(element, elements):
            faults.append(f"{element.tag} {element.attributes.get('name')!r} has no label")
        if element.tag == "button" and not element.text().strip():
            faults.append("a button without words")
        if element.tag == "fieldset" and not _first_is_legend(element):
            faults.append("a fieldset without legend")
    return faults


def tidy(html: bytes) -> str:
    """The HTML with one element a line, indented; elements that hold text only stay on one line."""
    lines: list[str] = []
    for child in parse(html).children:
        _write(child, 0, lines)
    return "\n".join(lines)


def _label(element: Element, elements: list[Element]) -> str:
    own = element.attributes.get("aria-label", "").strip()
    if own:
        return own
    if element.inside("label"):
        return "inside a label"
    name = element.attributes.get("id")
    return next((e.text().strip() for e in elements if e.tag == "label" and name and e.attributes.get("for") == name), "")


def _first_is_legend(element: Element) -> bool:
    first = next((child for child in element.children if isinstance(child, Element)), None)
    return first is not None and first.tag == "legend" and bool(first.text().strip())


def _write(node: Element | str, depth: int, lines: list[str]) -> None:
    indent = "  " * depth
    if isinstance(node, str):
        if node.strip():
            lines.append(indent + escape(node.strip(" \n"), quote=False))
        return
    attributes = "".join(f' {name}="{escape(value)}"' if value else f" {name}" for name, value in node.attributes.items())
    opening = f"{indent}<{node.tag}{attributes}>"
    if node.tag in VOID:
        lines.append(opening)
    elif all(isinstance(child, str) for child in node.children):
        lines.append(f"{opening}{escape(node.text(), quote=False)}</{node.tag}>".replace("\n", "⏎"))
    else:
        lines.append(opening)
        for child in node.children:
            _write(child, depth + 1, lines)
        lines.append(f"{indent}</{node.tag}>")

"""XML from strangers, read without anything that could do harm: no document types, so no entities; bounds on size and depth."""

from __future__ import annotations

from xml.etree import ElementTree as Xml
from xml.parsers import expat

MAX_BYTES = 5_000_000
MAX_ELEMENTS = 60_000
MAX_DEPTH = 64
#: Attributes of one element.
_MAX_ATTRIBUTES = 200


class _Refused(Exception):
    """Reading stops; the argument is the code of the reason."""


def read_xml(content: bytes) -> Xml.Element | str:
    """The root of a document, its names as `{namespace}name`, or the code that says why it is not read."""
    if len(content) > MAX_BYTES:
        return "too-large"
    reader = _Reader()
    try:
        reader.parser.Parse(content, True)
    except _Refused as refused:
        return str(refused)
    except (expat.ExpatError, ValueError, LookupError):
        return "not-xml"
    return reader.builder.close()


class _Reader:
    """Builds a tree as long as nothing is wrong."""

    def __init__(self) -> None:
        self.builder = Xml.TreeBuilder()
        self._depth = self._elements = 0
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.builder.data
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.EntityDeclHandler = self._doctype
        self.parser.ExternalEntityRefHandler = self._doctype

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS or len(attributes) > _MAX_ATTRIBUTES:
            raise _Refused("too-deep" if self._depth > MAX_DEPTH else "too-large")
        self.builder.start(_full(name), {_full(key): value for key, value in attributes.items()})

    def _end(self, name: str) -> None:
        self._depth -= 1
        self.builder.end(_full(name))

    def _doctype(self, *_: object) -> int:
        raise _Refused("document-type")


def _full(name: str) -> str:
    return "{" + name if "}" in name else name


def local(element: Xml.Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(name: str) -> str:
    """The namespace of a name; empty where it has none."""
    return name[1:].partition("}")[0] if name.startswith("{") else ""


def text_of(element: Xml.Element | None) -> str:
    """The text of an element, without the space around it."""
    return "".join(element.itertext()).strip() if element is not None else ""

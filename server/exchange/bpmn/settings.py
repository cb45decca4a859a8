"""What BPMN has no word for: members of our nodes that travel beside the elements as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

#: Our elements and attributes; others leave them alone.
OWN = "urn:onething:bpmn"
#: Characters that no XML document can hold.
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """The text as an XML document can hold it and every reader reads it."""
    return _NOT_IN_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def bare(document: msgspec.Struct, *, without: Collection[str] = ()) -> dict[str, Any]:
    """The members of a document that differ from their defaults, as JSON."""
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(document):
        value = getattr(document, field.name)
        default = field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default
        if field.name not in without and value != default:
            found[field.encode_name] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        tag = value.__struct_config__.tag
        kind = {} if tag is None else {"kind": tag}
        return kind | bare(value)
    if isinstance(value, Mapping):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, tuple):
        return [_plain(member) for member in value]
    return value


def plain_definition(definition: msgspec.Struct) -> dict[str, Any]:
    """A document as JSON without members that say no more than their absence."""
    found: dict[str, Any] = _plain(definition)
    return found


def settings_text(settings: Mapping[str, Any]) -> str:
    """Settings as they stand in an element."""
    return json.dumps(settings, ensure_ascii=True, separators=(",", ":"))


def settings_of(text: str) -> dict[str, Any]:
    """The settings that an element holds; none where somebody broke them."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def keep(settings: dict[str, Any], name: str, text: str | None) -> None:
    """Ensures that a text that XML would change comes back as it was."""
    if text is not None and (xml_text(text) != text or text != text.strip()):
        settings[name] = text


def told(settings: Mapping[str, Any], name: str, text: str | None) -> str | None:
    """The text of an element, as it was before XML changed it."""
    kept = settings.get(name)
    if isinstance(kept, str) and text is not None and xml_text(kept).strip() == text.strip():
        return kept
    return text

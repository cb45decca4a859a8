"""Bodies of form posts, read by our own bounded parser: nothing of them is cached anywhere."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

import msgspec

MAX_FIELDS = 5_000
MAX_TEXT = 200_000
MAX_NAME = 2_000
_MAX_HEAD = 8_000


class Upload(msgspec.Struct, frozen=True):
    """One file part."""

    name: str
    filename: str
    media_type: str
    content: bytes


class Body(msgspec.Struct, frozen=True):
    """The parts of a form post in their order."""

    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[Upload, ...] = ()

    def first(self, name: str, default: str = "") -> str:
        """The first text posted under a name."""
        return next((value for key, value in self.fields if key == name), default)


class BodyFault(msgspec.Struct, frozen=True):
    """Why a body cannot be read: `too-many-fields`, `text-too-long`, `malformed`, `unknown-media-type`."""

    code: str


def parse_body(body: bytes, content_type: str) -> Body | BodyFault:
    """The fields and files of a urlencoded or multipart body; lone surrogates and broken UTF-8 become U+FFFD."""
    media_type, _, parameters = content_type.partition(";")
    match media_type.strip().lower():
        case "application/x-www-form-urlencoded" | "":
            return _urlencoded(body)
        case "multipart/form-data":
            boundary = _parameter(parameters, "boundary")
            return _multipart(body, boundary) if boundary else BodyFault("malformed")
    return BodyFault("unknown-media-type")


def _urlencoded(body: bytes) -> Body | BodyFault:
    if not body:
        return Body()
    pairs = body.split(b"&")
    if len(pairs) > MAX_FIELDS:
        return BodyFault("too-many-fields")
    fields = []
    for pair in pairs:
        name, _, value = pair.partition(b"=")
        if len(name) > MAX_NAME or len(value) > 3 * MAX_TEXT:
            return BodyFault("text-too-long")
        fields.append((_decoded(name), _decoded(value)))
    return Body(tuple(fields))


def _decoded(text: bytes) -> str:
    spaced = text.replace(b"+", b" ")
    return (unquote_to_bytes(spaced) if b"%" in spaced else spaced).decode("utf-8", "replace")


def _multipart(body: bytes, boundary: str) -> Body | BodyFault:
    delimiter = b"--" + boundary.encode("latin-1", "replace")
    sections = (b"\r\n" + body).split(b"\r\n" + delimiter)
    if len(sections) < 2 or not sections[-1].startswith(b"--"):
        return BodyFault("malformed")
    if len(sections) > MAX_FIELDS + 2:
        return BodyFault("too-many-fields")
    fields: list[tuple[str, str]] = []
    files: list[Upload] = []
    for section in sections[1:-1]:
        head, mark, content = section.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not mark or len(head) > _MAX_HEAD:
            return BodyFault("malformed")
        headers = _headers(head)
        disposition = headers.get("content-disposition", "")
        name = _parameter(disposition, "name")
        if name is None:
            return BodyFault("malformed")
        filename = _parameter(disposition, "filename")
        if filename is None:
            if len(content) > 3 * MAX_TEXT:
                return BodyFault("text-too-long")
            fields.append((name, content.decode("utf-8", "replace")))
        elif filename or content:
            files.append(
                Upload(name, filename.replace("\\", "/").rsplit("/", 1)[-1][-255:], headers.get("content-type", ""), content)
            )
    return Body(tuple(fields), tuple(files))


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode("utf-8", "replace").split("\r\n")
    return {name.strip().lower(): value.strip() for name, mark, value in (line.partition(":") for line in lines) if mark}


def _parameter(text: str, name: str) -> str | None:
    """A parameter of a header value; quoted values may hold escaped quotes and semicolons."""
    for piece in _split_parameters(text):
        key, mark, value = piece.partition("=")
        if mark and key.strip().lower() == name:
            value = value.strip()
            if value.startswith('"') and value.endswith('"') and len(value) > 1:
                value = value[1:-1].replace('\\"', '"').replace("%22", '"').replace("%0D", "").replace("%0A", "")
            return value
    return None


def _split_parameters(text: str) -> list[str]:
    pieces, quoted, current = [], False, ""
    for character in text:
        if character == '"' and not current.endswith("\\"):
            quoted = not quoted
        if character == ";" and not quoted:
            pieces.append(current)
            current = ""
        else:
            current += character
    return [*pieces, current]

"""What the holes of pages are filled with: texts escaped, options with the chosen one marked, files and messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from markupsafe import escape

from server.definitions.regions import RegionTree
from server.forms.kinds.address import LEVELS
from server.forms.kinds.kind import FormField
from server.messages.forms import CHOOSE, FORM_TEXTS, LEVEL_CHOOSE

#: What is taken out of every text: noncharacters, which mark holes, and lone surrogates, which no page can hold.
MARKS = re.compile("[\ufdd0-\ufdef\ud800-\udfff]")
#: Anything that cannot stand in a page as it is; most texts hold none of it.
_UNSAFE = re.compile("[&<>\"'\ufdd0-\ufdef\ud800-\udfff]")
OPTIONAL = FORM_TEXTS["optional"].encode()
UNANSWERED = FORM_TEXTS["unanswered"].encode()


def plain(value: Any) -> str:
    """Any text escaped, what marks holes or cannot be encoded replaced."""
    text = str(value)
    return text if _UNSAFE.search(text) is None else MARKS.sub("\ufffd", escape(text))


def escaped(value: Any) -> bytes:
    """The bytes of any text escaped."""
    return plain(value).encode()


class Options(NamedTuple):
    """The options of a drop-down of which none is chosen."""

    html: bytes
    #: Code to the end of its option's opening tag, where the mark of the chosen one belongs.
    ends: dict[str, bytes]
    #: Code to the options in which it is chosen, kept as they are asked for.
    marked: dict[str, bytes]

    def with_chosen(self, code: str, title: str) -> bytes:
        """The options with one chosen; a code that is not offered stays visible, so that nothing changes silently."""
        marked = self.marked.get(code)
        if marked is not None:
            return marked
        end = self.ends.get(code)
        if end is None:
            return self.html + f'<option value="{plain(code)}" selected>{plain(title)}</option>'.encode() if code else self.html
        return self.marked.setdefault(code, self.html.replace(end, end[:-1] + b" selected>", 1))


def options_of(options: Iterable[tuple[str, str]], empty: str) -> Options:
    """The options of codes and titles after an empty one."""
    listed = tuple(options)
    html = [_option("", empty), *(_option(code, title) for code, title in listed)]
    return _options("".join(html), (code for code, _ in listed))


def field_options(field: FormField, offered: Sequence[str] | None = None) -> Options:
    """The options of a field, or those of them that are offered now."""
    kept = (option for option in field.offered if offered is None or option.code in offered)
    return options_of(((option.code, option.title) for option in kept), CHOOSE)


@lru_cache(maxsize=16)
def county_options(tree: RegionTree) -> Options:
    """Counties grouped by city, then the other provinces; a city without counties stands for itself."""
    groups = sorted(tree.districts(), key=lambda group: (not group[0], group[0]))
    html = [_option("", CHOOSE)]
    for upper, codes in groups:
        label = (tree.name(upper) or upper) if upper else FORM_TEXTS["elsewhere"]
        districts = "".join(_option(code, tree.name(code) or code) for code in codes)
        html.append(f'<optgroup label="{plain(label)}">{districts}</optgroup>')
    return _options("".join(html), (code for _, codes in groups for code in codes))


@lru_cache(maxsize=1024)
def lower_options(tree: RegionTree, level: str, upper: str) -> Options:
    """The regions of a level directly below the one chosen above it."""
    codes = tree.children(upper) if upper else ()
    missing = f"none-{level}" if upper else f"no-{level}"
    return options_of(((code, tree.name(code) or code) for code in codes), LEVEL_CHOOSE[level if codes else missing])


def files(pointer: str, value: Any) -> bytes:
    """The uploaded files of a field with links and buttons; nothing where there are none."""
    listed = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
    entries = "".join(_file(f"{pointer}/{index}", file) for index, file in enumerate(listed))
    return f'<ul class="files">{entries}</ul>'.encode() if entries else b""


def messages(pointer: str, texts: Sequence[str]) -> bytes:
    """The messages of one field under the one id that its inputs name; nothing where there are none."""
    if not texts:
        return b""
    prefix = f'<span class="visually-hidden">{escape(FORM_TEXTS["error-prefix"])}</span>'
    listed = "".join(f'<p class="field-error">{prefix}{plain(text)}</p>' for text in texts)
    return f'<div class="field-errors" id="{plain(pointer)}-error">{listed}</div>'.encode()


def unanswered(operation: str, argument: str, field: FormField) -> bytes | None:
    """What a hole holds while its field has no answer, when that never depends on the request."""
    match operation:
        case "value" | "checked" | "files":
            return b""
        case "shown":
            return UNANSWERED
        case "select" if field.kind == "address" and field.regions is not None:
            level = argument.removeprefix("/")
            options = county_options(field.regions) if level == LEVELS[0] else lower_options(field.regions, level, "")
            return options.html
        case "select" if field.kind != "address":
            return field_options(field).html
    return None


def _options(html: str, codes: Iterable[str]) -> Options:
    return Options(html.encode(), {code: f'value="{plain(code)}">'.encode() for code in codes}, {})


def _option(code: str, title: str) -> str:
    return f'<option value="{plain(code)}">{plain(title)}</option>'


def _file(pointer: str, file: Mapping[str, Any]) -> str:
    name = plain(file.get("name", ""))
    link = f'<a href="/files/{plain(file["id"])}" target="_blank" rel="noopener">{name}</a>' if file.get("id") else name
    button = f'<button class="button-link button-danger" name="intent" value="remove_file:{plain(pointer)}" type="submit">'
    remove = f'{FORM_TEXTS["remove"]}<span class="visually-hidden">{name}</span>'
    return f'<li class="file"><span class="file-name">{link}</span>{button}{remove}</button></li>'

"""What every field kind provides, and the parts of reading and showing that kinds share."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

import msgspec

from server.definitions.form import ControlOptions
from server.definitions.regions import RegionTree
from server.findings import Param
from server.types import JsonValue


class Absent:
    """The type of `ABSENT`."""

    def __repr__(self) -> str:
        return "ABSENT"


#: What parsing yields for an input that was left empty.
ABSENT: Final = Absent()

#: Larger numbers are not read: other programs would round them.
LARGEST = 2**53 - 1

_NUMBER = re.compile(r"([+-]?)([0-9]{1,16}|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]*))?")
#: How the decompositions of raised and lowered characters begin.
_RAISED = ("<super>", "<sub>")
_SPACE_OR_DASH = re.compile(r"[\s\-\u2010-\u2015\u2212]")

Posted = Mapping[str, Sequence[str]]


class Option(msgspec.Struct, frozen=True):
    """One entry of a choice."""

    code: str
    title: str
    hint: str = ""
    #: Heading under which it stands in a long list.
    heading: str = ""


@lru_cache(maxsize=4096)
def _pointer_of(path: str) -> str:
    return "/" + path.replace(".", "/")


class FormField(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a compiled form."""

    #: Property path, `group[].field` for a field of a row.
    id: str
    #: Property path of the enclosing group, empty outside groups.
    group: str
    #: Property path inside the row, or the whole path outside groups.
    path: str
    kind: str
    schema: dict[str, JsonValue]
    label: str
    hint: str
    #: Required by the schema while relevant.
    required: bool
    page: str
    #: Layout element that holds the field.
    element: str
    options: ControlOptions = ControlOptions()
    #: Settings beside the kind id in `x-element`.
    settings: dict[str, Any] = {}
    #: Every valid code and its title.
    codes: dict[str, str] = {}
    #: What people can choose, in order.
    offered: tuple[Option, ...] = ()
    regions: RegionTree | None = None
    #: Whether the value is computed; it is shown, never read.
    computed: bool = False
    #: Whether a rule of the page depends on the field.
    live: bool = False

    @property
    def rest(self) -> str:
        """The pointer below the row, or the whole pointer."""
        return _pointer_of(self.path)


class Parsed(msgspec.Struct, frozen=True):
    """What was posted for one field: its value, and texts that could not be read by leaf."""

    value: Any
    raw: dict[str, str] = {}


class KindProblem(msgspec.Struct, frozen=True):
    """Something wrong with a value that no schema can say."""

    leaf: str
    code: str
    params: dict[str, Param] = {}
    warning: bool = False


def no_check(field: FormField, value: Any, today: date) -> tuple[KindProblem, ...]:
    """No problem beyond the schema."""
    return ()


def whole_numbers(field: FormField) -> int:
    """No decimal places."""
    return 0


class FieldKind(msgspec.Struct, frozen=True, kw_only=True):
    """How one kind of field is read, shown, checked and exemplified."""

    id: str
    #: Suffixes of the inputs' names; the empty one is the field itself.
    leaves: tuple[str, ...] = ("",)
    parse: Callable[[FormField, Posted], Parsed]
    #: Plain text of a value for summaries, letters and print.
    show: Callable[[FormField, Any], str]
    #: A minimal valid value.
    example: Callable[[FormField], JsonValue]
    check: Callable[[FormField, Any, date], tuple[KindProblem, ...]] = no_check
    #: Texts of the inputs for a value, by leaf.
    inputs: Callable[[FormField, Any], dict[str, str]]
    #: Whether the inputs form a group with a legend.
    grouped: bool = False
    #: Members of the value that are entered in an input of another name, as pointers below the field.
    entered: dict[str, str] = {}
    #: Decimal places of the integers that stand for amounts.
    scale: Callable[[FormField], int] = whole_numbers


def first(posted: Posted, leaf: str = "") -> str:
    """The first posted text of an input, cleaned of control characters and outer spaces."""
    values = posted.get(leaf) or ("",)
    return clean_text(values[0])


def clean_text(text: str) -> str:
    """The text with line ends unified, control and zero-width characters removed, and outer space trimmed."""
    if text.isprintable():
        return text.strip()
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in unified if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Cf") or c == "\t").strip()


def half_width(text: str) -> str:
    """The text with full-width digits and signs as ASCII and without inner spaces."""
    return re.sub(r"\s", "", _normal(text))


def parse_text(field: FormField, posted: Posted) -> Parsed:
    """The text as typed; inner line ends become spaces."""
    text = " ".join(first(posted).split("\n"))
    return Parsed(text if text else ABSENT)


def parse_compact(field: FormField, posted: Posted) -> Parsed:
    """The text without spaces and dashes and in half-width upper case, as for numbers people copy from cards."""
    text = compact(first(posted))
    return Parsed(text if text else ABSENT)


def compact(text: str) -> str:
    """The text without spaces and dashes, in half-width upper case."""
    return _SPACE_OR_DASH.sub("", _normal(text)).upper()


def _normal(text: str) -> str:
    """The text in compatibility form; figures raised or lowered beside a number stay, for 10² is not 102. Those of m² do not."""
    if text.isascii():
        return text
    normal = ""
    for character in text:
        raised = unicodedata.decomposition(character).startswith(_RAISED) and not normal[-1:].isalpha()
        normal += character if raised else unicodedata.normalize("NFKC", character)
    return unicodedata.normalize("NFC", normal)


def parse_scaled(field: FormField, posted: Posted, *, scale: int, units: Sequence[str] = ()) -> Parsed:
    """A decimal number as an integer of its last place; other text is kept as typed.

    A unit may stand before or behind the number. Commas are read as separators of thousands only, never guessed about.
    """
    typed = first(posted)
    if not typed:
        return Parsed(ABSENT)
    text = half_width(typed)
    for unit in map(_as_typed, units):
        text = text.removeprefix(unit).removesuffix(unit)
    match = _NUMBER.fullmatch(text)
    fraction = (match.group(3) or "").rstrip("0") if match else ""
    if match is None or len(fraction) > scale:
        return Parsed(ABSENT, {"": typed})
    value = int(match.group(2).replace(",", "") + fraction.ljust(scale, "0"))
    if value > LARGEST:
        return Parsed(ABSENT, {"": typed})
    return Parsed(-value if match.group(1) == "-" else value)


@lru_cache(maxsize=256)
def _as_typed(unit: str) -> str:
    return half_width(unit)


def show_scaled(value: Any, scale: int, *, grouping: bool) -> str:
    """An integer of last places as a decimal number."""
    if isinstance(value, bool) or not isinstance(value, int):
        return str(value)
    sign, digits = ("-" if value < 0 else ""), str(abs(value)).rjust(scale + 1, "0")
    whole = int(digits[: len(digits) - scale])
    fraction = f".{digits[len(digits) - scale :]}" if scale else ""
    return f"{sign}{whole:,}{fraction}" if grouping else f"{sign}{whole}{fraction}"


def show_plain(field: FormField, value: Any) -> str:
    """The value itself."""
    return str(value)


def show_code(field: FormField, value: Any) -> str:
    """The title of a code; a code without title stands for itself."""
    return field.codes.get(str(value), str(value))


def one_input(field: FormField, value: Any) -> dict[str, str]:
    """The value as the text of the only input."""
    return {"": str(value)}


def bounded_example(field: FormField, text: str) -> str:
    """A text of acceptable length."""
    shortest = field.schema.get("minLength", 1)
    return text * shortest if len(text) < shortest else text

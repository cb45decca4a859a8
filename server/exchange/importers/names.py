"""Names that rules can use, made from any text, each once."""

from __future__ import annotations

import re
import unicodedata

from server.rules.expressions import RESERVED

#: Names that a property at the root of a form cannot have: rules of applications or processes, or CEL itself, use them.
ROOT_TAKEN = (
    *("materials", "parameters", "case", "provided", "row", "day", "answered"),
    *("start", "review_step", "approved", "refused", "dispatch", "concluded"),
    *("type", "int", "uint", "bool", "string", "bytes", "double", "list", "map", "dyn", "null_type"),
)

_LONGEST = 40
_NOT_A_NAME = re.compile(r"[^a-z0-9]+")
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def name_of(text: str, *, otherwise: str) -> str:
    """A name like the text: lower case, digits and underscores, no reserved word; `otherwise` where no letter is Latin."""
    plain = unicodedata.normalize("NFKD", _CAPITAL.sub("_", text[: 4 * _LONGEST])).lower()
    name = _NOT_A_NAME.sub("_", plain.encode("ascii", "ignore").decode()).strip("_")[:_LONGEST].strip("_")
    if not name:
        return otherwise
    if not name[0].isalpha():
        name = f"{otherwise}_{name}"
    return f"{name}_" if name in RESERVED else name


class Names:
    """Names given out so far; each text gets one of its own."""

    def __init__(self, *, any_text: bool = False, taken: tuple[str, ...] = ()) -> None:
        """With `any_text`, texts stay as they are but for a number where one comes again."""
        self._any_text = any_text
        self._taken = set(taken)
        #: How often a name was wished for, so that a thousand equal wishes are not tried a thousand times each.
        self._wished: dict[str, int] = {}

    def take(self, text: str, *, otherwise: str = "field") -> str:
        """A name like the text that nobody has yet."""
        wanted = text if self._any_text else name_of(text, otherwise=otherwise)
        name = wanted
        while name in self._taken:
            number = self._wished[wanted] = self._wished.get(wanted, 1) + 1
            name = f"{wanted}_{number}"
        self._taken.add(name)
        return name

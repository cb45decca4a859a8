"""Which regular expressions a data schema may hold: those that every reader can run in one pass and without much memory."""

from __future__ import annotations

import re

#: Characters of a pattern, and parts it has with everything counted written out.
MAX_LENGTH, MAX_PARTS = 500, 20_000
#: Back references and looking around: what cannot be read in one pass.
_BACKTRACKING = re.compile(r"\\[1-9]|\\k<|\(\?(?:[=!]|<[=!])")
#: One character, class or escape, the brackets of a group, and how often something is repeated.
_TOKEN = re.compile(r"\\[pP]\{[^}]*\}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(\d{0,9}),?(\d{0,9})\}|.", re.DOTALL)


def pattern_fault(pattern: str) -> str:
    """The code of what keeps a pattern from being used; empty for none. Whether it is well written is seen elsewhere."""
    if len(pattern) > MAX_LENGTH:
        return "pattern-too-long"
    if _BACKTRACKING.search(pattern.replace(r"\\", "")):
        return "pattern-backtracks"
    return "pattern-too-heavy" if _parts(pattern) > MAX_PARTS else ""


def _parts(pattern: str) -> int:
    """How many parts the pattern has with every counted repetition written out."""
    sums, last = [0], 0
    for token in _TOKEN.finditer(pattern):
        text, times = token.group(), token[2] or token[1]
        if text == "(":
            sums.append(0)
            last = 0
        elif text == ")" and len(sums) > 1:
            last = sums.pop()
            sums[-1] += last
        elif times:
            sums[-1] += last * (int(times) - 1)
            last *= int(times)
        else:
            last = 1
            sums[-1] += 1
    return sum(sums)

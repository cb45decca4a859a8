"""What stored cases would come to under other documents, in words."""

from __future__ import annotations

from server.messages.difference_terms import Words

#: Kind of difference to its sentence.
REPLAYED: dict[str, Words] = {
    "decision": Words("“{title}”由{before}变为{after}", "“{title}” changes from {before} to {after}"),
    "undecided": Words("“{title}”原为{before}，现在无法判定", "“{title}” was {before} and can no longer be decided"),
    "problem": Words("“{title}”通不过填写检查（{after}）", "“{title}” fails a check of the answers ({after})"),
    "item": Words("不再有事项“{title}”", "there is no item “{title}” any more"),
    "fact": Words("推算值“{title}”不同", "the derived value “{title}” differs"),
    "material-due": Words("要交材料“{title}”", "material “{title}” has to be handed in"),
    "material-waived": Words("免交材料“{title}”", "material “{title}” is waived"),
    "material-": Words("不用交材料“{title}”", "material “{title}” is not asked for"),
}

CAUSES: dict[str, Words] = {
    "input": Words("条件“{title}”的取值不同", "“{title}” has another value"),
    "parameter": Words("参数“{title}”由 {before} 变为 {after}", "parameter “{title}” changes from {before} to {after}"),
    "expression": Words("条件“{title}”的算法不同", "“{title}” is worked out otherwise"),
    "row": Words("决策表“{title}”的行不同", "the rows of decision table “{title}” differ"),
    "table": Words("不再对照决策表“{title}”", "decision table “{title}” is no longer asked"),
}

_EXAMPLES = Words("{sentence}：{count} 件，例如 {numbers}", "{sentence}: {count} cases, for example {numbers}")
_BECAUSE = Words("    因为：{causes}", "    because {causes}")
_TOTAL = Words(
    "{looked} 件中 {differing} 件会有不同；{elsewhere} 件所在地的配置与之不合，没有比较",
    "{differing} of {looked} cases would differ; {elsewhere} are where the layer does not fit and were left out",
)
COMMA = Words("、", ", ")
SEMICOLON = Words("；", "; ")
NOTHING = Words("无", "nothing")


def _in(words: Words, lang: str) -> str:
    return words.zh if lang == "zh" else words.en


def replayed_text(code: str, lang: str, **params: str) -> str:
    """One difference as a sentence."""
    return _in(REPLAYED[code], lang).format_map(params)


def cause_text(kind: str, lang: str, **params: str) -> str:
    """Why something would be otherwise."""
    return _in(CAUSES[kind], lang).format_map(params)


def group_lines(sentence: str, causes: list[str], *, count: int, numbers: tuple[str, ...], lang: str) -> list[str]:
    """A difference with how many cases it concerns, some of them, and why."""
    joined = _in(COMMA, lang).join(numbers)
    lines = [_in(_EXAMPLES, lang).format(sentence=sentence, count=count, numbers=joined)]
    return [*lines, _in(_BECAUSE, lang).format(causes=_in(SEMICOLON, lang).join(causes))] if causes else lines


def total_text(*, looked: int, differing: int, elsewhere: int, lang: str) -> str:
    """How many cases would differ."""
    return _in(_TOTAL, lang).format(looked=looked, differing=differing, elsewhere=elsewhere)


def results_text(results: list[str], lang: str) -> str:
    """The outputs of a decision."""
    return _in(COMMA, lang).join(f"“{one}”" for one in results) or _in(NOTHING, lang)

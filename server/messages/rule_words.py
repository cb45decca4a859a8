"""Rules read back in words, in Chinese and English."""

from __future__ import annotations

from server.messages.difference_terms import Words

#: CEL operator to what stands for it.
OPERATIONS: dict[str, Words] = {
    "_&&_": Words("{0}，并且{1}", "{0} and {1}"),
    "_||_": Words("{0}，或者{1}", "{0} or {1}"),
    "!_": Words("不符合：{0}", "not {0}"),
    "_==_": Words("{0}等于{1}", "{0} is {1}"),
    "_!=_": Words("{0}不等于{1}", "{0} is not {1}"),
    "_<_": Words("{0}小于{1}", "{0} is below {1}"),
    "_<=_": Words("{0}不大于{1}", "{0} is at most {1}"),
    "_>_": Words("{0}大于{1}", "{0} is more than {1}"),
    "_>=_": Words("{0}不小于{1}", "{0} is at least {1}"),
    "_+_": Words("{0} + {1}", "{0} + {1}"),
    "_-_": Words("{0} - {1}", "{0} - {1}"),
    "_*_": Words("{0} × {1}", "{0} × {1}"),
    "_/_": Words("{0} ÷ {1}", "{0} ÷ {1}"),
    "_%_": Words("{0} 除以 {1} 的余数", "remainder of {0} by {1}"),
    "-_": Words("-{0}", "-{0}"),
    "@in": Words("{0}在{1}之中", "{0} is among {1}"),
    "_?_:_": Words("{0}时取{1}，否则取{2}", "{1} if {0}, else {2}"),
    "_[_]": Words("{0}的第 {1} 项", "entry {1} of {0}"),
    "size": Words("{0}的项数", "number of entries of {0}"),
    "startsWith": Words("{0}以{1}开头", "{0} begins with {1}"),
    "endsWith": Words("{0}以{1}结尾", "{0} ends with {1}"),
    "contains": Words("{0}含有{1}", "{0} contains {1}"),
    "matches": Words("{0}符合格式 {1}", "{0} matches {1}"),
    "int": Words("{0}", "{0}"),
    "string": Words("{0}", "{0}"),
}

PHRASES: dict[str, Words] = {
    "when": Words("当{0}时", "when {0}"),
    "bracketed": Words("（{0}）", "({0})"),
    "yes": Words("{0}为是", "{0} is yes"),
    "no": Words("{0}为否", "{0} is no"),
    "answered": Words("{0}已填写", "{0} is answered"),
    "one-of": Words("{0}是其中之一：{1}", "{0} is one of {1}"),
    "contains-code": Words("{0}包含{1}", "{0} includes {1}"),
    "exists": Words("{0}中有一项符合：{1}", "one of {0} fulfils: {1}"),
    "all": Words("{0}中每一项都符合：{1}", "each of {0} fulfils: {1}"),
    "always": Words("任何情况下", "always"),
    "never": Words("任何情况下都不", "never"),
    "true": Words("是", "yes"),
    "false": Words("否", "no"),
    "nothing": Words("空", "nothing"),
    "text": Words("“{0}”", "“{0}”"),
    "rule": Words("规则 {0}", "rule {0}"),
}


def operation_words(function: str, arguments: list[Words]) -> Words | None:
    """An operator with its arguments; nothing for one that has no words."""
    template = OPERATIONS.get(function)
    return _filled(template, arguments) if template is not None else None


def phrase_words(name: str, *arguments: Words) -> Words:
    """A phrase with its parts."""
    return _filled(PHRASES[name], list(arguments))


def _filled(template: Words, arguments: list[Words]) -> Words:
    zh = template.zh.format(*(one.zh for one in arguments))
    return Words(zh, template.en.format(*(one.en for one in arguments)))

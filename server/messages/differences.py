"""Differences between two versions of a configuration as sentences, in Chinese and English."""

from __future__ import annotations

from server.messages.difference_terms import TERMS, Words

#: What happened to a sentence.
SENTENCES: dict[str, Words] = {
    "added": Words("新增{noun}", "{noun} added"),
    "added-value": Words("新增{noun}：{value}", "{noun} added: {value}"),
    "removed": Words("删除{noun}", "{noun} removed"),
    "removed-value": Words("删除{noun}（原为{value}）", "{noun} removed (was {value})"),
    "changed": Words("{noun}由{before}改为{after}", "{noun} changed from {before} to {after}"),
    "rewritten": Words("{noun}改为：{after}（原为：{before}）", "{noun} is now: {after} (was: {before})"),
    "raised": Words("{noun}由 {before} 提高到 {after}", "{noun} raised from {before} to {after}"),
    "lowered": Words("{noun}由 {before} 降低到 {after}", "{noun} lowered from {before} to {after}"),
    "shortened": Words("{noun}由 {before} {unit}缩短为 {after} {short}", "{noun} shortened from {before} to {after} {unit}"),
    "extended": Words("{noun}由 {before} {unit}延长为 {after} {short}", "{noun} extended from {before} to {after} {unit}"),
    "moved-behind": Words("{noun}移到{other}之后", "{noun} moved behind {other}"),
    "moved-first": Words("{noun}移到最前", "{noun} moved to the first place"),
    "relocated": Words("{noun}由{before}移到{after}", "{noun} moved from {before} to {after}"),
    "edited": Words("{noun}有修改：{lines}", "wording of {noun} changed: {lines}"),
    "renamed": Words("{noun}更名为“{after}”", "{noun} renamed to “{after}”"),
    "now-required": Words("{noun}改为必填", "{noun} must now be answered"),
    "now-optional": Words("{noun}改为选填", "{noun} may now be left empty"),
    "required-when": Words("{noun}在符合条件时必填：{rule}", "{noun} must be answered: {rule}"),
    "field-added": Words("新增{noun}（{details}）", "{noun} added ({details})"),
    "step-inserted": Words("{outer}在{before}与{after}之间新增{noun}", "{noun} inserted between {before} and {after} in {outer}"),
    "step-taken-out": Words(
        "{outer}删除{before}与{after}之间的{noun}", "{noun} between {before} and {after} removed from {outer}"
    ),
    "step-moved": Words("{outer}中{noun}移到{before}与{after}之间", "{noun} moved between {before} and {after} in {outer}"),
}

#: Sentences with values in the midst of Chinese words.
_SPACED = ("changed", "removed-value")

#: Parts of sentences.
PARTS: dict[str, Words] = {
    "in": Words("{outer}中{inner}", "{inner} in {outer}"),
    "of": Words("{outer}的{inner}", "{inner} of {outer}"),
    "quoted": Words("“{text}”", "“{text}”"),
    "figure": Words("{number} {unit}", "{number} {unit}"),
    "percent": Words("{number}%", "{number}%"),
    "from-day": Words("{region}自 {day} ", "{region} from {day}"),
    "here": Words("（无）", "(none)"),
    "anything": Words("任意", "anything"),
    "yes": Words("“是”", "“yes”"),
    "no": Words("“否”", "“no”"),
    "lines-out": Words("删去“{text}”", "“{text}” left out"),
    "lines-in": Words("加上“{text}”", "“{text}” put in"),
    "lines-more": Words("另有 {count} 处", "and {count} more"),
    "at-least": Words("不小于 {number}", "at least {number}"),
    "more-than": Words("大于 {number}", "more than {number}"),
    "at-most": Words("不大于 {number}", "at most {number}"),
    "below": Words("小于 {number}", "below {number}"),
    "required": Words("必填", "must be answered"),
    "optional": Words("选填", "may be left empty"),
    "conditional": Words("按规则必填", "must be answered by rule"),
    "on-page": Words("在{noun}", "in {noun}"),
    "form": Words("申请表", "application form"),
    "part": Words("{whole} · {part}", "{whole} · {part}"),
    "provided": Words("已交的{noun}", "{noun} handed in"),
    "chosen-outcome": Words("办理结果", "outcome"),
    "row-of": Words("{group}中{inner}", "{inner} in {group}"),
    "with-cells": Words("当{cells}时，{results}", "when {cells}: {results}"),
    "always": Words("任何情况下，{results}", "always: {results}"),
    "is": Words("“{title}”为{value}", "“{title}” is {value}"),
    "of-items": Words("适用于{items}", "for {items}"),
    "named": Words("{name}：{value}", "{name}: {value}"),
    "detailed": Words("{noun}（{details}）", "{noun} ({details})"),
    "step-detail": Words("{agency} · {level}", "{agency}, {level}"),
    "due-detail": Words("{condition}提交", "{condition}"),
    "shown-detail": Words("{rule}显示", "shown {rule}"),
    "all-items": Words("全部事项", "all items"),
    "limit-detail": Words("时限 {length}", "limit {length}"),
}

#: What separates parts of a list.
COMMA = Words("、", ", ")
CLAUSE = Words("，", ", ")
SEMICOLON = Words("；", "; ")
ELLIPSIS = "…"
#: Marks at which texts are compared piece by piece.
SENTENCE_ENDS = "。！？；"


def sentence(code: str, **params: Words | str | int) -> Words:
    """A sentence in both languages; words among the parameters are put in in the language of each."""
    if code in _SPACED:
        params |= {name: _spaced(value) for name, value in params.items() if isinstance(value, Words) and name != "noun"}
    filled = _filled(SENTENCES[code], params)
    return Words(filled.zh.rstrip().replace(" ）", "）"), filled.en)


def _spaced(words: Words) -> Words:
    """Words that stand between Chinese ones: a space before and after figures."""
    before, after = (" " if edge.isascii() and edge.isalnum() else "" for edge in (words.zh[:1], words.zh[-1:]))
    return Words(f"{before}{words.zh}{after}", words.en)


def part(code: str, **params: Words | str | int) -> Words:
    """A part of a sentence in both languages."""
    return _filled(PARTS[code], params)


def term(name: str, title: Words | str = "") -> Words:
    """What a part of a document is called."""
    return _filled(TERMS[name], {"title": title})


def same_words(text: str) -> Words:
    """Words of an author, which stand as they are in either language."""
    return Words(text, text)


def quoted(text: Words | str) -> Words:
    """Words of an author in quotation marks."""
    return part("quoted", text=text)


def listed(words: list[Words], mark: Words = COMMA) -> Words:
    """Words as a list."""
    return Words(mark.zh.join(one.zh for one in words), mark.en.join(one.en for one in words))


def _filled(template: Words, params: dict[str, Words | str | int]) -> Words:
    zh = {name: value.zh if isinstance(value, Words) else value for name, value in params.items()}
    en = {name: value.en if isinstance(value, Words) else value for name, value in params.items()}
    return Words(template.zh.format_map(zh), template.en.format_map(en))


#: What a difference touches.
IMPACTS: dict[str, Words] = {
    "regions": Words("有地方配置的地区：{names}", "regions with changes of their own: {names}"),
    "rules": Words("用到它的规则：{names}", "rules that use it: {names}"),
    "tables": Words("用到它的决策表：{names}", "decision tables that use it: {names}"),
    "materials": Words("用到它的材料：{names}", "materials that use it: {names}"),
    "connectors": Words("涉及的外部系统：{names}", "connectors that send it: {names}"),
    "notices": Words("用到它的通知：{names}", "notices that use it: {names}"),
    "items": Words("能看到它的事项：{names}", "items that see it: {names}"),
    "cases": Words("在办件：{names} 件", "running cases: {names}"),
    "drafts": Words("草稿：{names} 份", "drafts: {names}"),
}


def impact_text(name: str, names: list[str], lang: str) -> str:
    """One kind of thing that a difference touches, as a line in one language."""
    mark = COMMA.zh if lang == "zh" else COMMA.en
    template = IMPACTS[name].zh if lang == "zh" else IMPACTS[name].en
    return template.format(names=mark.join(names))

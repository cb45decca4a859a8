"""What an administrator writes as raw documents: nonsense is named in Chinese at its place, kept as typed, and leads nowhere."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from hostile_town import SERVICE, Run, Town, Visitor

from server.errors import DamagedData
from server.exports.folder import write_trees

BASE = f"/admin/services/{SERVICE}"
MATERIALS = f"{BASE}/documents/form_schemas/{SERVICE}/materials.json"

UNREADABLE = {
    "nothing": ("", "第 1 行第 1 列：材料清单：不是合法的 JSON：这里缺少一个值"),
    "a comment": ("// x\n{}", "第 1 行第 1 列"),
    "a missing colon": ('{"a"\n 1}', "第 2 行第 2 列：材料清单：不是合法的 JSON：名称和值之间缺少冒号"),
    "an open string": ('{"a": "x', "引号没有成对"),
    "a raw NUL": ('{"a": "\x00"}', "引号里有换行等不能直接写的字符"),
    "twice the same name": ('{"a": 1, "a": 2}', "同一对象里出现了两次“a”"),
    "half a character": ('{"a": "\\ud800"}', "残缺字符"),
    "no number": ('{"a": NaN}', "不是数字"),
    "a number beyond all": ('{"a": 1e999}', "不能精确保存"),
    "an endless number": ('{"a": ' + "9" * 5_000 + "}", "不能精确保存"),
    "endless brackets": ("[" * 3_000, "嵌套超过 200 层"),
    "more after the end": ("{} <script>alert(1)</script>", "结尾之后还有多余的内容"),
}
DAMAGING = {
    "a list": "[]",
    "a word": '"<script>alert(1)</script>"',
    "null": "null",
    "NUL written out": '{"materials": {"\\u0000": "\\u0000"}}',
    "a prototype": '{"__proto__": {"materials": 1}}',
    "tags": '{"materials": {"<script>alert(1)</script>": {"title": "</textarea><script>alert(1)</script>"}}}',
    "many unknown names": "{" + ", ".join(f'"name{number}": {number}' for number in range(500)) + "}",
}
PATHS = (
    "..%2f..%2f..%2foutside.json",
    "%2e%2e/%2e%2e/outside.json",
    "content/%2e%2e/%2e%2e/%2e%2e/outside.md",
    "codelists/..%5c..%5coutside.json",
    ".hidden.json",
    "a%00.json",
    "a%0d%0ab.json",
    "%3Cscript%3E.json",
    "program.exe",
    "no-ending",
    "%20",
)


async def sent(visitor: Visitor, path: str, **fields: str) -> None:
    """Posts to an address exactly as it is written."""
    request = visitor.client.build_request("POST", "/", data=fields)
    request.url = httpx.URL(visitor.client.base_url).copy_with(raw_path=path.encode())
    visitor._shown(await visitor.client.send(request, follow_redirects=True))


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_text_that_is_no_document_is_explained_beside_it_and_stays(town: Town, run: Run, name: str) -> None:
    async def save() -> None:
        typed, words = UNREADABLE[name]
        visitor = await town.administrator()
        await visitor.open(MATERIALS)
        await visitor.press(MATERIALS, "save", text=typed)
        assert visitor.status == 422
        assert words in visitor.summary["#text"]
        assert 'id="text"' in visitor.html
        assert visitor.typed("text") == typed
        assert "<script>alert" not in visitor.html
        assert await town.office.store.working(SERVICE, "140000") is None  # type: ignore[arg-type]

    run(save())


@pytest.mark.parametrize("name", DAMAGING)
def test_a_damaging_document_breaks_no_page_and_is_not_published(town: Town, run: Run, name: str) -> None:
    async def save() -> None:
        visitor = await town.administrator()
        await visitor.open(MATERIALS)
        await visitor.press(MATERIALS, "save", text=DAMAGING[name])
        assert visitor.status == 200
        for page in (BASE, MATERIALS, f"{BASE}/publish", f"{BASE}/discard", f"{BASE}/history", f"{BASE}/export.zip"):
            answer = await visitor.client.get(page)
            assert answer.status_code == 200, page
            assert "<script>alert" not in answer.text, page
        before = (await town.release()).id
        await visitor.open(f"{BASE}/publish")
        await visitor.press(f"{BASE}/publish", note="Typed with care")
        assert visitor.status == 422
        assert "处错误" in visitor.text
        assert visitor.typed("note") == "Typed with care"
        assert (await town.release()).id == before
        await visitor.open(f"{BASE}/discard")
        await visitor.press(f"{BASE}/discard")
        assert visitor.status == 200

    run(save())


@pytest.mark.parametrize("path", PATHS)
def test_no_document_is_saved_under_an_address_that_leads_elsewhere(town: Town, run: Run, path: str) -> None:
    async def save() -> None:
        visitor = await town.administrator()
        token = town.form_token(visitor.token)
        address = f"{BASE}/documents/form_schemas/{SERVICE}/{path}"
        await sent(visitor, address, csrf=token, base="", text="{}", intent="save")
        assert visitor.status == 404
        assert await town.office.store.working(SERVICE, "140000") is None  # type: ignore[arg-type]

    run(save())


def test_documents_of_other_services_and_of_the_library_are_out_of_reach(town: Town, run: Run) -> None:
    async def save() -> None:
        visitor = await town.administrator()
        token = town.form_token(visitor.token)
        others = ("form_schemas/other/service/bundle.json", "form_schemas/library/codelists/gender.json", "process_defs/x.json")
        for path in (*others, "server/web/app.py", "../keys.json"):
            await sent(visitor, f"{BASE}/documents/{path}", csrf=token, base="", text="{}", intent="save")
            assert visitor.status in (404, 409), path
            assert await town.office.store.working(SERVICE, "140000") is None  # type: ignore[arg-type]

    run(save())


@pytest.mark.parametrize("path", ["../outside.json", "form_schemas/../../outside.json", "/outside.json"])
def test_nothing_is_written_outside_of_the_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(DamagedData):
        write_trees({path: {}}, tmp_path / "inside")
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []

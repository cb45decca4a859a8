"""A browser without scripts: follows redirects, keeps cookies, fills the forms it was shown, posts only what stands in them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx
from litestar import Litestar


class Form:
    """One form of a page with the values its inputs hold."""

    def __init__(self, action: str) -> None:
        self.action = action
        self.values: list[tuple[str, str]] = []
        #: Every value that a radio button or check box offers, and those of the submit buttons.
        self.offered: dict[str, list[str]] = {}
        self.buttons: list[tuple[str, str]] = []

    def filled(self, answers: dict[str, str | list[str]]) -> list[tuple[str, str]]:
        known = {name for name, _ in self.values} | set(self.offered)
        assert set(answers) <= known, f"{set(answers) - known} do not stand in the form"
        kept = [(name, value) for name, value in self.values if name not in answers]
        for name, value in answers.items():
            kept += [(name, one) for one in (value if isinstance(value, list) else [value])]
        return kept


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._text = ""
        self._field = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(attributes["action"])
            if attributes.get("method") == "post":
                self.forms.append(self._form)
        elif self._form is None or "name" not in attributes:
            if tag == "option" and self._form is not None and "selected" in attributes:
                self._form.values.append((self._field, attributes.get("value", "")))
        elif tag == "input":
            self._input(self._form, attributes)
        elif tag == "button":
            self._form.buttons.append((attributes["name"], attributes.get("value", "")))
        elif tag in ("textarea", "select"):
            self._field, self._text = attributes["name"], ""
            if tag == "select":
                self._form.offered.setdefault(self._field, [])

    @staticmethod
    def _input(form: Form, attributes: dict[str, str]) -> None:
        name, value = attributes["name"], attributes.get("value", "")
        if attributes.get("type") in ("radio", "checkbox"):
            form.offered.setdefault(name, []).append(value)
            if "checked" in attributes:
                form.values.append((name, value))
        elif attributes.get("type") != "file":
            form.values.append((name, value))

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._form is not None:
            # A line end right after the tag is markup, not text.
            self._form.values.append((self._field, self._text.removeprefix("\n")))
        elif tag == "form":
            self._form = None


def forms_of(html: str) -> list[Form]:
    """The forms of a page that post."""
    found = _Forms()
    found.feed(html)
    return found.forms


class Browser:
    """The page a person looks at, and what can be done from it."""

    def __init__(self, app: Litestar, token: str = "", *, client: str = "127.0.0.1") -> None:
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, client=(client, 1)), base_url="http://testserver", follow_redirects=True
        )
        if token:
            self.client.cookies.set("onething_session", token)
        self.status = 0
        self.path = ""
        self.html = ""

    async def open(self, path: str) -> str:
        return self._shown(await self.client.get(path))

    async def press(self, action: str, intent: str = "", /, **answers: str | list[str]) -> str:
        """Posts the form of the page that leads to a path, as if its only or the named button had been pressed."""
        return await self.send(self.form(action), intent, answers)

    async def send(self, form: Form, intent: str = "", answers: dict[str, str | list[str]] | None = None) -> str:
        """Posts a form, also one of a page that is no longer shown."""
        pairs = form.filled(answers or {})
        pairs += [(name, value) for name, value in form.buttons if value == intent]
        body = httpx.QueryParams(pairs)
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return self._shown(await self.client.post(form.action, content=str(body), headers=headers))

    def form(self, action: str) -> Form:
        found = forms_of(self.html)
        forms = [form for form in found if urlsplit(form.action).path == action]
        assert forms, f"no form leads to {action}, only {[form.action for form in found]}"
        forms[0].action = urljoin(self.path, forms[0].action)
        return forms[0]

    def links(self, pattern: str) -> list[str]:
        return [href.replace("&amp;", "&") for href in re.findall(r'href="([^"]+)"', self.html) if re.search(pattern, href)]

    @property
    def text(self) -> str:
        """What stands in the middle of the page, without its tags."""
        main = self.html.partition("<main")[2].partition("</main>")[0]
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))

    def _shown(self, response: httpx.Response) -> str:
        self.status, self.html = response.status_code, response.text
        self.path = response.url.raw_path.decode()
        return self.html

"""What people do on the pages, in the words that stand there."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

PASSWORD = "onething"


class Visitor:
    """A person in front of a browser."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def main(self) -> Locator:
        """The page without head and foot."""
        return self.page.locator("main")

    def go(self, path: str) -> None:
        self.page.goto(path)

    def press(self, name: str, *, leads_to: str) -> None:
        """Presses a button or link and waits for the page it leads to."""
        self.main.get_by_role("button", name=name, exact=True).or_(
            self.main.get_by_role("link", name=name, exact=True)
        ).first.click()
        self.page.wait_for_url(re.compile(leads_to))

    def sees(self, text: str) -> None:
        expect(self.main).to_contain_text(text)

    def sign_in_as_applicant(self, phone: str) -> None:
        """Signs in with the code that the page of the message gateway shows."""
        self.go("/sign-in?next=/applications")
        self.page.fill("input[name=phone]", phone)
        self.main.get_by_role("button").first.click()
        inbox = self.main.get_by_role("link", name="模拟短信页面").get_attribute("href") or ""
        self.page.fill("input[name=code]", self._code(inbox, phone))
        self.press("登录", leads_to="/applications$")

    def _code(self, inbox: str, phone: str) -> str:
        """The newest code on the telephone; the page of the gateway is looked at again until the message is there."""
        telephone = self.page.context.new_page()
        for _ in range(60):
            telephone.goto(f"{inbox.partition('?')[0]}?phone={phone}")
            found = re.search(r"(?<!\d)\d{6}(?!\d)", telephone.locator("body").inner_text())
            if found:
                telephone.close()
                return found.group()
            telephone.wait_for_timeout(500)
        raise AssertionError("no message came")

    def load_family(self, title: str) -> str:
        """Loads a filled family; the address of its task list."""
        self.go("/demo")
        self.page.get_by_role("row").filter(has_text=title).get_by_role("button").click()
        self.page.wait_for_url(re.compile("/apply/[^/]+$"))
        return self.page.url

    def submit(self, task_list: str) -> str:
        """Checks the answers and submits; the number of the application."""
        self.go(f"{task_list}/check")
        self.press("提交申请", leads_to="/receipt$")
        self.sees("申请已提交")
        return self.page.url.rsplit("/", 2)[1]

    def sign_in_as_official(self, login: str) -> None:
        self.go("/staff/sign-in")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", PASSWORD)
        self.main.get_by_role("button").first.click()
        self.page.wait_for_url(re.compile("/(staff|admin)$"))

    def sign_in_as_administrator(self, login: str) -> None:
        self.go("/admin/sign-in")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", PASSWORD)
        self.press("登录", leads_to="/admin$")

    def propose(self, service: str, note: str) -> str:
        """Proposes what is in the working copy; the address of the proposal."""
        self.go(f"{service}/publish")
        self.main.get_by_label("这次改了什么").fill(note)
        self.press("提交核准", leads_to="/admin/proposals/")
        return self.page.url.partition("?")[0]

    def approve(self, proposal: str) -> None:
        self.go(proposal)
        self.press("核准", leads_to="note=published")

    def open_task(self, title: str, number: str) -> None:
        """Opens a task of the queue by its title and the number of its case."""
        self.go("/staff")
        row = (
            self.page.get_by_role("row").filter(has_text=number).filter(has=self.page.get_by_role("link", name=title, exact=True))
        )
        row.get_by_role("link", name=title, exact=True).click()
        self.page.wait_for_url(re.compile("/staff/tasks/"))

    def complete(self, title: str, number: str, outcome: str, answers: dict[str, str] | None = None) -> None:
        """Completes a task with what the page proposes and the given answers, by their labels."""
        self.open_task(title, number)
        self.choose(outcome)
        for label, value in (answers or {}).items():
            self.main.get_by_label(label, exact=True).fill(value)
        self.main.locator("button[name=intent][value=next]").click()
        self.page.wait_for_url(re.compile("/staff(\\?.*)?$"))

    def choose(self, outcome: str) -> None:
        """Chooses the outcome of a task and waits until the page asks for what it needs."""
        radio = self.main.get_by_role("radio", name=outcome, exact=True)
        if radio.count():
            radio.check()
            self.page.wait_for_load_state("networkidle")

    def move_clock(self, days: int) -> None:
        self.go("/demo")
        self.press(f"拨快 {days} 天", leads_to="/demo")

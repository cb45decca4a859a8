"""A demonstration of its own, in its own processes, and a real browser."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright
from walking import Visitor

ROOT = Path(__file__).resolve().parents[2]
#: Without the background requests, which a closed network refuses by the hundred.
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a running `onething demo`, as it printed it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("demo")
    environment = {**os.environ, "ONETHING_DATA": str(folder), "PORT": str(port)}
    command = [sys.executable, "-c", "from server.cli import main; main()", "demo"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=environment, cwd=ROOT, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://\S+", line)
    assert found, (line, (folder / "log").read_text())
    yield found.group().rstrip("/")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0
    log = (folder / "log").read_text()
    assert "Traceback" not in log
    assert [text for text in people() if text in log] == []


def people() -> set[str]:
    """Names, numbers and telephones of the families that are filed here: none of them may stand in a log."""
    found = {"13800000001", "13800000002", "13800000003"}
    for path in ROOT.glob("form_schemas/*/*/examples/*.json"):
        found |= set(re.findall(r'"(?:name|id_number|phone|account_number)": "([^"]{2,})"', path.read_text(encoding="utf-8")))
    return {text for text in found if not text.endswith((".jpg", ".png", ".pdf"))}


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """The driver of the browser; it holds an event loop, so it must be gone before tests of other modules run theirs."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    opened = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM))
    yield opened
    opened.close()


class Visitors:
    """Everybody who comes in one test, each with a browser of their own; none may meet an error in the console."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self._address = address
        self._contexts: list[BrowserContext] = []
        self.faults: list[str] = []

    def come(self, *, scripts: bool = True, width: int = 1280) -> Visitor:
        context = self._browser.new_context(
            viewport={"width": width, "height": 900},
            locale="zh-CN",
            java_script_enabled=scripts,
            bypass_csp=False,
            base_url=self._address,
        )
        context.set_default_timeout(60_000)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        return Visitor(page)

    def leave(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def visitors(browser: Browser, address: str) -> Iterator[Visitors]:
    """Lets people come; all have left at the end, and no page reported an error of its own."""
    opened = Visitors(browser, address)
    yield opened
    opened.leave()
    unexpected = [text for text in opened.faults if "status of 4" not in text]
    assert unexpected == []

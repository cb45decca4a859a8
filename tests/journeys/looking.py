"""What every page owes its readers, measured on the page as the browser shows it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

#: Run through the driver, which the page's policy on scripts does not concern.
_AXE = (Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text()
_AUDIT = "() => axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations)"
_GRAVE = ("serious", "critical")
DESKTOP, TELEPHONE = 1280, 375

#: Boxes beyond the edge of the window, and texts that the box around them hides; what scrolls in a frame of its own may.
_CUT = """() => {
  const width = document.documentElement.clientWidth;
  const named = (element) => `${element.tagName}.${element.className} ${element.textContent.trim().slice(0, 20)}`;
  const scrolls = (element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
  const found = document.documentElement.scrollWidth > width ? [`scrolls to ${document.documentElement.scrollWidth}`] : [];
  for (const element of document.body.querySelectorAll("*")) {
    if (element.closest(".visually-hidden, .skip-link, [hidden]")) continue;
    const box = element.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    let framed = false;
    for (let outer = element.parentElement; outer; outer = outer.parentElement) framed ||= scrolls(outer);
    if (!framed && (box.left < -1 || box.right > width + 1)) found.push(`outside: ${named(element)}`);
    const hides = ["hidden", "clip"].includes(getComputedStyle(element).overflowX) && element.matches(":not(input, progress)");
    if (hides && element.scrollWidth > element.clientWidth + 1) found.push(`hidden: ${named(element)}`);
  }
  return found;
}"""
_HEADINGS = "() => [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((heading) => Number(heading.tagName[1]))"
#: What Tab must reach, in the order of the document: one radio button of each group.
_CONTROLS = """() => {
  const groups = new Set();
  return [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")].filter((element) => {
    if (element.disabled || element.type === "hidden" || element.tabIndex < 0 || !element.checkVisibility()) return false;
    if (element.type !== "radio") return true;
    const group = [...document.getElementsByName(element.name)];
    const entry = group.find((one) => one.checked) ?? group[0];
    return entry === element && !groups.has(element.name) && groups.add(element.name);
  }).map((element) => (window.placeOf ??= new Map(), placeOf.set(element, placeOf.size), placeOf.size - 1));
}"""
_FOCUSED = """() => {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  return [window.placeOf.get(element) ?? -1, style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2];
}"""


def faults(page: Page, *, audited: bool = True) -> list[str]:
    """What is wrong with a page on a desk, on a telephone, and there in large text; an audit needs scripts to run."""
    found = [] if page.locator("html").get_attribute("lang") == "zh-CN" else ["language"]
    found += _wrong_headings(page)
    for width in (DESKTOP, TELEPHONE):
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width}: {fault}" for fault in (*(_violations(page) if audited else ()), *page.evaluate(_CUT))]
    before = page.locator("html").get_attribute("data-size")
    page.evaluate("document.documentElement.dataset.size = 'large'")
    found += [f"large: {fault}" for fault in page.evaluate(_CUT)]
    if before is None:
        page.evaluate("delete document.documentElement.dataset.size")
    return found


def reached_by_keyboard(page: Page) -> tuple[list[int], list[int], bool]:
    """The controls in the order of the document, in the order Tab reaches them, and whether each showed that it is reached."""
    controls: list[int] = page.evaluate(_CONTROLS)
    reached, visible = [], True
    page.evaluate("document.activeElement.blur()")
    for _ in controls:
        page.keyboard.press("Tab")
        place, shown = page.evaluate(_FOCUSED)
        reached.append(place)
        visible = visible and shown
    return controls, reached, visible


def _violations(page: Page) -> list[str]:
    page.evaluate(_AXE)
    violations: list[dict[str, Any]] = page.evaluate(_AUDIT)
    return [
        f"{violation['id']} at {[node['target'] for node in violation['nodes'][:3]]}"
        for violation in violations
        if violation["impact"] in _GRAVE
    ]


def _wrong_headings(page: Page) -> list[str]:
    """One first heading, and no level left out on the way down."""
    levels: list[int] = page.evaluate(_HEADINGS)
    skipped = [f"heading {after} under {before}" for before, after in pairwise(levels) if after > before + 1]
    return skipped + ([] if levels.count(1) == 1 else [f"{levels.count(1)} first headings"])

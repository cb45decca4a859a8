"""What a browser without scripts would post from a page."""

from __future__ import annotations

from html_text import Element, parse


def posted_by(html: bytes) -> list[tuple[str, str]]:
    """Names and values of the successful controls of a page, in their order; no button is pressed."""
    controls = []
    for element in parse(html).walk():
        name = element.attributes.get("name")
        if name is None or "disabled" in element.attributes:
            continue
        match element.tag, element.attributes.get("type", "text"):
            case "input", "checkbox" | "radio":
                if "checked" in element.attributes:
                    controls.append((name, element.attributes.get("value", "on")))
            case "input", "file":
                continue
            case "input", _:
                controls.append((name, element.attributes.get("value", "")))
            case "textarea", _:
                controls.append((name, element.text().removeprefix("\n").replace("\n", "\r\n")))
            case "select", _:
                controls.append((name, _chosen(element)))
    return controls


def _chosen(select: Element) -> str:
    options = [element for element in select.walk() if element.tag == "option"]
    chosen = [option for option in options if "selected" in option.attributes]
    return (chosen or options)[-1 if chosen else 0].attributes.get("value", "")

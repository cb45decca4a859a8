"""Bindings: only whole ones are accepted, and no document leads a request to another host."""

from __future__ import annotations

import msgspec
import pytest
from far_side import INCOMING, OUTGOING, bound

from server.connect.binding import Binding, url_of


def test_an_operation_path_is_appended_to_the_bound_address() -> None:
    assert url_of(bound("http://127.0.0.1:8091"), "/reports") == "http://127.0.0.1:8091/reports"
    assert url_of(bound("https://example.org/api/"), "/v1/reports") == "https://example.org/api/v1/reports"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "reports",
        "@evil.example/",
        "//evil.example/",
        "/../admin",
        "/a/../../b",
        "/a?x=1",
        "/a#b",
        "/a b",
        "/a\r\nHost: x",
        "/%2e%2e/",
    ],
)
def test_a_path_that_could_lead_elsewhere_has_no_address(path: str) -> None:
    assert url_of(bound("https://example.org/api"), path) is None


@pytest.mark.parametrize(
    "address", ["", "example.org", "ftp://example.org", "http://", "https://example.org/?a=1", "https://e.org/#x"]
)
def test_an_address_that_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        bound(address)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="24 bytes"):
        Binding(address="https://example.org", outgoing_secret=OUTGOING, incoming_secret=b"short")


def test_a_binding_survives_json_with_its_secrets_as_base64() -> None:
    binding = Binding(address="https://example.org", outgoing_secret=OUTGOING, incoming_secret=INCOMING)
    written = msgspec.json.encode(binding)
    assert OUTGOING not in written
    assert msgspec.json.decode(written, type=Binding) == binding

"""Why a token is stuck, in words."""

from __future__ import annotations

from typing import get_args

from server.messages.incidents import INCIDENTS, incident_text
from server.processes.state import Incident


def test_every_cause_of_an_incident_has_a_text_and_every_text_a_cause() -> None:
    assert set(get_args(Incident)) == INCIDENTS.keys()


def test_the_text_of_an_incident_says_what_is_missing() -> None:
    for cause in INCIDENTS:
        assert "visit.people > 3" in incident_text(cause, "visit.people > 3")

"""The processes that come with the server, taken from the application to the end that each walk promises."""

from __future__ import annotations

import pytest
from bundled_service import Journey, release, walks

from server.processes.effects import ProcessEnded, TaskOpened


def test_every_process_compiles_with_all_of_its_nodes() -> None:
    definitions = release().service.processes
    assert {name: set(found.nodes) for name, found in release().processes.items()} == {
        name: set(definition.nodes) for name, definition in definitions.items()
    }


@pytest.mark.parametrize("walk_id", sorted(walks()))
def test_a_walk_opens_the_tasks_and_reaches_the_end_it_promises(walk_id: str) -> None:
    walk = walks()[walk_id]
    ((item, wanted),) = walk["want"].items()
    journey = Journey(item, walk["answers"], region=walk["region"], today=walk["today"])
    for entry in walk["walk"]:
        journey.follow(entry)
    assert [effect.node for effect in journey.effects if isinstance(effect, TaskOpened)] == wanted["tasks"]
    assert [effect.code for effect in journey.effects if isinstance(effect, ProcessEnded)] == [wanted["end"]]
    assert journey.state.tokens == ()
    assert journey.state.ended is not None and journey.state.ended.reason

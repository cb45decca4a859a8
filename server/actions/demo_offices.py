"""The officials of a demonstration: one for each department and level that the processes name, in the places that matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from server.actions.accounts import add_account
from server.actions.office import Office
from server.cases.people import Account, Unit
from server.definitions.common import LEVEL_DIGITS, Level
from server.definitions.process import Task
from server.definitions.regions import code_at
from server.messages.demo import DEMO_NAMES
from server.releases import Release

#: Password of every official and administrator of a demonstration; shown on its page, useless anywhere else.
DEMO_PASSWORD = "onething"

#: Offices one account works in; the ones added last stay.
_MOST_UNITS = 60


class Post(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A department's office at a level, wherever it is."""

    agency: str
    level: Level

    @property
    def login(self) -> str:
        """The user name of the official at this post."""
        return f"{self.agency}-{self.level}"


def posts_of(release: Release) -> tuple[Post, ...]:
    """The posts that tasks can go to: the department with most steps first, each from the bottom level up."""
    steps: Counter[str] = Counter()
    found: set[Post] = set()
    for process in release.service.processes.values():
        for node in process.nodes.values():
            if isinstance(node, Task):
                actor = node.actor
                steps[actor.agency] += 1
                levels = (actor.level, actor.instead_level) if actor.instead_level is not None else (actor.level,)
                found |= {Post(agency=actor.agency, level=level) for level in levels}
    return tuple(sorted(found, key=lambda post: (-steps[post.agency], post.agency, -LEVEL_DIGITS[post.level])))


def places_in(release: Release, answers: Any) -> Iterator[str]:
    """The region codes of the addresses in answers."""
    members: Iterable[Any] = ()
    if isinstance(answers, dict):
        code = answers.get("region")
        if isinstance(code, str) and code in release.regions:
            yield code
        members = answers.values()
    elif isinstance(answers, list | tuple):
        members = answers
    for member in members:
        yield from places_in(release, member)


def example_places(release: Release) -> tuple[str, ...]:
    """The regions of the valid examples, each once."""
    valid = [example for _, example in sorted(release.service.examples.items()) if not example.problems]
    return tuple(dict.fromkeys(code for example in valid for code in places_in(release, example.answers)))


async def staff_places(office: Office, release: Release, places: Iterable[str]) -> None:
    """Ensures that at every post somebody works in these places, so that whoever tries the service meets an official."""
    known = tuple(dict.fromkeys(places))
    for index, post in enumerate(posts_of(release)):
        units = tuple(dict.fromkeys(_unit(post, place) for place in known))
        async with office.lock(f"post {post.login}"):
            account = await office.store.account_by_login("official", post.login)
            if account is None:
                name = DEMO_NAMES[index % len(DEMO_NAMES)]
                await add_account(office, kind="official", login=post.login, name=name, password=DEMO_PASSWORD, units=units)
            elif not set(units) <= set(account.units):
                await office.store.save_account(_with_units(account, units))


def _unit(post: Post, place: str) -> Unit:
    return Unit(agency=post.agency, level=post.level, region=code_at(place, post.level))


def _with_units(account: Account, units: tuple[Unit, ...]) -> Account:
    joined = tuple(dict.fromkeys((*account.units, *units)))
    return msgspec.structs.replace(account, units=joined[-_MOST_UNITS:])

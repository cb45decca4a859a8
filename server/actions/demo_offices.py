"""The officials of a demonstration: one for each department and level that the processes name, in the places that matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from server.actions.accounts import store_account
from server.actions.kept import Kept
from server.actions.office import Office
from server.actions.passwords import hash_password
from server.cases.people import APPROVER, Account, AccountKind, Unit
from server.definitions.common import LEVEL_DIGITS, Level
from server.definitions.items import Item
from server.definitions.process import Task
from server.definitions.regions import code_at, contains
from server.messages.demo import CITY_ADMINISTRATOR, CITY_APPROVER, DEMO_NAMES, PROVINCE_ADMINISTRATOR, PROVINCE_APPROVER
from server.releases import Release
from server.types import RegionCode

#: Password of every official and administrator of a demonstration; shown on its page, useless anywhere else.
DEMO_PASSWORD = "onething"

#: Login, level, name and roles of the administrators: at each level one who changes things and one who approves them.
ADMINISTRATORS: tuple[tuple[str, Level, str, tuple[str, ...]], ...] = (
    ("admin-province", "province", PROVINCE_ADMINISTRATOR, ()),
    ("approver-province", "province", PROVINCE_APPROVER, (APPROVER,)),
    ("admin-city", "city", CITY_ADMINISTRATOR, ()),
    ("approver-city", "city", CITY_APPROVER, (APPROVER,)),
)

#: Offices one account works in; the ones added last stay.
_MOST_UNITS = 60
_HASHES: Kept[str, str] = Kept(1)
#: Releases and places in which every post is taken already.
_STAFFED: WeakKeyDictionary[Office, set[tuple[str, str]]] = WeakKeyDictionary()


class Post(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A department's office at a level, wherever it is."""

    agency: str
    level: Level

    @property
    def login(self) -> str:
        """The user name of the official at this post."""
        return f"{self.agency}-{self.level}"


def posts_of(release: Release) -> tuple[Post, ...]:
    """The posts that lead items, supervise those, or get tasks.

    The department with most steps comes first, each from the bottom level up.
    """
    steps: Counter[str] = Counter()
    items = release.service.items.items.values()
    found = {Post(agency=item.lead_agency, level=item.level) for item in items}
    found |= {post for item in items if (post := _above(release, item)) is not None}
    for process in release.service.processes.values():
        for node in process.nodes.values():
            if isinstance(node, Task):
                actor = node.actor
                steps[actor.agency] += 1
                levels = (actor.level, actor.instead_level) if actor.instead_level is not None else (actor.level,)
                found |= {Post(agency=actor.agency, level=level) for level in levels}
    return tuple(sorted(found, key=lambda post: (-steps[post.agency], post.agency, -LEVEL_DIGITS[post.level])))


def _above(release: Release, item: Item) -> Post | None:
    """The post from which the office that leads an item is supervised."""
    levels = release.service.agencies.agencies[item.lead_agency].levels
    upper = [level for level in levels if LEVEL_DIGITS[level] < LEVEL_DIGITS[item.level]]
    return Post(agency=item.lead_agency, level=max(upper, key=LEVEL_DIGITS.__getitem__)) if upper else None


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
    staffed = _STAFFED.setdefault(office, set())
    known = tuple(place for place in dict.fromkeys(places) if (release.id, place) not in staffed)
    if not known:
        return
    for index, post in enumerate(posts_of(release)):
        units = tuple(dict.fromkeys(_unit(post, place) for place in known))
        async with office.lock(f"post {post.login}"):
            login, account = await account_in(office, release, "official", post.login)
            if account is None:
                await _hire(office, "official", login, DEMO_NAMES[index % len(DEMO_NAMES)], units=units)
            elif not set(units) <= set(account.units):
                await office.store.save_account(_with_units(account, units))
    staffed |= {(release.id, place) for place in known}


async def staff_administration(office: Office, release: Release, place: str) -> None:
    """Ensures that administrators are there for the province of a place and for its city."""
    for usual, level, name, roles in ADMINISTRATORS:
        login, account = await account_in(office, release, "administrator", usual)
        if account is None:
            region = code_at(place or release.region, level)
            await _hire(office, "administrator", login, name, region=region, roles=roles)


async def account_in(office: Office, release: Release, kind: AccountKind, login: str) -> tuple[str, Account | None]:
    """The user name that an official or administrator has in the province of a release, with the account if there is one.

    Whoever has the name alone may work in another province; then that province's code follows it.
    """
    province = code_at(release.region, "province")
    account = await office.store.account_by_login(kind, login)
    if account is None or contains(province, account.units[0].region if account.units else account.region):
        return login, account
    own = f"{login}-{province}"
    return own, await office.store.account_by_login(kind, own)


async def _hire(
    office: Office,
    kind: AccountKind,
    login: str,
    name: str,
    *,
    units: tuple[Unit, ...] = (),
    region: str = "",
    roles: tuple[str, ...] = (),
) -> None:
    # One hash serves all: everybody knows the password, and a demonstration shall start soon.
    hashed = await _HASHES.get(DEMO_PASSWORD, lambda: hash_password(DEMO_PASSWORD))
    account = Account(
        id=next(office.ids()),
        kind=kind,
        login=login,
        name=name,
        password_hash=hashed,
        units=units,
        region=RegionCode(region),
        roles=roles,
        created_at=office.now(),
    )
    await store_account(office, account)


def _unit(post: Post, place: str) -> Unit:
    return Unit(agency=post.agency, level=post.level, region=code_at(place, post.level))


def _with_units(account: Account, units: tuple[Unit, ...]) -> Account:
    joined = tuple(dict.fromkeys((*account.units, *units)))
    return msgspec.structs.replace(account, units=joined[-_MOST_UNITS:])

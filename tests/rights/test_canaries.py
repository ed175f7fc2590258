"""Nothing of one side is ever shown on the other: every address is read as everybody, and no text
of the other side's people, work or administration is in any answer.

Three times: as the service is, with the first wall down, and with the second one down. Either
alone holds.
"""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from models.core import RoleName
from services import clock, rights, scope
from services.database import open_runtime
from services.rights import SCOPES
from tests.rights.actors import ROLES, Who
from tests.rights.asking import OPERATIONS, PAGES, Door, Target, filled, open_door
from tests.rights.side import AGES, CANARY, Side
from tests.rights.world import fill
from tests.support.lease import leased
from tests.support.owner import as_owner

WHOEVER: tuple[Who, ...] = (
    Who("ada", person="ada"),
    Who("ben", person="ben"),
    Who("guardian", ward="kid"),
    *(Who(f"{role} of a", role=role, at="district") for role in ROLES),
    *(Who(f"{scope} of a", role=scope, at="district") for scope in SCOPES),
)
WALLS_DOWN = """
    DO $$ DECLARE each regclass; BEGIN
        FOR each IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace
            AND relkind = 'r' LOOP
            EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', each);
            EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', each);
        END LOOP;
    END $$;
"""


@pytest.fixture(scope="module")
def whole() -> Iterator[dict[str, Any]]:
    with leased("database") as url:
        yield {"url": url}


@pytest.fixture(scope="module")
def without_second_wall() -> Iterator[dict[str, Any]]:
    with leased("database") as url:
        yield {"url": url, "statement": WALLS_DOWN}


async def opened(lasting: dict[str, Any]) -> AsyncIterator[Door]:
    scope.begin(scope.SYSTEM)
    if "sides" not in lasting:
        lasting["sides"] = await fill(lasting["url"], clock.now())
        if "statement" in lasting:
            await as_owner(lasting["url"], lasting["statement"])
    async with open_runtime(lasting["url"], 2), open_door(lasting["sides"]) as door:
        yield door


@pytest.fixture
async def door(whole: dict[str, Any]) -> AsyncIterator[Door]:
    async for each in opened(whole):
        yield each


@pytest.fixture
async def bare_door(without_second_wall: dict[str, Any]) -> AsyncIterator[Door]:
    async for each in opened(without_second_wall):
        yield each


def secrets_of(side: Side) -> set[str]:
    """What nobody of the other side may read: every canary that is not published, the numbers and
    days of birth of people, and the ids of them all."""
    words: set[str] = set()
    for line in side.lines:
        if not line.is_public:
            words |= {found.group() for value in line.row.values() for found in _birds(value)}
    for name in AGES:
        words |= {side.phone(name).removeprefix("+86"), side.birth_date(name), str(side.id(name))}
    return words


def _birds(value: str) -> Iterator[re.Match[str]]:
    return CANARY.finditer(value)


def addresses(sides: dict[str, Side]) -> list[tuple[str, bool]]:
    """Everything that can be read, of both sides' things; whether it is a page."""
    templates = [(each.path, False) for each in OPERATIONS if each.method == "GET"]
    templates += [(each.path, True) for each in PAGES if "GET" in (each.methods or ())]
    filled_in = [
        (filled(path, Target(side)), is_page)
        for side in sides.values()
        for path, is_page in templates
    ]
    return sorted(set(filled_in))


async def leaks(door: Door, who: Who) -> list[str]:
    """Where the other side's secrets were shown to somebody of side a."""
    other, wrong = secrets_of(door.sides["b"]), []
    for path, is_page in addresses(door.sides):
        if is_page and who.is_machine:
            continue
        answer = await door.ask(who, "GET", path, is_page=is_page)
        # What was asked for by its id may stand in the answer again.
        shown = {word for word in other if word in answer.text and word not in path}
        if shown:
            wrong.append(f"{answer.status_code} {path}: {sorted(shown)[:5]}")
        if answer.status_code >= 500:
            wrong.append(f"{answer.status_code} {path} is broken")
    return wrong


@pytest.mark.parametrize("who", WHOEVER, ids=lambda who: who.name)
async def test_nothing_of_the_other_side_is_shown(door: Door, who: Who) -> None:
    assert await leaks(door, who) == []


async def test_the_canaries_sing(door: Door) -> None:
    """Somebody of the other side does read them, so that their silence above means something."""
    theirs = Who("their organiser", side="b", role=RoleName.ORGANISER.value, at="district")
    found: set[str] = set()
    for path, is_page in addresses(door.sides):
        answer = await door.ask(theirs, "GET", path, is_page=is_page)
        found |= {word for word in secrets_of(door.sides["b"]) if word in answer.text}
    assert len(found) > 20


SOME = [who for who in WHOEVER if who.name in ("ada", "organiser of a", "auditor of a")]


@pytest.mark.parametrize("who", SOME, ids=lambda who: who.name)
async def test_the_second_wall_alone_holds(
    door: Door, who: Who, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every question that the services ask of rights is answered with yes."""

    async def yes(*_: object, **__: object) -> bool:
        return True

    async def nothing(*_: object, **__: object) -> None:
        return None

    monkeypatch.setattr(rights, "covers", yes)
    monkeypatch.setattr(rights, "require", nothing)
    monkeypatch.setattr(rights, "require_own", lambda *_: None)
    found = await leaks(door, who)
    assert [each for each in found if "is broken" not in each] == []


@pytest.mark.parametrize("who", SOME, ids=lambda who: who.name)
async def test_the_first_wall_alone_holds(bare_door: Door, who: Who) -> None:
    """Row-level security is off in this database: the services alone keep the sides apart."""
    assert await leaks(bare_door, who) == []


async def test_a_wrong_address_gives_nothing_away(door: Door) -> None:
    """Errors too: what is not there, what is not allowed and what is not understood."""
    ada, other = Who("ada", person="ada"), secrets_of(door.sides["b"])
    answers = []
    for path in ("/api/v1/nothing", "/nothing", "/api/v1/claims?limit=x", "/api/v1/volunteers"):
        answers.append(await door.ask(ada, "GET", path, is_page=not path.startswith("/api")))
    for answer in answers:
        assert answer.status_code >= 400
        assert not [word for word in other if word in answer.text]

"""Nothing of one side is ever shown on the other: every address is read as everybody, and no text
of the other side's people, work or administration is in any answer.

Three times: as the service is, with the first wall down, and with the second one down. Either
alone holds.
"""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import httpx2
import pytest

from models.core import RoleName
from services import rights
from services.database import rows
from services.notifications import following, reading
from tests.rights.actors import Who
from tests.rights.asking import OPERATIONS, Door, Target, World, filled, open_door
from tests.rights.pages_table import PAGES_TABLE
from tests.rights.side import AGES, CANARY, CITY_ID, Side
from tests.support.lease import leased

# Everybody who differs in what the second wall opens to them; `test_what_is_seen` asks as all.
WHOEVER: tuple[Who, ...] = (
    Who("ada", person="ada"),
    Who("guardian", ward="kid"),
    *(
        Who(f"{role} of a", role=role, at="district")
        for role in ("organiser", "auditor", "node_administrator")
    ),
    *(
        Who(f"{role}_administrator of a", role=f"{role}_administrator", at="district")
        for role in ("system", "security")
    ),
    *(Who(f"{scope} of a", role=scope, at="district") for scope in ("work:read", "people:read")),
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
def without_second_wall() -> Iterator[World]:
    with leased("database") as url:
        yield World(url, afterwards=WALLS_DOWN)


@pytest.fixture
async def bare_door(without_second_wall: World) -> AsyncIterator[Door]:
    async with open_door(without_second_wall) as opened:
        yield opened


def secrets_of(side: Side) -> set[str]:
    """What nobody of the other side may read: every canary that is not published, the numbers and
    days of birth of people, and the ids of them all."""
    words = set(side.flown)
    for line in side.lines:
        if line.is_public:
            words -= {found.group() for value in line.row.values() for found in _birds(value)}
    for name in AGES:
        words |= {side.phone(name).removeprefix("+86"), side.birth_date(name), str(side.id(name))}
    return words


def _birds(value: str) -> Iterator[re.Match[str]]:
    return CANARY.finditer(value)


def addresses(sides: dict[str, Side]) -> list[tuple[str, bool]]:
    """Everything that can be read, of both sides' things; whether it is a page."""
    templates = [(each.path, False) for each in OPERATIONS if each.method == "GET"]
    templates += [(row.removeprefix("GET "), True) for row in PAGES_TABLE if row.startswith("GET ")]
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
        answer = await read(door, who, path, is_page=is_page)
        # What was asked for by its id may stand in the answer again.
        shown = {word for word in other if word in answer.text and word not in path}
        if shown:
            wrong.append(f"{answer.status_code} {path}: {sorted(shown)[:5]}")
        if answer.status_code >= 500:
            wrong.append(f"{answer.status_code} {path} is broken")
    return wrong


async def heard(door: Door, who: Who) -> list[str]:
    """The same of the stream of the inbox: from its beginning on, and from the place of a notice
    of the other side."""
    other, wrong = secrets_of(door.sides["b"]), []
    for notice in (UUID(int=0), door.sides["b"].id("notice of ada")):
        answer = await door.follow(who, f"0-{notice}")
        if shown := {word for word in other if word in answer.text}:
            wrong.append(f"{answer.status_code} stream from {notice}: {sorted(shown)[:5]}")
        if answer.status_code >= 500:
            wrong.append(f"{answer.status_code} stream is broken")
    return wrong


async def read(door: Door, who: Who, path: str, *, is_page: bool) -> httpx2.Response:
    return await (door.read(who, path) if is_page else door.ask(who, "GET", path))


@pytest.mark.parametrize("who", WHOEVER, ids=lambda who: who.name)
async def test_nothing_of_the_other_side_is_shown(door: Door, who: Who) -> None:
    assert await leaks(door, who) == []
    assert await heard(door, who) == []


async def test_the_stream_is_for_people_and_replays_what_is_theirs(door: Door) -> None:
    """Each hears their own, so that the silence about the others means something."""
    visitor, machine = Who("visitor"), next(who for who in WHOEVER if who.is_machine)
    assert (await door.follow(visitor, "0-" + str(UUID(int=0)))).status_code == 401
    assert (await door.follow(machine, "0-" + str(UUID(int=0)))).status_code == 403
    for name in ("a", "b"):
        side = door.sides[name]
        events = (await door.follow(Who("own", side=name, person="ada"), f"0-{UUID(int=0)}")).text
        assert f"1-{side.id('notice of ada')}" in events
        assert events.count("event: notice") == 1


async def test_the_canaries_sing(door: Door) -> None:
    """Somebody of the other side does read them, so that their silence above means something."""
    theirs = Who("their organiser", side="b", role=RoleName.ORGANISER.value, at="district")
    found: set[str] = set()
    for path, is_page in addresses(door.sides):
        answer = await read(door, theirs, path, is_page=is_page)
        found |= {word for word in secrets_of(door.sides["b"]) if word in answer.text}
    assert len(found) > 20


SOME = [who for who in WHOEVER if who.name in ("ada", "organiser of a", "auditor of a")]


@pytest.mark.parametrize("who", SOME, ids=lambda who: who.name)
async def test_the_second_wall_alone_holds(
    door: Door, who: Who, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every question that the services ask of rights is answered with yes, for the whole city."""

    async def yes(*_: object) -> bool:
        return True

    def everywhere(*_: object) -> list[UUID]:
        return [CITY_ID]

    monkeypatch.setattr(rights, "_is_below", yes)
    monkeypatch.setattr(rights, "nodes", everywhere)
    monkeypatch.setattr(rights, "require_own", lambda *_: None)
    for module in (following, reading):
        monkeypatch.setattr(module, "rows", _of_everybody)
    found = [*await leaks(door, who), *await heard(door, who)]
    assert [each for each in found if "is broken" not in each] == []


async def _of_everybody(statement: str, *given: object) -> list[dict[str, Any]]:
    """The inbox's own questions, as if they forgot to say whose notices they are."""
    for number in (2, 3):
        whose = f"OR account_id = ${number}"
        statement = statement.replace(f"{whose})", f"{whose} OR true)")
    return await rows(statement, *given)


async def test_with_both_walls_down_the_stream_sings(
    bare_door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it is one of the walls that keeps it silent, and no third thing."""
    for module in (following, reading):
        monkeypatch.setattr(module, "rows", _of_everybody)
    assert await heard(bare_door, Who("ada", person="ada")) != []


@pytest.mark.parametrize("who", SOME, ids=lambda who: who.name)
async def test_the_first_wall_alone_holds(bare_door: Door, who: Who) -> None:
    """Row-level security is off in this database: the services alone keep the sides apart."""
    assert await leaks(bare_door, who) == []
    assert await heard(bare_door, who) == []


async def test_a_wrong_address_gives_nothing_away(door: Door) -> None:
    """Errors too: what is not there, what is not allowed and what is not understood."""
    ada, other = Who("ada", person="ada"), secrets_of(door.sides["b"])
    answers = []
    for path in ("/api/v1/nothing", "/nothing", "/api/v1/claims?limit=x", "/api/v1/volunteers"):
        answers.append(await read(door, ada, path, is_page=not path.startswith("/api")))
    for answer in answers:
        assert answer.status_code >= 400
        assert not [word for word in other if word in answer.text]

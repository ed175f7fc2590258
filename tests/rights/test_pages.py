"""Every page and every button, asked by everybody for their own things, their neighbours' and the
other side's.

As in `test_matrix` what is expected comes from the table and from `services.rights`. Programs have
no pages.
"""

import re
from dataclasses import replace
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
import pytest

from api.pages.reader import page_behind
from tests.rights.actors import ABOVE, ASKERS, Who
from tests.rights.asking import BESIDE, NAMES, PAGES, PERSONAL, Door, Target, filled, parameters_of
from tests.rights.forms_of_pages import FORMS, NAMES_A_NODE, form_for
from tests.rights.needs import Asked, anybody
from tests.rights.pages_table import NAMED, PAGES_TABLE

READERS = tuple(who for who in ASKERS if not who.is_machine)
PATHS = {re.sub(r":\w+}", "}", each.path): each for each in PAGES}
# Of what is not there these say nothing, and lead to the list of what is.
LEADS_TO_LIST = {
    "POST /me/sessions/links/{identity_id}/end": "/me/sessions",
    "POST /me/sessions/{session_id}/end": "/me/sessions",
}


# What concerns a minor waits for a second person, and the page says so: refused to everybody alone.
SECOND_PERSON = {("POST /admin/people/{volunteer_id}/reveal", "kid")}


def test_every_page_and_every_button_has_a_line() -> None:
    reads = {f"GET {path}" for path in PATHS}
    presses = {f"POST {path}" for path, each in PATHS.items() if "POST" in (each.methods or ())}
    lines = set(PAGES_TABLE)
    assert presses <= lines <= reads | presses
    alone = {row.replace("POST", "GET") for row in presses}
    assert reads - alone <= lines, "a page without a button needs a line"
    assert set(FORMS) | set(NAMED) | NAMES_A_NODE | set(LEADS_TO_LIST) <= lines


async def test_a_button_alone_leads_back(door: Door) -> None:
    """An address without a line for reading shows nothing of anybody, whoever asks."""
    chief = Who("organiser there", role="organiser", at="street")
    for path in PATHS:
        if f"GET {path}" not in PAGES_TABLE:
            address = filled(path, Target(door.sides["a"]))
            answer = await door.read(chief, address)
            assert (answer.status_code, answer.headers["location"]) == (303, page_behind(address))


async def test_what_a_press_writes_is_noticed(door: Door) -> None:
    """So that it means something where nothing was written."""
    row, target = "POST /me/consents/answer", Target(door.sides["a"])
    answer = await visit(door, row, Who("ada", person="ada"), address(row, target), target)
    assert answer.extensions["changed"] - BESIDE == {"consent", "volunteer"}


@pytest.mark.parametrize("row", PAGES_TABLE)
async def test_the_page_opens_for_whom_the_table_says(door: Door, row: str) -> None:
    wrong: list[str] = []
    for target in targets(door, row):
        for who in readers(row, target):
            asked = Asked(who, target.side.side == "a", target.person)
            wrong += await faults(door, row, target, asked)
            if asked.is_own_side and who.role in ABOVE and PAGES_TABLE[row](asked):
                above = replace(asked, who=ABOVE[who.role])
                wrong += await faults(door, row, target, above)
    assert wrong == []


def readers(row: str, target: Target) -> list[Who]:
    """Everybody; about somebody else of the same side those who are people, as for a role all of
    them are alike, and one who works there."""
    if PAGES_TABLE[row] is anybody:
        return [*READERS[:2]]
    if target.side.side == "a" and target.person == "kid":
        return [who for who in READERS if who.role in (None, "organiser")]
    return [*READERS]


def targets(door: Door, row: str) -> list[Target]:
    """On Ada's side and on the other; and somebody's else beside hers, where it is a person's."""
    named = parameters_of(row)
    if not named and row not in NAMES_A_NODE:
        return [Target(door.sides["a"])]
    found = [Target(door.sides["a"]), Target(door.sides["b"])]
    if PERSONAL & set(named):
        found.append(Target(door.sides["a"], "kid"))
    return found


def address(row: str, target: Target) -> str:
    return filled(row.partition(" ")[2], target, {**NAMES, **NAMED.get(row, {})})


async def visit(door: Door, row: str, who: Who, path: str, target: Target) -> httpx2.Response:
    if row.startswith("GET"):
        return await door.read(who, path)
    return await door.press(who, path, form_for(row, target))


def is_refused(row: str, answer: httpx2.Response) -> bool:
    """The page was not shown, or nothing was done; whoever has not signed in is led there."""
    if answer.status_code == 303:
        location = answer.headers["location"]
        return asks_to_sign_in(answer) or location == LEADS_TO_LIST.get(row)
    if row in NAMES_A_NODE and answer.status_code in (400, 422):
        return True
    return answer.status_code in (403, 404)


def asks_to_sign_in(answer: httpx2.Response) -> bool:
    parts = urlsplit(answer.headers.get("location", ""))
    return parts.path == "/sign-in" and parts.query.startswith("back=")


async def faults(door: Door, row: str, target: Target, asked: Asked) -> list[str]:
    """What is wrong with the answer."""
    answer = await visit(door, row, asked.who, address(row, target), target)
    led = answer.headers.get("location", "")
    about = f"{asked.who.name} about {target.person} of {target.side.side}"
    about = f"{about}: {answer.status_code} {led} {heading(answer)}"
    if answer.status_code >= 500:
        return [f"broken: {about}"]
    need = PAGES_TABLE[row]
    if need is anybody:
        return [f"refused: {about}"] if answer.status_code in (403, 404) else []
    if need(asked) and (row, target.person) not in SECOND_PERSON:
        return [f"refused: {about}"] if is_refused(row, answer) else []
    if not is_refused(row, answer):
        return [f"let in: {about}"]
    if asked.who.is_visitor:
        is_right = asks_to_sign_in(answer) or answer.status_code == 404
        return [] if is_right else [f"not asked to sign in: {about}"]
    if changed := answer.extensions["changed"] - BESIDE:
        return [f"refused, but wrote into {sorted(changed)}: {about}"]
    return [] if asked.is_own_side else await tells(door, row, target, asked, answer)


def heading(answer: httpx2.Response) -> str:
    """What the page is called."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", answer.text, re.DOTALL)
    return re.sub(r"<[^>]*>|\s+", " ", found[1]).strip() if found else ""


async def tells(
    door: Door, row: str, target: Target, asked: Asked, answer: httpx2.Response
) -> list[str]:
    """What the page about the other side's thing gives away: it is that about nothing at all."""
    at_home = replace(asked, is_own_side=True)
    named = parameters_of(row)
    if not named or not (asked.who.role is None or PAGES_TABLE[row](at_home)):
        return []
    path = row.partition(" ")[2]
    for name in named:
        path = path.replace(f"{{{name}}}", str(uuid4()))
    nothing = await visit(door, row, asked.who, path, target)
    same = [(each.status_code, heading(each)) for each in (answer, nothing)]
    return [] if same[0] == same[1] else [f"{asked.who.name}: {same[0]}, of nothing {same[1]}"]

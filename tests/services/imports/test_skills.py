"""Skills in a sheet of people: what stays confirmed, and what an import confirms."""

from datetime import date
from uuid import UUID

from models.core import ImportKind, OrganisationKind, RoleName
from services import imports
from services.database import rows
from services.imports import Import
from services.rights import Actor
from tests.services.imports.support import (
    NOW,
    SETTINGS,
    csv_bytes,
    look,
    refusals,
)
from tests.support.factories import make_account, make_city, make_organisation, make_organiser

HEAD = "编号,姓名,出生日期,技能,技能凭证"
BARE = "编号,姓名,出生日期,技能"
PROVEN = "1,林晓,2000-01-01,急救:3:2027-12-31; 沪语:2,急救:急救证书:红十字会 2026"


async def bring_in(actor: Actor, node: UUID, *lines: str) -> Import:
    kept = await imports.check(actor, node, ImportKind.PEOPLE, csv_bytes(lines), NOW, SETTINGS)
    assert refusals(kept.report) == []
    return await imports.apply(actor, kept.id, NOW, SETTINGS)


async def held() -> dict[str, tuple[str, int, date | None, str]]:
    found = await rows("SELECT skill, state, level, expires_on, evidence FROM volunteer_skill")
    return {
        row["skill"]: (row["state"], row["level"], row["expires_on"], row["evidence"])
        for row in found
    }


async def test_evidence_in_the_sheet_confirms_and_is_logged(database: str) -> None:
    city, organiser = await make_city()

    await bring_in(organiser, city.id, HEAD, PROVEN)

    last = date(2027, 12, 31)
    assert await held() == {
        "急救": ("verified", 3, last, "红十字会 2026"),
        "沪语": ("declared", 2, None, ""),
    }
    [line] = await rows("SELECT account_id FROM audit_event WHERE act = 'skill_decided'")
    assert line["account_id"] == organiser.account_id
    again = await look(city.id, "people", csv_bytes([HEAD, PROVEN]))
    assert [row.changed for row in again.rows] == [[]]


async def test_a_sheet_without_days_and_evidence_takes_neither_away(database: str) -> None:
    city, organiser = await make_city()
    await bring_in(organiser, city.id, HEAD, PROVEN)

    nightly = "1,林晓,2000-01-01,急救:3; 沪语:2"
    same = await look(city.id, "people", csv_bytes([BARE, nightly]))
    await bring_in(organiser, city.id, BARE, nightly)
    kept = (await held())["急救"]
    await bring_in(organiser, city.id, BARE, "1,林晓,2000-01-01,急救:4; 沪语:2")
    raised = (await held())["急救"]
    await bring_in(organiser, city.id, BARE, "1,林晓,2000-01-01,沪语:2")

    assert [row.changed for row in same.rows] == [[]]
    assert kept == ("verified", 3, date(2027, 12, 31), "红十字会 2026")
    assert raised[:2] == ("declared", 4)  # What was confirmed was the third level.
    assert set(await held()) == {"沪语"}


async def test_an_import_confirms_no_more_than_its_account_may(database: str) -> None:
    """Below the office that the rule names, without the day, for too long, of the wrong kind."""
    city, chief = await make_city()
    street = await make_organisation(chief, OrganisationKind.STREET, city.id)
    community = await make_organisation(chief, OrganisationKind.NEIGHBOURHOOD, street.id)
    below = await make_organiser(community.id)
    await bring_in(below, community.id, HEAD, PROVEN)
    assert (await held())["急救"][0] == "declared"

    for number, skills in enumerate(("急救:3", "急救:3:2035-01-01"), start=2):
        await bring_in(
            chief, city.id, HEAD, f"{number},王一,2000-01-01,{skills},急救:急救证书:看过"
        )
    await bring_in(chief, city.id, HEAD, "5,王二,2000-01-01,急救:3:2027-01-01,急救:驾驶证:看过")
    confirmed = await rows("SELECT 1 FROM volunteer_skill WHERE state = 'verified'")
    assert confirmed == []


async def test_evidence_that_cannot_be_read_is_refused_at_its_cell(database: str) -> None:
    city, _ = await make_city()
    rest = "1,林晓,2000-01-01,急救:3"
    found = [
        refusals(await look(city.id, "people", csv_bytes([HEAD, f"{rest},{cell}"])))
        for cell in ("急救", "急救:奖状:好人", "驾驶:驾驶证:C1", "急救:急救证书:")
    ]

    assert found == [
        [("E2", "not_evidence")],
        [("E2", "not_evidence")],
        [("E2", "evidence_without_skill")],
        [("E2", "not_evidence")],
    ]


async def test_whoever_imports_themself_does_not_confirm_themself(database: str) -> None:
    city, organiser = await make_city()
    stored = await bring_in(organiser, city.id, BARE, "1,林晓,2000-01-01,沪语:1")
    assert stored.state == "applied"
    [person] = await rows("SELECT id FROM volunteer")
    own = await make_account((RoleName.ORGANISER, city.id), volunteer_id=person["id"])

    await bring_in(own, city.id, HEAD, PROVEN)

    assert (await held())["急救"][0] == "declared"

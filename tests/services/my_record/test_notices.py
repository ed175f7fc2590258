"""Whenever somebody else enters anything in a person's name, the person is told; never of what they
did themselves."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from models.core import AbsenceOutcome
from services import attendance, claims, offers
from services.attendance import ConfirmIn, ObjectionDecision, ObjectionIn, ScanIn
from services.claims import ClaimIn
from services.database import rows
from services.notifications.wording import unpacked
from services.scope import as_system
from services.vault import keyring
from tests.services.attendance.world import IN, OUT, SETTINGS, Day, make_day
from tests.services.my_record.world import WEEK, make_past, told
from tests.support.factories import NOW
from tests.support.families import Family, agree, make_family

END = 120


async def checked_in(day: Day) -> None:
    await day.taps(day.adas, IN, 5)


async def checked_out(day: Day) -> None:
    await day.scans(day.ada, IN, 0)
    await day.taps(day.adas, OUT, 170)


async def comes_after_all(day: Day) -> None:
    await day.marks(day.adas, 20)
    await day.taps(day.adas, IN, 30)


async def forgets(day: Day) -> None:
    await day.scans(day.ada, IN, 0)
    await attendance.close_due(day.at(200), SETTINGS)


async def confirmed(day: Day) -> None:
    await forgets(day)
    await attendance.confirm(day.lead, day.adas, ConfirmIn(), day.at(300), SETTINGS)


async def heard(day: Day) -> None:
    await day.marks(day.adas, 20)
    why = ObjectionIn(text="我在后门。")
    await attendance.object_to(day.ada, day.adas, why, day.at(30), SETTINGS)
    served = ObjectionDecision(outcome=AbsenceOutcome.SERVED)
    await attendance.decide(day.boss, day.adas, served, day.at(300), SETTINGS)


WAYS: dict[str, tuple[Callable[[Day], Awaitable[None]], float]] = {
    "checked_in_by_lead": (checked_in, END),
    "checked_out_by_lead": (checked_out, 170),
    "check_out_forgotten": (forgets, 200),
    "stay_confirmed_by_lead": (confirmed, 300),
    "stay_entered_by_organiser": (heard, 300),
}


@pytest.mark.parametrize("kind", WAYS)
async def test_the_person_is_told_and_until_when_they_may_dispute_it(
    kind: str, database: str
) -> None:
    act, from_minute = WAYS[kind]
    day = await make_day()
    await act(day)
    [line] = await told(kind)
    assert (line["volunteer_id"], line["about"]) == (day.ada.volunteer_id, day.adas)
    assert (await facts_of(kind))["until"] == day.at(from_minute) + WEEK


async def test_whoever_comes_after_all_is_told_of_that_as_well(database: str) -> None:
    day = await make_day()
    await comes_after_all(day)
    assert len(await told("checked_in_by_lead")) == 1


async def test_nobody_is_told_of_what_they_did_themselves(database: str) -> None:
    day = await make_day()
    await day.scans(day.ada, IN, 0)
    await day.types(day.ada, day.adas, OUT, 60)
    kinds = {row["kind"] for row in await as_system(rows)("SELECT kind FROM notification")}
    assert not {kind for kind in kinds if kind.startswith(("checked_", "stay_", "ward_"))}


async def test_a_decision_tells_until_when_it_may_be_disputed_again(database: str) -> None:
    past = await make_past()
    await past.day.scans(past.day.ada, IN, 0)
    await past.day.scans(past.day.ada, OUT, 60)
    said = await past.disputes()
    await past.decides(said.id, "corrected", 3000, out_at=past.day.at(30))
    assert (await facts_of("dispute_upheld"))["until"] == past.day.at(3000) + WEEK


async def test_a_guardian_who_scans_for_a_ward_tells_them(database: str) -> None:
    day, family, claim_id = await _with_a_ward()
    for way, minutes in ((IN, 0), (OUT, 60)):
        command = ScanIn(code=await day.code(minutes), way=way)
        await attendance.scan(family.guardian, command, day.at(minutes), SETTINGS)
    for kind in ("checked_in_by_guardian", "checked_out_by_guardian"):
        [line] = await told(kind)
        assert (line["volunteer_id"], line["about"]) == (family.teen.volunteer_id, claim_id)
    [claimed] = await told("claimed_by_guardian")
    assert (claimed["volunteer_id"], claimed["about"]) == (family.teen.volunteer_id, claim_id)
    assert await told("ward_stay_entered") == []


async def test_a_guardian_who_says_yes_to_an_offer_tells_the_ward(database: str) -> None:
    """The young person waits; the guardian accepts the seat that is offered."""
    day = await make_day(starts_at=NOW + timedelta(hours=48))
    family = await make_family(day.boss)
    await agree(family, day.shift)
    wish = ClaimIn(risk_statement_version=1, or_wait=True)
    waits = await claims.claim(family.teen, day.shift.id, wish, NOW, SETTINGS)
    await claims.withdraw(day.ben, day.bens, NOW, SETTINGS)
    await claims.offer_due(NOW, SETTINGS)
    [offer] = await as_system(rows)("SELECT id FROM offer WHERE claim_id = $1", waits.id)
    assert await told("claimed_by_guardian") == []
    await offers.accept(family.guardian, offer["id"], NOW, SETTINGS)
    [line] = await told("claimed_by_guardian")
    assert (line["volunteer_id"], line["about"]) == (family.teen.volunteer_id, waits.id)


async def test_who_claims_for_themselves_is_not_told_of_it(database: str) -> None:
    await make_day()
    assert await told("claimed_by_guardian") == []


async def test_of_a_child_the_guardian_is_told(database: str) -> None:
    """Below 14 nobody else answers for them, and they read no notices."""
    day, family, claim_id = await _with_a_ward()
    await as_system(rows)("UPDATE volunteer SET age = 12 WHERE id = $1", family.teen.volunteer_id)
    await day.taps(claim_id, IN, 5)
    [line] = await told("ward_stay_entered")
    assert (line["account_id"], line["about"]) == (family.guardian.account_id, claim_id)


async def _with_a_ward() -> tuple[Day, Family, object]:
    """A day on which a guardian has claimed a seat for a young person of 16."""
    day = await make_day(seats=3)
    family = await make_family(day.boss)
    await agree(family, day.shift)
    wish = ClaimIn(risk_statement_version=1, volunteer_id=family.teen.volunteer_id)
    taken = await claims.claim(family.guardian, day.shift.id, wish, NOW, SETTINGS)
    return day, family, taken.id


@as_system
async def facts_of(kind: str) -> dict[str, object]:
    """What the only notice of this kind says."""
    [row] = await rows("SELECT id, facts_cipher FROM notification WHERE kind = $1", kind)
    return unpacked(keyring().decrypt("notification.facts_cipher", row["id"], row["facts_cipher"]))

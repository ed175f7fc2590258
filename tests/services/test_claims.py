"""Claims: who gets a seat, who does not and why, and how a seat is given back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from tortoise.exceptions import IntegrityError

from models.core import ApartPair, Claim, ClaimState, Engagement, Exclusion
from services import claims, projects, shifts
from services.claims import ALLOWED, ClaimIn
from services.database import rows
from services.errors import Conflict, Forbidden, NotFound
from services.paging import PageQuery
from services.rights import Actor
from services.settings import Settings
from services.shifts import RoleIn, Shift
from services.volunteers import Skill
from tests.support.factories import (
    NOW,
    SETTINGS,
    TODAY,
    hours,
    make_city,
    make_organisation,
    make_organiser,
    make_person,
    make_project,
    make_shift,
)
from tests.support.owner import as_owner

HALL = (121.4737, 31.2304)
FIVE_KM_EAST = (121.5262, 31.2304)


async def claim(actor: Actor, shift: Shift, role: str | None = None) -> claims.Claim:
    return await claims.claim(
        actor, shift.id, ClaimIn(risk_statement_version=1, role=role), NOW, SETTINGS
    )


async def refusal(actor: Actor, shift: Shift, role: str | None = None) -> Conflict:
    with pytest.raises(Conflict) as caught:
        await claim(actor, shift, role)
    return caught.value


async def test_a_free_seat_is_confirmed_at_once_with_the_risks_agreed_to(database: str) -> None:
    _, boss = await make_city()
    ada, shift = await make_person(boss), await make_shift(boss)
    made = await claim(ada, shift)
    assert made.state is ClaimState.CONFIRMED
    assert made.shift.id == shift.id
    assert (await shifts.get(None, shift.id)).roles[0].held == 1
    stored = await Claim.get(id=made.id)
    assert stored.risk_statement_version == 1
    assert (await claims.list_mine(ada, PageQuery())).items == [made]
    assert (await claims.list_of_shift(boss, shift.id, PageQuery())).items == [made]


async def test_only_people_claim_and_only_what_is_published(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    draft = await make_project(boss, is_published=False)
    hidden = await make_shift(boss, project_id=draft.id)
    with pytest.raises(NotFound):
        await claim(ada, hidden)
    with pytest.raises(NotFound):
        await claims.claim(ada, uuid4(), ClaimIn(risk_statement_version=1), NOW, SETTINGS)
    with pytest.raises(NotFound):
        await claim(ada, await make_shift(boss), "no such role")
    with pytest.raises(Forbidden):
        await claim(boss, await make_shift(boss))


async def test_a_shift_that_is_over_or_called_off_takes_nobody(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    past = await make_shift(boss, starts_at=hours(-2), hours_long=2)
    assert (await refusal(ada, past)).reason == "ended"
    off = await make_shift(boss)
    await shifts.call_off(boss, off.id, NOW)
    assert (await refusal(ada, off)).reason == "called_off"


async def test_a_second_claim_of_the_shift_and_a_seat_too_many_are_refused(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    shift = await make_shift(boss)
    await claim(ada, shift)
    assert (await refusal(ada, shift)).reason == "already_claimed"
    full = await refusal(ben, shift)
    assert (full.reason, full.parameters) == ("full", {"seats": 1, "waitlist_place": 1})


async def test_by_hand_a_role_is_filled_beyond_its_target_to_its_maximum(database: str) -> None:
    _, boss = await make_city()
    shift = await make_shift(boss, roles=[RoleIn(key="r", target=1, maximum=2)])
    for _ in range(2):
        await claim(await make_person(boss), shift)
    assert (await refusal(await make_person(boss), shift)).reason == "full"


async def test_without_a_role_the_first_that_suits_is_taken(database: str) -> None:
    _, boss = await make_city()
    shift = await make_shift(
        boss,
        roles=[
            RoleIn(key="lead", target=1, skills={"lead": 3}),
            RoleIn(key="elder", target=1, min_age=60),
            RoleIn(key="helper", target=1),
        ],
    )
    assert (await claim(await make_person(boss), shift)).role_key == "helper"
    assert (await refusal(await make_person(boss), shift)).reason == "full"
    lead = await make_person(boss, skills=[Skill(skill="lead", level=3)])
    assert (await claim(lead, shift)).role_key == "lead"


async def test_skills_count_at_their_level_until_they_expire(database: str) -> None:
    _, boss = await make_city()
    shift = await make_shift(boss, roles=[RoleIn(key="r", target=9, skills={"aid": 3})])
    local_day = shift.ends_at.astimezone(SETTINGS.zone).date()
    too_low = await make_person(boss, skills=[Skill(skill="aid", level=2)])
    expired = await make_person(
        boss, skills=[Skill(skill="aid", level=5, expires_on=local_day - timedelta(days=1))]
    )
    fit = await make_person(boss, skills=[Skill(skill="aid", level=3, expires_on=local_day)])
    for person in (too_low, expired):
        refused = await refusal(person, shift)
        assert (refused.reason, refused.parameters["missing"]) == ("skills", {"aid": 3})
    assert (await claim(fit, shift)).state is ClaimState.CONFIRMED


async def test_the_age_is_that_of_the_day_after_the_birthday(database: str) -> None:
    _, boss = await make_city()
    shift = await make_shift(boss, roles=[RoleIn(key="r", target=9, min_age=18, max_age=59)])
    on_birthday = await make_person(boss, birth_date=TODAY.replace(year=TODAY.year - 18))
    refused = await refusal(on_birthday, shift)
    assert (refused.reason, refused.parameters) == ("age", {"min_age": 18, "max_age": 59})
    day_before = TODAY.replace(year=TODAY.year - 18) - timedelta(days=1)
    assert (await claim(await make_person(boss, birth_date=day_before), shift)).role_key == "r"


async def test_a_role_of_a_group_is_for_its_members(database: str) -> None:
    _, boss = await make_city()
    team = await make_organisation(boss)
    shift = await make_shift(boss, roles=[RoleIn(key="r", target=9, groups=[team.id])])
    assert (await refusal(await make_person(boss), shift)).reason == "group"
    assert (await claim(await make_person(boss, groups=[team.id]), shift)).role_key == "r"


async def test_who_is_excluded_or_kept_apart_gets_the_same_answer(database: str) -> None:
    _, boss = await make_city()
    ada, ben, cai = [await make_person(boss) for _ in range(3)]
    shift = await make_shift(boss, seats=3)
    await Exclusion.create(shift_id=shift.id, volunteer_id=ben.volunteer_id, reason="rest")
    one, other = sorted([ada.volunteer_id, cai.volunteer_id], key=str)
    await ApartPair.create(one_id=one, other_id=other)
    await claim(ada, shift)
    answers = [await refusal(ben, shift), await refusal(cai, shift)]
    assert [(each.reason, dict(each.parameters)) for each in answers] == [("excluded", {})] * 2


async def test_an_overlap_says_with_which_shift(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    first = await make_shift(boss, starts_at=hours(24), hours_long=2)
    await claim(ada, first)
    refused = await refusal(ada, await make_shift(boss, starts_at=hours(25), hours_long=2))
    assert refused.reason == "overlap"
    assert refused.parameters == {
        "shift_id": first.id,
        "project_name": first.project_name,
        "starts_at": first.starts_at,
        "ends_at": first.ends_at,
    }
    assert (await claim(ada, await make_shift(boss, starts_at=hours(26)))).role_key == "helper"


async def test_service_promised_elsewhere_counts_like_a_shift(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    await Engagement.create(volunteer_id=ada.volunteer_id, starts_at=hours(25), ends_at=hours(30))
    refused = await refusal(ada, await make_shift(boss, starts_at=hours(24)))
    assert (refused.reason, refused.parameters["shift_id"]) == ("overlap", None)


async def test_the_way_between_two_places_takes_its_time(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    await claim(ada, await make_shift(boss, location=HALL))
    soon = await make_shift(boss, starts_at=hours(26.25), location=FIVE_KM_EAST)
    refused = await refusal(ada, soon)
    assert refused.reason == "travel_too_tight"
    assert (refused.parameters["needs"], refused.parameters["has"]) == (30, 15)
    later = await make_shift(boss, starts_at=hours(26.5), location=FIVE_KM_EAST)
    assert (await claim(ada, later)).role_key == "helper"


async def test_too_little_rest_says_until_when(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    evening = await make_shift(boss, starts_at=hours(34))  # 20:00–22:00 in Shanghai
    await claim(ada, evening)
    refused = await refusal(ada, await make_shift(boss, starts_at=hours(43)))
    assert refused.reason == "too_little_rest"
    assert refused.parameters["until"] == evening.ends_at + timedelta(hours=8)
    assert (refused.parameters["needs"], refused.parameters["has"]) == (480, 420)
    assert (await claim(ada, await make_shift(boss, starts_at=hours(44)))).role_key == "helper"


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"max_minutes": 239}, "too_many_minutes"),
        ({"max_minutes_per_day": 239}, "too_many_minutes_that_day"),
        ({"max_shifts": 1}, "too_many_shifts"),
        ({"max_minutes": 240, "max_minutes_per_day": 240, "max_shifts": 2}, None),
    ],
)
async def test_the_limits_are_the_persons_own(
    database: str, limits: dict[str, int], reason: str | None
) -> None:
    _, boss = await make_city()
    ada = await make_person(boss, **limits)
    await claim(ada, await make_shift(boss, starts_at=hours(24)))
    second = await make_shift(boss, starts_at=hours(27))
    if reason is None:
        assert (await claim(ada, second)).role_key == "helper"
    else:
        refused = await refusal(ada, second)
        assert (refused.reason, refused.parameters) == (reason, {"limit": min(limits.values())})


async def test_limits_hold_in_any_seven_days_and_no_longer(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss, max_shifts=1)
    await claim(ada, await make_shift(boss, starts_at=hours(24)))
    within = await make_shift(boss, starts_at=hours(24 + 6 * 24))
    assert (await refusal(ada, within)).reason == "too_many_shifts"
    after = await make_shift(boss, starts_at=hours(24 + 7 * 24))
    assert (await claim(ada, after)).role_key == "helper"


async def test_days_are_those_of_the_service_not_of_utc(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    late = await make_shift(boss, starts_at=hours(36), hours_long=1)  # 22:00 in Shanghai, 14:00 UTC
    await claim(ada, late)
    next_day = await make_shift(boss, starts_at=hours(38.5), hours_long=1)  # 00:30, still 16:30 UTC
    assert (await refusal(ada, next_day)).reason == "too_little_rest"
    in_utc = Settings(utc_offset_minutes=0)
    made = await claims.claim(ada, next_day.id, ClaimIn(risk_statement_version=1), NOW, in_utc)
    assert made.state is ClaimState.CONFIRMED


async def test_a_seat_given_back_is_free_again_for_everybody(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    shift = await make_shift(boss)
    made = await claim(ada, shift)
    given_back = await claims.withdraw(ada, made.id, NOW, SETTINGS)
    assert given_back.state is ClaimState.CANCELLED
    assert await claims.withdraw(ada, made.id, NOW, SETTINGS) == given_back
    await claim(ben, shift)
    assert (await refusal(ada, shift)).reason == "full"


async def test_only_its_person_withdraws_a_claim_and_only_before_the_start(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    made = await claim(ada, await make_shift(boss))
    with pytest.raises(NotFound):
        await claims.withdraw(ben, made.id, NOW, SETTINGS)
    with pytest.raises(NotFound):
        await claims.withdraw(ada, uuid4(), NOW, SETTINGS)
    with pytest.raises(Conflict, match="already_started"):
        await claims.withdraw(ada, made.id, made.shift.starts_at, SETTINGS)
    await rows("UPDATE claim SET state = 'no_show' WHERE id = $1", made.id)
    with pytest.raises(Conflict, match="state_change_refused"):
        await claims.withdraw(ada, made.id, NOW, SETTINGS)


async def test_calling_a_shift_off_lets_go_of_every_live_claim(database: str) -> None:
    _, boss = await make_city()
    shift = await make_shift(boss, seats=3)
    stays, leaves = await make_person(boss), await make_person(boss)
    held = await claim(stays, shift)
    left = await claim(leaves, shift)
    await claims.withdraw(leaves, left.id, NOW, SETTINGS)
    called_off = await shifts.call_off(boss, shift.id, NOW)
    assert (called_off.state.value, called_off.roles[0].held) == ("called_off", 0)
    assert (await claims.get(stays, held.id)).state is ClaimState.CALLED_OFF
    assert (await claims.get(leaves, left.id)).state is ClaimState.CANCELLED
    assert await shifts.call_off(boss, shift.id, NOW) == called_off


async def test_a_claim_is_seen_by_its_person_and_by_those_who_organise_the_shift(
    database: str,
) -> None:
    _, boss = await make_city()
    team = await make_organisation(boss)
    stranger = await make_organiser(team.id)
    ada, ben = await make_person(boss), await make_person(boss)
    shift = await make_shift(boss)
    made = await claim(ada, shift)
    assert await claims.get(boss, made.id) == made
    for other in (ben, stranger):
        with pytest.raises(NotFound):
            await claims.get(other, made.id)
    with pytest.raises(NotFound):
        await claims.list_of_shift(stranger, shift.id, PageQuery())
    with pytest.raises(Forbidden):
        await claims.list_of_shift(ada, shift.id, PageQuery())


async def test_a_list_of_claims_goes_on_page_by_page(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    made = [await claim(ada, await make_shift(boss, starts_at=hours(24 * n))) for n in (1, 2, 3)]
    first = await claims.list_mine(ada, PageQuery(limit=2))
    second = await claims.list_mine(ada, PageQuery(limit=2, after=first.next))
    assert [*first.items, *second.items] == made[::-1]
    assert second.next is None


async def test_the_risks_are_not_reworded_behind_anybodys_back(database: str) -> None:
    _, boss = await make_city()
    project = await make_project(boss)
    shift = await make_shift(boss, project_id=project.id)
    made = await claim(await make_person(boss), shift)
    command = projects.ProjectIn(
        organisation_id=project.organisation_id, name="Same", risk_statement="Now with fire."
    )
    with pytest.raises(Conflict, match="project_has_claims"):
        await projects.replace(boss, project.id, command, None, NOW)
    await rows("UPDATE claim SET state = 'cancelled' WHERE id = $1", made.id)
    changed = await projects.replace(boss, project.id, command, None, NOW)
    assert changed.risk_statement_version == 2


async def test_the_states_that_may_follow_are_those_of_the_database(database: str) -> None:
    found = await rows("SELECT origin, target FROM state_transition WHERE machine = 'claim'")
    listed = {(row["origin"], row["target"]) for row in found}
    allowed = {
        (origin.value if origin else "", target.value)
        for origin, targets in ALLOWED.items()
        for target in targets
    }
    assert allowed == listed


async def test_no_other_state_follows(database: str) -> None:
    """Every pair of states is tried on the database, whatever its table of changes says."""
    _, boss = await make_city()
    ada, shift = await make_person(boss), await make_shift(boss)
    await as_owner(database, "ALTER TABLE claim DISABLE TRIGGER claim_state_first")
    for origin in ClaimState:
        possible = {
            target for target in ClaimState if await _may_follow(ada, shift, origin, target)
        }
        assert possible == {origin, *ALLOWED.get(origin, ())}, origin


async def _may_follow(ada: Actor, shift: Shift, origin: ClaimState, target: ClaimState) -> bool:
    made = await Claim.create(
        shift_id=shift.id,
        role_id=shift.roles[0].id,
        volunteer_id=ada.volunteer_id,
        state=origin,
        queue_place=1,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
    )
    try:
        await Claim.filter(id=made.id).update(state=target)
    except IntegrityError:
        return False
    finally:
        await made.delete()
    return True


async def test_what_may_be_claimed_is_what_claiming_would_give(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss, max_shifts=1), await make_person(boss)
    shift, beside = await make_shift(boss), await make_shift(boss)
    skilled = await make_shift(boss, roles=[RoleIn(key="aid", target=1, skills={"aid": 2})])

    async def may(actor: Actor, which: Shift, role: str | None = None) -> bool:
        return await claims.may_claim(
            actor, which.id, ClaimIn(risk_statement_version=1, role=role), NOW, SETTINGS
        )

    assert await may(ada, shift)
    assert not await may(ada, skilled)
    assert not await may(ada, shift, "no-such-role")
    await claim(ada, shift)
    assert not await may(ada, shift)
    assert not await may(ada, beside)
    assert not await may(ben, shift)
    assert await may(ben, beside)
    assert (await shifts.get(None, beside.id)).roles[0].held == 0

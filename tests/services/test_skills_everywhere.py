"""One answer to "does this skill count?": for pages, claims, offers, rounds and the start."""

import random
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from matcher import rules
from models.core import Claim, ClaimState, Offer, VolunteerSkill
from services import claims, notifications, offers, planning, rounds, skills, volunteers
from services.claims import ClaimIn
from services.database import rows
from services.errors import Conflict
from services.paging import PageQuery
from services.rights import Actor
from services.rounds import RoundIn
from services.shifts import RoleIn, Shift
from services.skills import EvidenceKind, SkillConfirmIn, SkillIn, SkillRefuseIn
from services.transactions import transaction
from services.volunteers import Skill, Window
from tests.support.factories import (
    NOW,
    SETTINGS,
    TODAY,
    hours,
    make_account,
    make_city,
    make_person,
    make_shift,
    make_volunteer,
)

RESTRICTED = ("急救", "驾驶")
FREE = ("沪语", "first aid")
ALWAYS = [Window(weekday=day, start_minute=0, end_minute=1440) for day in range(7)]
CERTIFICATE = {
    "evidence": "救护员证",
    "evidence_kind": EvidenceKind.FIRST_AID_CERTIFICATE,
}
PEOPLE = 60
SHIFT_DAY = (NOW + timedelta(hours=24)).astimezone(SETTINGS.zone).date()


def expected(held: list[VolunteerSkill], day: date) -> dict[str, int]:
    """The rule, said once more and plainly."""
    return {
        each.skill: each.level
        for each in held
        if (each.expires_on is None or each.expires_on >= day)
        and (
            each.state == "verified" or (each.state == "declared" and each.skill not in RESTRICTED)
        )
    }


async def random_skills(volunteer_id: UUID, draw: random.Random) -> list[VolunteerSkill]:
    held = []
    for skill in (*RESTRICTED, *FREE):
        if draw.random() < 0.3:
            continue
        state = draw.choice(("declared", "verified", "refused"))
        decided: dict[str, Any] = {}
        if state != "declared":
            decided = {"verified_by": volunteer_id, "verified_at": NOW}
        held.append(
            await VolunteerSkill.create(
                volunteer_id=volunteer_id,
                skill=skill,
                level=draw.randint(1, 5),
                evidence="x",
                state=state,
                reason="y" if state == "refused" else "",
                expires_on=draw.choice(
                    (None, *(SHIFT_DAY + timedelta(days=days) for days in (-2, -1, 0, 1)))
                ),
                **decided,
            )
        )
    return held


async def problem_of(organiser: Actor, node: UUID) -> Any:
    """What a round over the days of the shifts would be given."""
    start = datetime.combine(SHIFT_DAY, datetime.min.time(), SETTINGS.zone)
    command = RoundIn(
        organisation_id=node, horizon_start=start, horizon_end=start + timedelta(days=1)
    )
    asked = await rounds.request(organiser, command, NOW, SETTINGS)
    return (await planning.load_problem(asked.id)).problem


async def test_page_claim_and_round_agree_over_random_people(database: str) -> None:
    city, organiser = await make_city()
    draw = random.Random(20261122)
    shifts: list[Shift] = []
    for skill in (*RESTRICTED, *FREE):
        role = RoleIn(key="r", target=PEOPLE, skills={skill: 3})
        shifts.append(await make_shift(organiser, roles=[role], starts_at=hours(24)))
    people: dict[UUID, list[VolunteerSkill]] = {}
    for _ in range(PEOPLE):
        person = await make_volunteer(organiser, windows=ALWAYS)
        people[person.id] = await random_skills(person.id, draw)
    problem = await problem_of(organiser, city.id)
    in_round = {each.id: each for each in problem.volunteers}
    roles = {each.id: each.roles[0] for each in problem.shifts}
    counted = 0

    for volunteer_id, held in people.items():
        actor = await make_account(volunteer_id=volunteer_id)
        truth = expected(held, SHIFT_DAY)
        assert in_round[str(volunteer_id)].skills == truth
        for shift in shifts:
            [wanted] = shift.roles[0].skills
            may = truth.get(wanted, 0) >= 3
            counted += may
            page = await claims.may_claim(
                actor, shift.id, ClaimIn(risk_statement_version=1), NOW, SETTINGS
            )
            matcher = rules.unsuited(in_round[str(volunteer_id)], roles[str(shift.id)]) is None
            assert (page, matcher) == (may, may), (wanted, held)
            if not may:
                with pytest.raises(Conflict) as refused:
                    await claims.claim(
                        actor, shift.id, ClaimIn(risk_statement_version=1), NOW, SETTINGS
                    )
                assert refused.value.reason == "skills"
        allowed = [s for s in shifts if truth.get(next(iter(s.roles[0].skills)), 0) >= 3]
        if allowed:  # They are all at one time, so one is as many as anybody can take.
            await claims.claim(
                actor, draw.choice(allowed).id, ClaimIn(risk_statement_version=1), NOW, SETTINGS
            )
    assert 20 < counted < PEOPLE * len(shifts) - 20  # Both answers were common.


async def first_aid_shift(organiser: Actor, **given: Any) -> Shift:
    role = RoleIn(key="aid", target=3, skills={"急救": 3})
    return await make_shift(organiser, roles=[role], **given)


async def certified(organiser: Actor, **given: Any) -> Actor:
    facts = {"expires_on": TODAY + timedelta(days=300), **CERTIFICATE, **given}
    return await make_person(organiser, skills=[Skill(skill="急救", level=3, **facts)])


async def held_of(person: Actor) -> Any:
    [found] = await rows(
        "SELECT id, state, verified_by FROM volunteer_skill WHERE volunteer_id = $1",
        person.volunteer_id,
    )
    return found


async def test_an_organiser_who_writes_the_evidence_confirms_by_that(database: str) -> None:
    _, organiser = await make_city()

    whole = await held_of(await certified(organiser))
    bare = [
        await held_of(await certified(organiser, **without))
        for without in (
            {"evidence": " "},
            {"evidence_kind": None},
            {"expires_on": None},
            {"expires_on": TODAY + timedelta(days=1096)},
            {"evidence_kind": EvidenceKind.DRIVING_LICENCE},
        )
    ]

    assert (whole["state"], whole["verified_by"]) == ("verified", organiser.account_id)
    assert [each["state"] for each in bare] == ["declared"] * 5


async def test_an_edit_that_leaves_a_skill_alone_leaves_it_confirmed(database: str) -> None:
    _, organiser = await make_city()
    person = await certified(organiser)
    before = await volunteers.get(organiser, person.volunteer_id, today=TODAY)  # type: ignore[arg-type]
    command = volunteers.VolunteerIn(
        name="Another name", skills=[*before.skills, Skill(skill="沪语", level=2)]
    )

    await volunteers.replace(organiser, before.id, command, None, today=TODAY)

    found = await rows(
        "SELECT skill, state FROM volunteer_skill WHERE volunteer_id = $1 ORDER BY skill", before.id
    )
    assert [(row["skill"], row["state"]) for row in found] == [
        ("急救", "verified"),
        ("沪语", "declared"),
    ]


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        (None, "declare"),
        ({"level": 2}, "raise_level"),
        ({"evidence": "", "evidence_kind": None}, "show_evidence"),
        ({}, "wait"),
    ],
)
async def test_the_refusal_says_how_to_get_the_skill(
    facts: dict[str, Any] | None, kind: str, database: str
) -> None:
    _, organiser = await make_city()
    shift = await first_aid_shift(organiser)
    ada = await make_person(organiser)
    assert ada.volunteer_id is not None
    if facts is not None:
        command = SkillIn(skill="急救", **{"level": 3, **CERTIFICATE, **facts})
        await skills.declare(ada, ada.volunteer_id, command, today=TODAY)

    with pytest.raises(Conflict) as refused:
        await claims.claim(ada, shift.id, ClaimIn(risk_statement_version=1), NOW, SETTINGS)

    steps: Any = refused.value.parameters["steps"]
    [step] = steps
    assert (step["kind"], step["skill"], step["level"]) == (kind, "急救", 3)
    assert (step["evidence_kinds"], step["lowest_level"]) == (["first_aid_certificate"], "street")


async def lose(organiser: Actor, person: Actor) -> UUID:
    held = await held_of(person)
    await skills.refuse(
        organiser, held["id"], SkillRefuseIn(reason="not theirs"), None, now=NOW, today=TODAY
    )
    skill_id: UUID = held["id"]
    return skill_id


async def test_a_yes_asks_for_the_skill_again_and_the_offer_stays_open(database: str) -> None:
    city, organiser = await make_city()
    shift = await first_aid_shift(organiser)
    ada = await certified(organiser)
    start = datetime.combine(SHIFT_DAY, datetime.min.time(), SETTINGS.zone)
    asked = await rounds.request(
        organiser,
        RoundIn(
            organisation_id=city.id, horizon_start=start, horizon_end=start + timedelta(days=1)
        ),
        NOW,
        SETTINGS,
    )
    claim = await Claim.create(
        shift_id=shift.id,
        role_id=shift.roles[0].id,
        volunteer_id=ada.volunteer_id,
        state=ClaimState.OFFERED,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        organisation_id=city.id,
        changed_at=NOW,
    )
    offer = await Offer.create(claim=claim, round_id=asked.id, deadline_at=hours(20))
    skill_id = await lose(organiser, ada)

    with pytest.raises(Conflict) as refused:
        await offers.accept(ada, offer.id, NOW, SETTINGS)
    still = await offers.get(ada, offer.id, NOW)
    await skills.confirm(organiser, skill_id, SkillConfirmIn(), None, now=NOW, today=TODAY)
    then = await offers.accept(ada, offer.id, NOW, SETTINGS)

    assert refused.value.reason == "skills"
    assert (still.state, then.state) == ("open", "accepted")


async def test_who_has_lost_the_skill_is_named_and_cannot_start(database: str) -> None:
    _, organiser = await make_city()
    shift = await first_aid_shift(organiser)
    ada, ben = await certified(organiser), await certified(organiser)
    held = {
        person.volunteer_id: await claims.claim(
            person, shift.id, ClaimIn(risk_statement_version=1), NOW, SETTINGS
        )
        for person in (ada, ben)
    }
    await lose(organiser, ada)

    at_risk = await skills.list_seats_at_risk(organiser, PageQuery(), NOW, SETTINGS)
    own = await skills.own_seats_at_risk(ada, NOW, SETTINGS)
    none = await skills.own_seats_at_risk(ben, NOW, SETTINGS)

    assert [(each.volunteer_id, each.missing) for each in at_risk.items] == [
        (ada.volunteer_id, {"急救": 3})
    ]
    assert ([each.shift_id for each in own], none) == ([shift.id], [])
    with pytest.raises(Conflict) as refused:
        async with transaction():
            await rows(
                "UPDATE claim SET state = 'checked_in' WHERE id = $1", held[ada.volunteer_id].id
            )
    assert refused.value.reason == "claim_start_unqualified"
    await rows("UPDATE claim SET state = 'checked_in' WHERE id = $1", held[ben.volunteer_id].id)


async def test_ends_are_announced_30_and_7_days_before_and_when_over_once_each(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, date]] = []

    async def note(kind: str, _: UUID, /, **facts: object) -> bool:
        told.append((kind, day))
        return True

    monkeypatch.setattr(notifications, "notify", note)
    _, organiser = await make_city()
    end = TODAY + timedelta(days=40)
    await certified(organiser, expires_on=end)
    await certified(organiser, expires_on=None)  # Neither confirmed nor ending.
    days = [TODAY + timedelta(days=number) for number in (0, 9, 10, 11, 20, 32, 33, 34, 40, 41, 45)]

    for day in days:
        await skills.remind(day)
        await skills.remind(day)

    assert told == [
        ("skill_ends_soon", end - timedelta(days=30)),
        ("skill_ends_soon", end - timedelta(days=8 - 1)),
        ("skill_has_ended", end + timedelta(days=1)),
    ]


async def test_a_reminder_that_was_missed_is_made_up_for_once(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    async def note(kind: str, _: UUID, /, **facts: object) -> bool:
        told.append(kind)
        return True

    monkeypatch.setattr(notifications, "notify", note)
    _, organiser = await make_city()
    await certified(organiser, expires_on=TODAY + timedelta(days=20))
    skill = await held_of(await certified(organiser, expires_on=TODAY + timedelta(days=3)))

    first = [await skills.remind(TODAY), await skills.remind(TODAY + timedelta(days=1))]
    # Whoever has it confirmed anew is told again before the new end.
    renewed = SkillConfirmIn(expires_on=TODAY + timedelta(days=30))
    await skills.confirm(organiser, skill["id"], renewed, None, now=NOW, today=TODAY)
    again = await skills.remind(TODAY + timedelta(days=2))

    assert (first, again) == ([2, 0], 1)
    assert told == ["skill_ends_soon", "skill_ends_soon", "skill_confirmed", "skill_ends_soon"]

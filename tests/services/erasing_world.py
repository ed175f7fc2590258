"""A person of whom every table knows something, and a look through everything that is stored."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from models.core import (
    Account,
    ApartPair,
    AvailabilityException,
    Block,
    BuddyGroup,
    BuddyMember,
    CalendarFeed,
    DatumKind,
    DocumentNeed,
    Engagement,
    Exclusion,
    Invitation,
    Membership,
    ReminderSetting,
    Series,
    SignInSession,
    Tag,
    TogetherGroup,
    TogetherMember,
    Volunteer,
    VolunteerTag,
    new_id,
)
from services import (
    audit,
    claims,
    consents,
    disclosures,
    notifications,
    personal,
    points,
    volunteers,
)
from services.claims import ClaimIn
from services.consents import Purpose
from services.points import AwardIn
from services.recipients import Basis
from services.rights import Actor
from services.scope import as_system
from services.volunteers import AvailabilityChange, Liking, Skill, VolunteerIn, Window
from tests.support.factories import (
    NOW,
    SETTINGS,
    TODAY,
    hours,
    make_account,
    make_organisation,
    make_shift,
    make_volunteer,
    node_of,
)

NAME, KEY, PHONE = "欧阳静云", "KEY-OUYANG-7", "+8613612345678"
DOCUMENT, STUDENT_NUMBER = "11010519491231002X", "20261122X"
SIGN_IN, BORN = "ouyang-jingyun", date(1999, 2, 28)
KNOWN = (NAME, KEY, PHONE, "13612345678", DOCUMENT, STUDENT_NUMBER, SIGN_IN, "1999-02-28",
         "诗词朗诵", "证书编号七七", "121.4747", "31.2347")  # fmt: skip


@as_system
async def make_known(boss: Actor) -> Actor:
    """Somebody with a line in every table that may name a person."""
    command = VolunteerIn(
        name=NAME,
        birth_date=BORN,
        external_key=KEY,
        home=(121.4747, 31.2347),
        groups=[node_of(boss)],
        skills=[Skill(skill="诗词朗诵", level=3, evidence="证书编号七七")],
        windows=[Window(weekday=1, start_minute=480, end_minute=720)],
        changes=[AvailabilityChange(kind="off", starts_at=hours(1), ends_at=hours(2))],
        likes=[Liking(cause="诗词朗诵", liking=3)],
    )
    person = await volunteers.create(boss, command, today=TODAY)
    actor = await make_account(volunteer_id=person.id)
    await Account.filter(id=actor.account_id).update(name=SIGN_IN, display_name=NAME)
    await personal.put(DatumKind.PHONE, PHONE, volunteer_id=person.id)
    await personal.put(DatumKind.DOCUMENT, DOCUMENT, volunteer_id=person.id, subkind="resident_id")
    await _tie_to_others(boss, person.id)
    await consents.give(actor, person.id, Purpose.PUBLICITY, now=NOW)
    await disclosures.record(
        [person.id], recipient="youth_league", purpose="2026", fields_given=["minutes"],
        basis=Basis.CONSENT, now=NOW,
    )  # fmt: skip
    await notifications.notify("guardian_verified", person.id)
    session = await SignInSession.create(
        account_id=actor.account_id, token_digest="d", method="phone", has_second_factor=False,
        device="phone", seen_at=NOW, expires_at=NOW + timedelta(days=9),
    )  # fmt: skip
    await audit.record(audit.Act.SIGNED_IN, subject_kind="account", subject_id=actor.account_id)
    return Actor(
        account_id=actor.account_id, name=actor.name, volunteer_id=person.id,
        session_id=session.id,
    )  # fmt: skip


async def _tie_to_others(boss: Actor, me: UUID) -> None:
    other = await make_volunteer(boss)
    shift = await make_shift(boss, starts_at=hours(900))
    await Exclusion.create(shift_id=shift.id, volunteer_id=me, reason="asked")
    # Of a team below, so that it stands in the way of nothing that is lived here.
    team = await make_organisation(boss)
    await Block.create(organisation_id=team.id, volunteer_id=me, ends_at=hours(900), reason="rude")
    await Invitation.create(shift_id=shift.id, volunteer_id=me)
    one, two = sorted((me, other.id))
    await ApartPair.create(one_id=one, other_id=two)
    group = await TogetherGroup.create(organisation_id=node_of(boss))
    for each in (me, other.id):
        await TogetherMember.create(group_id=group.id, volunteer_id=each)
    buddies = await BuddyGroup.create(
        shift_id=shift.id, code="friends", size=2, is_planned_together=True
    )
    await BuddyMember.create(group_id=buddies.id, volunteer_id=me, risk_statement_version=1)
    await Series.create(
        volunteer_id=me, project_id=shift.project_id, weekday=3, start_minute=540,
        risk_statement_version=1, starts_on=TODAY,
    )  # fmt: skip
    await CalendarFeed.create(volunteer_id=me, token_digest="d")
    await ReminderSetting.create(volunteer_id=me, lead_minutes=[60])
    await Engagement.create(volunteer_id=me, starts_at=hours(700), ends_at=hours(701))
    await AvailabilityException.filter(volunteer_id=other.id).delete()
    tag = await Tag.create(organisation_id=node_of(boss), name="积极分子")
    await VolunteerTag.create(tag_id=tag.id, volunteer_id=me)
    await Membership.filter(volunteer_id=me).update(number=STUDENT_NUMBER)
    await DocumentNeed.create(
        volunteer_id=me, purpose="insurance", recipient="insurer",
        organisation_id=node_of(boss), account_id=boss.account_id, closed_at=NOW,
    )  # fmt: skip


async def live_a_little(boss: Actor, person: Actor, choices: list[int]) -> None:
    """A random history: seats taken, given back, served; points given and reversed."""
    assert person.volunteer_id is not None
    held: list[claims.Claim] = []
    for number, choice in enumerate(choices):
        if choice == 0:
            shift = await make_shift(boss, starts_at=hours(30 + 48 * number))
            held.append(
                await claims.claim(
                    person, shift.id, ClaimIn(risk_statement_version=1), NOW, SETTINGS
                )
            )
        elif choice == 1 and held:
            await claims.withdraw(person, held.pop().id, NOW, SETTINGS)
        elif choice == 2:
            award = AwardIn(
                volunteer_id=person.volunteer_id, points=7, reason="help", key=f"{new_id()}"
            )
            given = await points.award(boss, award, NOW)
            if number % 2:
                await points.reverse(boss, given.id, f"{new_id()}", NOW)
        elif choice == 3:
            await Volunteer.filter(id=person.volunteer_id).update(served_minutes=60 * number)


async def everything_stored(database_url: str) -> str:
    """Every row of every table as text, as a dump would show it; bytes as letters too."""
    connection = await asyncpg.connect(database_url)
    try:
        found: list[str] = []
        tables = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        for table in tables:
            lines = await connection.fetch(f'SELECT t::text AS line FROM "{table[0]}" t')
            found += [line["line"] for line in lines]
        whole = "\n".join(found)
        return whole + "\n" + _letters(whole)
    finally:
        await connection.close()


def _letters(dump: str) -> str:
    """What hexadecimal columns say, in case a text hides in one."""
    texts = []
    for part in dump.split("\\x")[1:]:
        digits = part[: next((i for i, c in enumerate(part) if c not in "0123456789abcdef"), None)]
        texts.append(bytes.fromhex(digits[: len(digits) // 2 * 2]).decode("utf-8", "replace"))
    return "\n".join(texts)


async def broken(database_url: str, now: datetime) -> dict[str, Any]:
    """What is false of the ledgers and the seats; empty when all is well."""
    connection = await asyncpg.connect(database_url)
    try:
        checks = {
            "seats": "SELECT r.id FROM role r WHERE r.held <> (SELECT count(*) FROM claim c "
            "WHERE c.role_id = r.id AND c.state IN ('offered','confirmed','seeking_standin',"
            "'checked_in','served')) OR r.held > r.maximum",
            "spans": "SELECT c.id FROM claim c JOIN shift s ON s.id = c.shift_id WHERE "
            "(c.starts_at, c.ends_at) <> (s.starts_at, s.ends_at)",
            "balance": "SELECT 1 WHERE (SELECT coalesce(sum(points), 0) FROM points_transfer) <> "
            "(SELECT coalesce(sum(t.points), 0) FROM points_transfer t JOIN points_account d "
            "ON d.id = t.debit_id JOIN points_account c ON c.id = t.credit_id)",
            "reversals": "SELECT r.id FROM points_transfer r JOIN points_transfer o "
            "ON o.id = r.reverses_id WHERE r.points <> o.points OR r.debit_id <> o.credit_id",
            "one_place": "SELECT a.id FROM claim a JOIN claim b ON a.volunteer_id = b.volunteer_id "
            "AND a.id < b.id AND tstzrange(a.starts_at, a.ends_at) && "
            "tstzrange(b.starts_at, b.ends_at) WHERE a.state = 'confirmed' "
            "AND b.state = 'confirmed'",
            "future_of_nobody": "SELECT c.id FROM claim c JOIN volunteer v "
            "ON v.id = c.volunteer_id WHERE v.state = 'erased' "
            f"AND c.starts_at > '{now.isoformat()}' AND c.state IN "
            "('requested','entered','waitlisted','offered','confirmed','seeking_standin')",
        }
        found = {name: await connection.fetch(sql) for name, sql in checks.items()}
        return {name: lines for name, lines in found.items() if lines}
    finally:
        await connection.close()

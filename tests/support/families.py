"""Minors and their guardians, made through the services."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from models.core import Message, ShiftLead
from services import activity_consents, guardians
from services.activity_consents import ActivityConsent, ActivityConsentIn
from services.guardian_types import (
    EvidenceKind,
    GuardianDecision,
    Guardianship,
    GuardianshipIn,
    Relation,
)
from services.rights import Actor, load_wards
from services.scope import as_system
from services.shifts import Shift
from services.vault import keyring
from tests.support.factories import NOW, make_account, make_person

BORN_TEEN = date(2010, 5, 1)  # 16 on the day of the tests
VERIFIED = GuardianDecision(is_verified=True, evidence_kind=EvidenceKind.HOUSEHOLD_REGISTER)


class Family(NamedTuple):
    """A young volunteer, and their guardian as the actor that answers for them."""

    teen: Actor
    guardian: Actor
    guardianship_id: object


async def make_family(boss: Actor, *, is_verified: bool = True, **given: object) -> Family:
    """A 16-year-old with a guardian whose papers the organiser has seen."""
    teen = await make_person(boss, **{"birth_date": BORN_TEEN, **given})
    guardian, asked = await _ask(teen)
    if is_verified:
        await guardians.decide(boss, asked.id, VERIFIED, NOW)
    return Family(teen, await with_wards(guardian), asked.id)


async def guardian_of(boss: Actor, minor: Actor) -> Actor:
    """A new guardian of somebody who is there already, whose papers the organiser has seen."""
    guardian, asked = await _ask(minor)
    await guardians.decide(boss, asked.id, VERIFIED, NOW)
    return await with_wards(guardian)


async def _ask(minor: Actor) -> tuple[Actor, Guardianship]:
    guardian = await make_account()
    code = await guardians.make_code(minor, NOW)
    command = GuardianshipIn(code=code.code, relation=Relation.MOTHER)
    return guardian, await guardians.ask(guardian, command, NOW)


@as_system
async def with_wards(actor: Actor) -> Actor:
    """The actor as the next request would make it: with the wards it has by now."""
    return Actor(
        account_id=actor.account_id,
        name=actor.name,
        volunteer_id=actor.volunteer_id,
        wards=await load_wards(actor.account_id),
        grants=actor.grants,
        session_id=actor.session_id,
    )


async def agree(family: Family, shift: Shift, *, is_accompanied: bool = True) -> ActivityConsent:
    """The guardian has read the risks of the shift and agrees; somebody grown up leads it."""
    if is_accompanied:
        await accompany(shift.id)
    command = ActivityConsentIn(
        shift_id=shift.id, volunteer_id=family.teen.volunteer_id, risk_statement_version=1
    )
    return await activity_consents.ask(family.guardian, command, NOW)


@as_system
async def accompany(shift_id: UUID) -> None:
    """Somebody grown up leads the shift by name, so that minors are not alone there."""
    lead = await make_account()
    await ShiftLead.create(shift_id=shift_id, account_id=lead.account_id, named_by=lead.account_id)


@as_system
async def told() -> list[str]:
    """The kinds of the messages that wait to be sent, in order."""
    return [each.kind for each in await Message.all().order_by("id")]


@as_system
async def words_told() -> list[str]:
    """What those messages say."""
    ring = keyring()
    return [
        ring.decrypt("message.text_cipher", each.id, each.text_cipher)
        for each in await Message.all().order_by("id")
        if each.text_cipher
    ]

"""Registering oneself, with a number that has just been proven."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from models.core import (
    DatumKind,
    Membership,
    MembershipKind,
    OrganisationKind,
    SignInMethod,
    Volunteer,
    new_id,
)
from services import audit, consents, personal, points
from services.accounts import holders, steps
from services.accounts.sessions import open_session
from services.accounts.types import Asks, Caller, Registration, Session
from services.audit import Act
from services.birth import ALONE_FROM_AGE, EARLIEST, age_on
from services.consents import Purpose
from services.database import rows
from services.errors import Conflict, Defect, Invalid
from services.organisations import LEVELS
from services.rights import Actor
from services.scope import as_system
from services.settings import Settings
from services.transactions import transaction

PLACES_MAX = 60
_LEVELS = [level.value for level in LEVELS]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A node of the levels of government, as somebody looking for their home meets it.

    `is_home`: it has no lower level, so it can be a home community.
    """

    id: UUID
    name: str
    kind: OrganisationKind
    parent_id: UUID | None
    is_home: bool
    above: str = ""


@as_system
async def register(
    command: Registration, caller: Caller, now: datetime, settings: Settings
) -> Session:
    """A new volunteer, or a guardian who is none, and their first session.

    Refused with `registration_needs_guardian` below 14, and without a yes to the terms.
    """
    step = await steps.look(command.step, now)
    if step.asks is not Asks.REGISTRATION:
        raise steps.StepGone
    today = now.astimezone(settings.zone).date()
    await _refuse_defects(command, today)
    async with transaction():
        await steps.finish(step.id, now)
        if command.is_guardian_only:
            account_id = await _guardian(command, step.proven.number, now)
        else:
            account_id = await _volunteer(command, step.proven.number, today, now)
        return await open_session(
            account_id,
            SignInMethod.PHONE,
            now,
            settings,
            device=caller.device,
            replaces=caller.token,
        )


async def _refuse_defects(command: Registration, today: date) -> None:
    found: list[Defect] = []
    if not command.accepts_terms:
        found.append(Defect("accepts_terms", "terms_not_accepted"))
    if not command.is_guardian_only:
        if command.birth_date is None or not EARLIEST <= command.birth_date < today:
            found.append(Defect("birth_date", "birth_date_impossible"))
        if command.organisation_id is None or not await _is_home(command.organisation_id):
            found.append(Defect("organisation_id", "home_unknown"))
    if found:
        raise Invalid(found)
    born = command.birth_date
    if born is not None and not command.is_guardian_only and age_on(born, today) < ALONE_FROM_AGE:
        raise Conflict("registration_needs_guardian", age=ALONE_FROM_AGE)


async def _volunteer(command: Registration, number: str, today: date, now: datetime) -> UUID:
    assert command.birth_date is not None
    assert command.organisation_id is not None
    volunteer_id = new_id()
    await Volunteer.create(
        id=volunteer_id,
        organisation_id=command.organisation_id,
        external_key=str(volunteer_id),
        name=command.name,
        age=age_on(command.birth_date, today),
        active_at=now,
    )
    await personal.put_birth_dates({volunteer_id: command.birth_date})
    await personal.put(DatumKind.PHONE, number, volunteer_id=volunteer_id, verified_at=now)
    await Membership.create(
        volunteer_id=volunteer_id,
        organisation_id=command.organisation_id,
        kind=MembershipKind.HOME,
        starts_on=today,
    )
    await points.open_account(volunteer_id)
    account_id = await holders.open_account(volunteer_id, command.name, command.organisation_id)
    themself = Actor(account_id=account_id, name=command.name, volunteer_id=volunteer_id)
    await consents.give(themself, volunteer_id, Purpose.SERVICE, now=now)
    return account_id


async def _guardian(command: Registration, number: str, now: datetime) -> UUID:
    account_id = new_id()
    await rows(
        "INSERT INTO account (id, created_at, display_name, state) VALUES ($1, $2, $3, 'active')",
        account_id,
        now,
        command.name,
    )
    await personal.put(DatumKind.PHONE, number, account_id=account_id, verified_at=now)
    await audit.record(
        Act.ACCOUNT_MADE, subject_kind="account", subject_id=account_id,
        account_id=account_id, how="phone", guardian=True,
    )  # fmt: skip
    return account_id


async def places(under: UUID | None) -> list[Place]:
    """The levels right below a node, by name; of the whole country's tree, its cities."""
    condition = "o.parent_id IS NULL" if under is None else "o.parent_id = $2"
    arguments = () if under is None else (under,)
    return await _places(condition, *arguments)


async def places_named(text: str) -> list[Place]:
    """Possible home communities whose name holds the text: the first few, by name."""
    pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    found = await _places("o.name ILIKE $2", pattern)
    return [place for place in found if place.is_home]


async def place(place_id: UUID) -> Place | None:
    """One level; None if there is no such."""
    found = await _places("o.id = $2", place_id)
    return found[0] if found else None


async def homes_around(shift_id: UUID) -> list[Place]:
    """The home communities of the street in which a published shift takes place, by name: for
    somebody who registers on the way to it. None where no street stands above it."""
    found = await rows(
        "SELECT street.id FROM shift s JOIN project p ON p.id = s.project_id "
        "JOIN organisation_closure up ON up.descendant_id = p.organisation_id "
        "JOIN organisation street ON street.id = up.ancestor_id AND street.kind = $2 "
        "WHERE s.id = $1 AND p.state = 'published'",
        shift_id,
        OrganisationKind.STREET.value,
    )
    if not found:
        return []
    street_id = found[0]["id"]
    below = [each for each in await places(street_id) if each.is_home]
    street = None if below else await place(street_id)
    return below if street is None else [street]


async def _is_home(organisation_id: UUID) -> bool:
    found = await place(organisation_id)
    return found is not None and found.is_home


async def _places(condition: str, *arguments: Any) -> list[Place]:
    found = await rows(
        "SELECT o.id, o.name, o.kind, o.parent_id, p.name AS above, NOT EXISTS (SELECT 1 FROM "
        "organisation c WHERE c.parent_id = o.id AND c.kind = ANY($1::text[]) "
        "AND c.state = 'active') AS is_home "
        "FROM organisation o LEFT JOIN organisation p ON p.id = o.parent_id "
        f"WHERE o.kind = ANY($1::text[]) AND o.state = 'active' AND {condition} "
        f"ORDER BY o.name, o.id LIMIT {PLACES_MAX if 'ILIKE' in condition else 2000}",
        _LEVELS,
        *arguments,
    )
    return [msgspec.convert({**row, "above": row["above"] or ""}, Place) for row in found]

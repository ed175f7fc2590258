"""What stands between one person and a shift: asked in one way by claims, pages, alternatives,
waiting lists and draws, so that none of them says what another denies."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from matcher.problem import Volunteer
from models.core import LIVE_STATES, SEAT_STATES, ClaimMode, ClaimState
from services import minors
from services.calendars import (
    Calendar,
    Days,
    days_of,
    load_calendars,
    load_person_on,
    load_seats_of,
)
from services.database import rows
from services.refusals import (
    Block,
    Company,
    Doors,
    Refusal,
    Refused,
    Seat,
    choose_seat,
    refuse_door,
)
from services.settings import Settings

_SEATED = [state.value for state in SEAT_STATES]
_HELD = [state.value for state in LIVE_STATES | SEAT_STATES]
# $1 the shifts, $2 the person, $3 what is live, $4 now, $5 what holds a seat.
_SHIFTS = """
    SELECT s.id, s.state, s.starts_at, s.ends_at, s.place, s.longitude, s.latitude, s.claim_mode,
        s.opens_at, s.draw_at, p.name AS project_name, p.category, p.risk_statement_version,
        p.organisation_id, p.is_dangerous, p.is_heavy_risk,
        EXISTS (SELECT 1 FROM shift_draw d WHERE d.shift_id = s.id) AS is_drawn,
        (SELECT c.state FROM claim c WHERE c.shift_id = s.id AND c.volunteer_id = $2
            AND c.state = ANY($3) LIMIT 1) AS own_state,
        EXISTS (SELECT 1 FROM exclusion e WHERE e.shift_id = s.id AND e.volunteer_id = $2)
            OR EXISTS (SELECT 1 FROM apart_pair a JOIN claim c ON c.shift_id = s.id
                AND c.state = ANY($3) AND ((a.one_id = $2 AND a.other_id = c.volunteer_id)
                OR (a.other_id = $2 AND a.one_id = c.volunteer_id))) AS is_excluded,
        NOT p.is_dangerous OR EXISTS (SELECT 1 FROM insurance_policy i WHERE i.project_id = p.id
            AND i.covers_from <= s.starts_at AND i.covers_until >= s.ends_at
            AND (i.people_max IS NULL OR i.people_max > (SELECT count(*) FROM claim c
                WHERE c.shift_id = s.id AND c.volunteer_id <> $2 AND c.state = ANY($5)))
            ) AS is_insured,
        b.ends_at AS blocked_until, b.name AS blocking_name, b.reason AS block_reason
    FROM shift s JOIN project p ON p.id = s.project_id
        LEFT JOIN LATERAL (SELECT b.ends_at, o.name, b.reason FROM block b
            JOIN organisation o ON o.id = b.organisation_id
            JOIN organisation_closure up ON up.ancestor_id = b.organisation_id
            WHERE up.descendant_id = p.organisation_id AND b.volunteer_id = $2 AND b.ends_at > $4
            ORDER BY b.ends_at DESC LIMIT 1) b ON true
    WHERE s.id = ANY($1::uuid[]) AND p.state = 'published'
"""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """To one person who asks for a shift: the seat, and what a claim would begin as; or why not.

    `queue_for` is the full role for which they may wait.
    """

    shift: Row
    person: Volunteer
    seat: Seat | None = None
    state: ClaimState | None = None
    refused: Refused | None = None
    queue_for: Seat | None = None


async def ask_about(
    volunteer_id: UUID,
    shift_ids: Sequence[UUID],
    role_key: str | None,
    now: datetime,
    settings: Settings,
    *,
    considered: Sequence[UUID] = (),
    advances: ClaimState | None = None,
) -> dict[UUID, Answer]:
    """The answer about each of the shifts that are there: none about drafts, nor where the role
    is missing. To be asked as the system; what is not locked may change the next moment.

    `considered` were offered what they could have, so that what is left is not kept for them.
    `advances`: the person's own claim in that state is to go on, and so does not stand in the way.
    """
    found = await rows(_SHIFTS, list(shift_ids), volunteer_id, _HELD, now, _SEATED)
    ids = [row["id"] for row in found]
    seats = await load_seats_of(ids, role_key, considered)
    calendars = await load_calendars(volunteer_id, ids)
    people = await _people(volunteer_id, found, settings)
    company: dict[UUID, Company] = {}
    if any(minors.is_minor(person.age) for person in people.values()):
        asked = [row["id"] for row in found if _needs_company(row, advances)]
        company = await minors.company_of(asked, minors.rules_of(settings), volunteer_id)
    return {
        row["id"]: _answer(
            row,
            people[_days(row, settings)],
            seats[row["id"]],
            calendars[row["id"]],
            company.get(row["id"]),
            now,
            settings,
            advances,
        )
        for row in found
        if seats.get(row["id"])
    }


def _answer(
    row: Row,
    person: Volunteer,
    seats: list[Seat],
    calendar: Calendar,
    company: Company | None,
    now: datetime,
    settings: Settings,
    advances: ClaimState | None,
) -> Answer:
    offset = settings.utc_offset_minutes
    refused = refuse_door(_doors(row, now, settings, advances), now) or minors.refuse_hours(
        person.age, calendar.asked, offset, minors.rules_of(settings)
    )
    if refused is not None:
        return Answer(row, person, refused=refused)
    if row["is_dangerous"]:
        seats = [replace(seat, role=minors.grown_up_only(seat.role)) for seat in seats]

    def chosen(among: Sequence[Seat], company: Company | None = company) -> Seat | Refused:
        return choose_seat(
            person, among, calendar.asked, calendar.promised, offset, company=company
        )

    unlimited = [replace(seat, held=0, waiting=0) for seat in seats]
    if is_before_draw(row):  # Whoever suits may enter: the draw itself keeps to the seats.
        found = chosen(unlimited)
    elif organiser_chooses(row) or is_first_come(row["starts_at"], now, settings):
        found = chosen([replace(seat, waiting=0) for seat in seats])
    else:
        found = chosen(seats)
    if isinstance(found, Seat):
        return Answer(row, person, seat=found, state=_begins_as(row))
    waits = found.reason is Refusal.FULL and may_wait(row, now)
    full = chosen(unlimited, None) if waits else None
    if not isinstance(full, Seat):
        return Answer(row, person, refused=found)
    facts = {**found.parameters, "waitlist_place": full.queue + 1}
    return Answer(row, person, refused=Refused(Refusal.FULL, facts), queue_for=full)


def _needs_company(row: Row, advances: ClaimState | None) -> bool:
    """A seat would be had now: who only asks for one may find grown-ups there by then."""
    asked = (ClaimState.REQUESTED, ClaimState.WAITLISTED)
    return _begins_as(row) is ClaimState.CONFIRMED or advances in asked


def is_before_draw(row: Row) -> bool:
    """Seats are drawn, and have not been yet."""
    return row["claim_mode"] == ClaimMode.DRAW and not row["is_drawn"]


def is_first_come(starts_at: datetime, now: datetime, settings: Settings) -> bool:
    """So shortly before the shift a free seat waits for nobody's answer."""
    return starts_at - now <= timedelta(minutes=settings.waitlist_first_come_minutes)


def organiser_chooses(row: Row) -> bool:
    """Nobody has a seat before an organiser says yes, so whoever asks passes nobody by."""
    return bool(row["claim_mode"] == ClaimMode.APPROVE)


def may_wait(row: Row, now: datetime) -> bool:
    """There is a waiting list until the shift begins."""
    return bool(row["starts_at"] > now)


def _begins_as(row: Row) -> ClaimState:
    if is_before_draw(row):
        return ClaimState.ENTERED
    if organiser_chooses(row):
        return ClaimState.REQUESTED
    return ClaimState.CONFIRMED


def _doors(row: Row, now: datetime, settings: Settings, advances: ClaimState | None) -> Doors:
    # Whoever waits may take what is free like everybody else, once it is first come.
    comes_first = (
        row["own_state"] == ClaimState.WAITLISTED
        and not organiser_chooses(row)
        and is_first_come(row["starts_at"], now, settings)
    )
    goes_on = row["own_state"] in (None, advances) or comes_first
    block = None
    if row["blocked_until"] is not None:
        block = Block(row["blocked_until"], row["blocking_name"], row["block_reason"])
    return Doors(
        ends_at=row["ends_at"],
        is_called_off=row["state"] == "called_off",
        is_claimed=not goes_on,
        is_excluded=row["is_excluded"],
        is_insured=row["is_insured"],
        opens_at=row["opens_at"],
        block=block,
    )


def _days(row: Row, settings: Settings) -> Days:
    return days_of(row["starts_at"], row["ends_at"], settings.zone)


async def _people(
    volunteer_id: UUID, found: Sequence[Row], settings: Settings
) -> dict[Days, Volunteer]:
    """The person as they will be on the days of each shift."""
    people = await load_person_on(volunteer_id, {_days(row, settings) for row in found})
    rules = minors.rules_of(settings)
    return {days: minors.kept_short(person, rules) for days, person in people.items()}

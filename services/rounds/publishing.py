"""Publishing a plan: every line that was not promised before becomes an offer."""

from datetime import datetime, timedelta
from uuid import UUID

from models.core import Round as RoundRow
from models.core import RoundState, new_id
from services import activity_consents, outbox
from services.consents import AGES
from services.database import rows
from services.errors import Conflict, Defect, Invalid
from services.locks import lock_seats
from services.planning.digest import read_digest
from services.rights import Actor, acting
from services.rounds.changing import locked
from services.rounds.reading import get
from services.rounds.types import PublishIn, Round
from services.scope import as_system
from services.settings import Settings
from services.transactions import transaction

RESEND_AFTER = timedelta(seconds=60)
"""A message that brought no worker for this long may be lost, and is sent again."""
TRIES_MOST = 5

# No more of them are counted than decide it.
LINES = (
    "SELECT count(*) AS lines FROM (SELECT 1 FROM plan_line l JOIN plan p ON p.id = l.plan_id "
    "WHERE p.round_id = $1 AND NOT l.fixed LIMIT $2) AS counted"
)
# Whoever publishes it holds the row; a second one has nothing to wait for.
ASKED = "SELECT id FROM round WHERE id = $1 AND publish_asked_at IS NOT NULL FOR UPDATE SKIP LOCKED"
LEFT_ALONE = (
    "SELECT r.id, (SELECT count(*) FROM outbox_message m WHERE m.job = $1 "
    " AND m.arguments ->> 'round_id' = r.id::text AND m.created_at >= r.publish_asked_at) AS tries "
    "FROM round r WHERE r.publish_asked_at <= $2 AND NOT EXISTS ("
    " SELECT 1 FROM outbox_message m WHERE m.job = $1 AND m.arguments ->> 'round_id' = r.id::text"
    " AND (m.sent_at IS NULL OR m.sent_at > $2)) "
    "ORDER BY r.id LIMIT 100 FOR UPDATE SKIP LOCKED"
)
SHIFTS_OF_PLAN = (
    "SELECT l.shift_id FROM plan_line l JOIN plan p ON p.id = l.plan_id WHERE p.round_id = $1 "
    "UNION SELECT g.shift_id FROM plan_gap g JOIN plan p ON p.id = g.plan_id WHERE p.round_id = $1"
)
PEOPLE_OF_PLAN = (
    "SELECT DISTINCT l.volunteer_id FROM plan_line l JOIN plan p ON p.id = l.plan_id "
    "WHERE p.round_id = $1 AND NOT l.fixed"
)
# The lines that are offered, in the order of time. $2: the deadline, $3: how long before a shift
# its answer is due, $4: no such limit; $5: now.
SEATS = (
    "SELECT l.volunteer_id, l.shift_id, l.role_id, s.starts_at, s.ends_at, "
    "CASE WHEN $4 THEN $2 ELSE least($2, s.starts_at - $3::interval) END AS deadline_at, "
    "row_number() OVER (ORDER BY s.starts_at, l.shift_id, l.volunteer_id) AS number "
    "FROM plan_line l JOIN plan p ON p.id = l.plan_id JOIN shift s ON s.id = l.shift_id "
    "WHERE p.round_id = $1 AND NOT l.fixed "
    "AND ($4::boolean OR s.starts_at - $3::interval > $5::timestamptz)"
)
# Whoever waits for a seat on this very shift is offered it through the claim that waits.
WAITING = (
    f"SELECT found.number, c.id FROM ({SEATS}) AS found JOIN claim c "
    "ON c.shift_id = found.shift_id AND c.volunteer_id = found.volunteer_id "
    "AND c.state = 'waitlisted'"
)
WAIT_NO_LONGER = (
    "UPDATE claim SET state = 'offered', role_id = seat.role_id, changed_at = $5, "
    f"version = version + 1 FROM ({SEATS}) AS seat "
    "JOIN unnest($6::uuid[], $7::bigint[]) AS ids(claim_id, number) USING (number) "
    "WHERE claim.id = ids.claim_id"
)
CLAIMS = (
    "INSERT INTO claim (id, created_at, shift_id, role_id, volunteer_id, state, starts_at, "
    "ends_at, changed_at, version) "
    "SELECT ids.claim_id, $5, shift_id, role_id, volunteer_id, 'offered', starts_at, ends_at, "
    f"$5, 1 FROM ({SEATS}) AS seat "
    "JOIN unnest($6::uuid[]) WITH ORDINALITY AS ids(claim_id, number) USING (number) "
    "WHERE number <> ALL($7::bigint[]) ORDER BY number"
)
OFFERS = (
    "INSERT INTO offer (id, created_at, claim_id, source, round_id, deadline_at) "
    f"SELECT ids.offer_id, $5, ids.claim_id, 'round', $1, seat.deadline_at FROM ({SEATS}) AS seat "
    "JOIN unnest($6::uuid[], $7::uuid[]) WITH ORDINALITY AS ids(claim_id, offer_id, number) "
    "USING (number) ORDER BY number"
)
CLAIMS_OF_MINORS = (
    "SELECT c.id FROM offer o JOIN claim c ON c.id = o.claim_id "
    "JOIN volunteer v ON v.id = c.volunteer_id WHERE o.round_id = $1 AND v.age < $2 ORDER BY c.id"
)


@acting
async def publish(
    actor: Actor, round_id: UUID, command: PublishIn, now: datetime, settings: Settings
) -> Round:
    """Send the plan's lines as offers. Publishing a published round again changes nothing.

    Each line is offered until the deadline that was given, or as many hours as the setting says,
    but never later than shortly before its shift; where that is past already, it is not offered.
    Only a round whose whole horizon is past, which rehearses an event that was, has no such limit.

    A plan of more lines than the settings say is published by a job: the round stays `proposed`
    and `publishing` until that is done.

    Conflict("round_stale") if the data moved since it was solved: nothing is offered then.
    """
    if command.deadline_at is not None and command.deadline_at <= now:
        raise Invalid([Defect("deadline_at", "deadline_in_past")])
    deadline_at = command.deadline_at or now + timedelta(hours=settings.offer_hours)
    async with transaction():
        round_ = await locked(actor, round_id)
        is_stale = False
        if round_.state == RoundState.PROPOSED and await _is_large(round_, settings):
            await _ask(round_, deadline_at, now)
        else:
            is_stale = await _publish(round_, deadline_at, now, settings)
    if is_stale:  # Said after the transaction, which keeps the new state.
        raise Conflict("round_stale")
    return await get(actor, round_id)


async def _is_large(round_: RoundRow, settings: Settings) -> bool:
    """Whether its offers take longer than somebody waits for a page."""
    [found] = await rows(LINES, round_.id, settings.publish_at_once_lines + 1)
    return bool(found["lines"] > settings.publish_at_once_lines)


async def _ask(round_: RoundRow, deadline_at: datetime, now: datetime) -> None:
    if round_.publish_asked_at is not None:
        return
    round_.publish_asked_at, round_.publish_deadline_at = now, deadline_at
    await round_.save()
    await outbox.enqueue(outbox.Job.PUBLISH_ROUND, round_id=round_.id)


@as_system
async def publish_asked(round_id: UUID, now: datetime, settings: Settings) -> bool:
    """Publish a round for which that was asked; whether it was done by this call.

    Delivered twice, or to two workers, it is done once. A round whose answers were due before
    anybody came to it stays proposed: nobody could have answered.
    """
    async with transaction():
        if not await rows(ASKED, round_id):
            return False
        round_ = await RoundRow.get(id=round_id)
        deadline_at = round_.publish_deadline_at
        round_.publish_asked_at = round_.publish_deadline_at = None
        await round_.save()
        if deadline_at is None or deadline_at <= now:
            return False
        return not await _publish(round_, deadline_at, now, settings)


@as_system
async def ask_again_to_publish(now: datetime) -> int:
    """Ask again for each round whose worker died or whose message was lost; how many there were.

    What failed too often is proposed again, for its organiser to decide.
    """
    async with transaction():
        left = await rows(LEFT_ALONE, outbox.Job.PUBLISH_ROUND.value, now - RESEND_AFTER)
        for row in left:
            if row["tries"] < TRIES_MOST:
                await outbox.enqueue(outbox.Job.PUBLISH_ROUND, round_id=row["id"])
            else:
                await RoundRow.filter(id=row["id"]).update(
                    publish_asked_at=None, publish_deadline_at=None
                )
    return len(left)


async def _publish(
    round_: RoundRow, deadline_at: datetime, now: datetime, settings: Settings
) -> bool:
    if round_.state == RoundState.PUBLISHED:
        return False
    if round_.state == RoundState.STALE:
        return True
    if round_.state != RoundState.PROPOSED:
        raise Conflict("round_not_proposed", state=round_.state.value)
    if await _has_moved(round_):
        round_.state = RoundState.STALE
        await round_.save()
        return True
    await _offer(round_, deadline_at, now, settings)
    round_.state = RoundState.PUBLISHED
    round_.published_at = now
    await round_.save()
    return False


async def _has_moved(round_: RoundRow) -> bool:
    """Whether the problem is no longer the solved one; its seats and people are held from here on.

    The locks come first: what is looked at under them cannot move before the offers are written.
    """
    shifts = [row["shift_id"] for row in await rows(SHIFTS_OF_PLAN, round_.id)]
    people = [row["volunteer_id"] for row in await rows(PEOPLE_OF_PLAN, round_.id)]
    await lock_seats(shifts, people)
    return await read_digest(round_.id) != round_.problem_digest


async def _offer(
    round_: RoundRow, deadline_at: datetime, now: datetime, settings: Settings
) -> None:
    """Make the claims and offers where the lines are: of a city there are half a million."""
    lead = timedelta(minutes=settings.offer_lead_minutes)
    asked = round_.id, deadline_at, lead, round_.horizon_end <= now, now
    [found] = await rows(f"SELECT count(*) AS seats FROM ({SEATS}) AS found", *asked)
    claims, offers = ([new_id() for _ in range(found["seats"])] for _ in range(2))
    waiting = {row["number"]: row["id"] for row in await rows(WAITING, *asked)}
    for number, claim_id in waiting.items():
        claims[number - 1] = claim_id
    await rows(WAIT_NO_LONGER, *asked, list(waiting.values()), list(waiting))
    await rows(CLAIMS, *asked, claims, list(waiting))
    await rows(OFFERS, *asked, claims, offers)
    minors = await rows(CLAIMS_OF_MINORS, round_.id, AGES.grown_up)
    await activity_consents.ask_for_offers([row["id"] for row in minors], now)

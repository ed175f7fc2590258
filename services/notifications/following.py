"""Following one's inbox live: an event for each notice, in the order in which they were committed.

An event's id says up to where one has heard everything; whoever comes back with it hears what came
since, and nothing twice. Transactions get their numbers when they begin and end in another order,
so a notice counts only once no older transaction is still under way (`pg_snapshot_xmin`).

Each process asks the database once a second for all who follow; what an event says is then read in
the follower's own scope.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from uuid import UUID

import msgspec

from services.database import UNREACHABLE, rows
from services.errors import Defect, Invalid, ServiceError
from services.notifications.reading import Notice
from services.notifications.reading import get as get_notice
from services.rights import Actor, acting
from services.scope import as_system
from services.settings import Settings

LOOK_EVERY_SECONDS = 1.0
REPLAYED_MAX = 200

_SETTLED = "written_in < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


class TooManyStreams(ServiceError):
    """More pages follow along than one account, or the whole process, may have."""

    code, status = "too_many_streams", 429


class Place(msgspec.Struct, frozen=True, order=True):
    """Up to where somebody has heard everything: a transaction, and a notice of it."""

    written_in: int
    notice_id: UUID

    def __str__(self) -> str:
        return f"{self.written_in}-{self.notice_id}"


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A notice, and the place after which the next one comes."""

    place: Place
    notice: Notice


def place_of(text: str) -> Place:
    """The place that an event's id names. Raises Invalid for anything else."""
    number, _, notice_id = text.partition("-")
    try:
        if not number.isascii() or not number.isdigit() or len(number) > 18:
            raise ValueError
        return Place(int(number), UUID(notice_id))
    except ValueError as error:
        raise Invalid([Defect("last_event_id", "bad_cursor")]) from error


class Bell:
    """Rings when there may be news for whoever listens to it."""

    def __init__(self) -> None:
        self.person: UUID | None = None
        self.account: UUID | None = None
        self._rung = asyncio.Event()

    def listen(self, actor: Actor) -> None:
        """From here on: what rings after this call is heard by the next `wait`."""
        self.person, self.account = actor.volunteer_id, actor.account_id
        self._rung.clear()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, seconds_max: float) -> None:
        """Until it rings, or as long as this."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), seconds_max)


class Looker:
    """Looks for news on behalf of everybody who follows in this process."""

    def __init__(self) -> None:
        self._bells: set[Bell] = set()
        self._looking: asyncio.Task[None] | None = None
        self._seen = 0

    def require_room(self, actor: Actor, settings: Settings) -> None:
        """Raises TooManyStreams."""
        own = sum(1 for bell in self._bells if bell.account == actor.account_id)
        if own >= settings.streams_per_account or len(self._bells) >= settings.streams_per_process:
            raise TooManyStreams(per_account=settings.streams_per_account)

    @contextlib.contextmanager
    def bell(self) -> Iterator[Bell]:
        """A bell for this block. The first begins the looking, the last ends it."""
        bell = Bell()
        self._bells.add(bell)
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_on())
        try:
            yield bell
        finally:
            self._bells.discard(bell)
            if not self._bells:
                self._looking.cancel()
                self._looking = None

    async def _look_on(self) -> None:
        self._seen = await _settled_until()
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            try:
                await self.look()
            except UNREACHABLE:
                continue  # The database is away: it is looked for again a second later.

    async def look(self) -> None:
        """Ring for whoever was told something since the last look."""
        settled = await _settled_until()
        owners = await _told_between(self._seen, settled)
        self._seen = settled
        for bell in self._bells:
            if bell.person in owners or bell.account in owners:
                bell.ring()


@as_system
async def _settled_until() -> int:
    [row] = await rows("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xmin")
    settled: int = row["xmin"]
    return settled


@as_system
async def _told_between(since: int, until: int) -> set[UUID]:
    if since == until:
        return set()
    found = await rows(
        "SELECT DISTINCT coalesce(volunteer_id, account_id) AS owner FROM notification "
        "WHERE written_in >= $1 AND written_in < $2",
        since,
        until,
    )
    return {row["owner"] for row in found}


@acting
async def present_place(actor: Actor) -> Place:
    """The place after everything that the actor has been told so far."""
    found = await rows(
        "SELECT written_in, id FROM notification WHERE (volunteer_id = $1 OR account_id = $2) "
        f"AND {_SETTLED} ORDER BY written_in DESC, id DESC LIMIT 1",
        actor.volunteer_id,
        actor.account_id,
    )
    if not found:
        return Place(0, UUID(int=0))
    return Place(found[0]["written_in"], found[0]["id"])


@acting
async def since(actor: Actor, place: Place, settings: Settings) -> list[Event]:
    """What the actor was told after this place, in order."""
    found = await rows(
        "SELECT written_in, id FROM notification WHERE (volunteer_id = $1 OR account_id = $2) "
        f"AND (written_in, id) > ($3, $4::uuid) AND {_SETTLED} ORDER BY written_in, id LIMIT $5",
        actor.volunteer_id,
        actor.account_id,
        place.written_in,
        place.notice_id,
        REPLAYED_MAX,
    )
    return [
        Event(
            place=Place(row["written_in"], row["id"]),
            notice=await get_notice(actor, row["id"], settings),
        )
        for row in found
    ]

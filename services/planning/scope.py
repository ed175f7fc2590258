"""What a round plans: its horizon, the organisations under it, and the moment that is read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from tortoise import connections
from tortoise.backends.base.client import TransactionalDBClient
from tortoise.transactions import in_transaction

from matcher.problem import MINUTES_PER_DAY, Horizon, Rules, Weights
from services.database import rows
from services.errors import NotFound
from services.minors import MinorRules, strict

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What a round keeps beside the numbers of its rules; an imported one has the service's."""

    minors: MinorRules = MinorRules()


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """A round's own numbers, and the tree in which it plans.

    `minors` are the service's numbers of the day on which the round was made, and `rules` nowhere
    more generous than they. `parents` names the parent of every organisation in the subtree;
    `above` are the ancestors of its root, nearest first.
    """

    round_id: UUID
    organisation_id: UUID
    horizon: Horizon
    rules: Rules
    weights: Weights
    minors: MinorRules
    parents: dict[UUID, UUID | None]
    above: list[UUID]

    @property
    def organisations(self) -> list[UUID]:
        """Every organisation of the subtree, the root too."""
        return list(self.parents)

    @property
    def first_day(self) -> date:
        """The horizon's first local day, on which ages are counted."""
        return _date(self.horizon.day(self.horizon.start_minute))

    @property
    def last_day(self) -> date:
        """The horizon's last local day, on which a skill must not have expired."""
        return _date(self.horizon.day(self.horizon.end_minute - 1))

    @property
    def weekdays(self) -> list[int]:
        """The days of the week (Monday is 0) whose windows can reach into the horizon."""
        first, last = self.first_day.toordinal() - 1, self.last_day.toordinal()
        return sorted({date.fromordinal(day).weekday() for day in range(first, last + 1)})

    @property
    def nearby(self) -> tuple[datetime, datetime]:
        """Outside of this, nothing that somebody does can touch a shift of the horizon (H4–H6)."""
        margin = max(MINUTES_PER_DAY, self.rules.min_rest_minutes)
        return (
            instant(self.horizon.start_minute - margin),
            instant(self.horizon.end_minute + margin),
        )

    def lies_under(self, organisation: UUID, node: UUID) -> bool:
        """Whether an organisation of the subtree is `node` or lies below it."""
        at: UUID | None = organisation
        while at in self.parents and at != node:
            at = self.parents[at]
        return at == node


@asynccontextmanager
async def one_moment() -> AsyncIterator[None]:
    """A transaction in which all statements see the database as it was at one moment.

    Inside another transaction it is a part of that one, and sees what that one sees.
    """
    if isinstance(connections.get("default"), TransactionalDBClient):
        yield
        return
    async with in_transaction():
        await rows("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


async def read_scope(round_id: UUID) -> Scope:
    """The scope of a round; NotFound when there is no such round."""
    found = await rows(
        "SELECT organisation_id, horizon_start, horizon_end, offset_minutes, rules, weights "
        "FROM round WHERE id = $1",
        round_id,
    )
    if not found:
        raise NotFound
    row = found[0]
    numbers = msgspec.json.decode(row["rules"], type=Rules)
    of_minors = msgspec.json.decode(row["rules"], type=_Kept).minors
    return Scope(
        round_id=round_id,
        organisation_id=row["organisation_id"],
        horizon=Horizon(
            minute_of(row["horizon_start"]), minute_of(row["horizon_end"]), row["offset_minutes"]
        ),
        rules=strict(numbers, of_minors),
        weights=msgspec.json.decode(row["weights"], type=Weights),
        minors=of_minors,
        parents=await _subtree(row["organisation_id"]),
        above=await _ancestors(row["organisation_id"]),
    )


async def _subtree(root: UUID) -> dict[UUID, UUID | None]:
    found = await rows(
        "WITH RECURSIVE below(id, parent_id) AS ("
        " SELECT id, parent_id FROM organisation WHERE id = $1"
        " UNION ALL SELECT o.id, o.parent_id FROM organisation o JOIN below b ON o.parent_id = b.id"
        ") SELECT id, parent_id FROM below",
        root,
    )
    return {row["id"]: row["parent_id"] for row in found}


async def _ancestors(node: UUID) -> list[UUID]:
    found = await rows(
        "WITH RECURSIVE above(id, parent_id, height) AS ("
        " SELECT id, parent_id, 0 FROM organisation WHERE id = $1"
        " UNION ALL SELECT o.id, o.parent_id, a.height + 1"
        " FROM organisation o JOIN above a ON o.id = a.parent_id"
        ") SELECT id FROM above WHERE height > 0 ORDER BY height",
        node,
    )
    return [row["id"] for row in found]


def location_of(row: dict[str, Any], prefix: str = "") -> tuple[float, float] | None:
    """The position in a row's two columns, which are both set or both empty."""
    longitude, latitude = row[f"{prefix}longitude"], row[f"{prefix}latitude"]
    return None if longitude is None else (longitude, latitude)


def minute_of(moment: datetime) -> int:
    """The whole minute, since 1970, that has begun at `moment`."""
    return (moment - EPOCH) // timedelta(minutes=1)


def minute_after(moment: datetime) -> int:
    """The first whole minute, since 1970, that is not before `moment`."""
    return -((EPOCH - moment) // timedelta(minutes=1))


def instant(minute: int) -> datetime:
    """The moment of a whole minute since 1970."""
    return EPOCH + timedelta(minutes=minute)


def _date(day: int) -> date:
    return EPOCH.date() + timedelta(days=day)

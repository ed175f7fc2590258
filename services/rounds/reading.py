"""Rounds and their plans, as an organiser reads them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from models.core import ClaimState, RoundState
from services import rights
from services.database import rows
from services.errors import NotFound
from services.organisations import SUBTREE
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.planning.demand import grouped
from services.planning.progress import Failure, Progress
from services.planning.reasons import PlanReport, TradeOff
from services.rights import Actor, Right, acting
from services.rounds.standing import now_of, people_of, seats_of
from services.rounds.summaries import summaries_of
from services.rounds.telling import Told, read_json, told_to
from services.rounds.types import (
    PlanPerson,
    PlanRole,
    PlanShift,
    PlanSummary,
    PlanView,
    Round,
    RulesIn,
    WeightsIn,
)
from services.shifts import ShiftBrief

ROUNDS = (
    f"{SUBTREE} SELECT r.*, o.name AS organisation_name FROM round r "
    "JOIN organisation o ON o.id = r.organisation_id JOIN subtree ON subtree.id = o.id "
)
PLAN = "SELECT id, report, trade_off, explained_at FROM plan WHERE round_id = $1"
SHIFTS = (
    "SELECT s.id, j.name AS project_name, s.place, s.starts_at, s.ends_at, s.priority "
    "FROM shift s JOIN project j ON j.id = s.project_id WHERE s.id IN ("
    " SELECT shift_id FROM plan_line WHERE plan_id = $1"
    " UNION SELECT shift_id FROM plan_gap WHERE plan_id = $1) "
    "AND ($2::timestamptz IS NULL OR (s.starts_at, s.id) > ($2, $3::uuid)) "
    "ORDER BY s.starts_at, s.id LIMIT $4"
)
ROLES = (
    "SELECT r.id, r.shift_id, r.key, r.name, r.minimum, r.target, r.held, g.reasons, "
    "g.would_fill "
    "FROM role r LEFT JOIN plan_gap g ON g.role_id = r.id AND g.plan_id = $1 "
    "WHERE r.shift_id = ANY($2::uuid[]) ORDER BY r.shift_id, r.key"
)


@acting
async def get(actor: Actor, round_id: UUID) -> Round:
    """A round of the organiser's subtree."""
    found = await rows(
        ROUNDS + "WHERE r.id = $2", rights.require_anywhere(actor, Right.SEE_WORK), round_id
    )
    if not found:
        raise NotFound
    return (await _views(found))[0]


@acting
async def list_page(actor: Actor, query: PageQuery) -> Page[Round]:
    """The rounds of the organiser's subtree, newest first."""
    after = decode_cursor(query.after, UUID) if query.after else None
    found = await rows(
        ROUNDS + "WHERE $2::uuid IS NULL OR r.id < $2 ORDER BY r.id DESC LIMIT $3",
        rights.require_anywhere(actor, Right.SEE_WORK),
        after,
        query.limit + 1,
    )
    return page_of(await _views(found), [row["id"] for row in found], query.limit)


@acting
async def plan(actor: Actor, round_id: UUID, query: PageQuery) -> PlanView:
    """Who serves where and why seats stay open; NotFound while there is no plan."""
    round_ = await get(actor, round_id)
    if round_.plan is None:
        raise NotFound
    plan_row = (await rows(PLAN, round_id))[0]
    plan_id = plan_row["id"]
    after = decode_cursor(query.after, tuple[datetime, UUID]) if query.after else (None, None)
    shifts = await rows(SHIFTS, plan_id, *after, query.limit + 1)
    keys = [(row["starts_at"], row["id"]) for row in shifts]
    sees_people = await rights.covers(actor, Right.SEE_PEOPLE, round_.organisation_id)
    items = await _plan_shifts(plan_id, round_.state, shifts, sees_people=sees_people)
    listed = page_of(items, keys, query.limit)
    return PlanView(
        round_id=round_id,
        summary=round_.plan,
        now=await now_of(plan_id),
        items=listed.items,
        next=listed.next,
        report=read_json(plan_row["report"], PlanReport),
        trade_off=read_json(plan_row["trade_off"], TradeOff),
        explained_at=plan_row["explained_at"],
    )


async def _plan_shifts(
    plan_id: UUID, state: RoundState, shifts: list[dict[str, Any]], *, sees_people: bool
) -> list[PlanShift]:
    shift_ids = [row["id"] for row in shifts]
    people_rows = await people_of(plan_id, shift_ids)
    seated = await seats_of(plan_id, shift_ids)
    role_rows = await rows(ROLES, plan_id, shift_ids)
    told = await told_to(role_rows, people_rows, sees_people=sees_people)
    people = grouped(people_rows, "role_id")
    roles = grouped(role_rows, "shift_id")
    return [
        PlanShift(
            shift=ShiftBrief(
                id=row["id"],
                project_name=row["project_name"],
                place=row["place"],
                starts_at=row["starts_at"],
                ends_at=row["ends_at"],
            ),
            priority=row["priority"],
            roles=[
                _plan_role(
                    role,
                    people[role["id"]],
                    seated.get(role["id"], 0),
                    role["held"] if state == RoundState.PUBLISHED else 0,
                    told,
                )
                for role in roles[row["id"]]
            ],
        )
        for row in shifts
    ]


def _plan_role(
    role: dict[str, Any], people: list[dict[str, Any]], seated: int, held: int, told: Told
) -> PlanRole:
    """`seated` of the plan's people have a seat, and of all people `held` do, where that counts."""
    filled = max(seated, held)
    return PlanRole(
        role_id=role["id"],
        role=role["key"],
        name=role["name"],
        minimum=role["minimum"],
        target=role["target"],
        people=[
            PlanPerson(
                volunteer_id=person["volunteer_id"],
                name=person["name"],
                fixed=person["fixed"],
                state=None if person["state"] is None else ClaimState(person["state"]),
                has_seat=person["has_seat"],
                why=told.why(person["why"]),
            )
            for person in people
        ],
        filled=filled,
        others=filled - seated,
        missing=max(0, role["target"] - filled),
        reasons={} if role["reasons"] is None else msgspec.json.decode(role["reasons"]),
        would_fill=told.would_fill(role["would_fill"]),
    )


async def _views(found: list[dict[str, Any]]) -> list[Round]:
    summaries = await summaries_of([row["id"] for row in found])
    return [_view(row, summaries.get(row["id"])) for row in found]


def _rules(stored: str) -> RulesIn:
    """The numbers that were asked for; what a round keeps of the service's own is not shown."""
    kept = msgspec.json.decode(stored)
    return msgspec.convert({name: kept[name] for name in kept if name != "minors"}, RulesIn)


def _view(row: dict[str, Any], summary: PlanSummary | None) -> Round:
    failure = row["failure"]
    return Round(
        id=row["id"],
        organisation_id=row["organisation_id"],
        organisation_name=row["organisation_name"],
        horizon_start=row["horizon_start"],
        horizon_end=row["horizon_end"],
        offset_minutes=row["offset_minutes"],
        rules=_rules(row["rules"]),
        weights=WeightsIn(**msgspec.json.decode(row["weights"])),
        seconds_max=row["seconds_max"],
        seed=row["seed"],
        state=RoundState(row["state"]),
        cancel_requested=row["cancel_requested"],
        progress=msgspec.json.decode(row["progress"], type=Progress),
        attempt=row["attempt"],
        failure=None if failure is None else msgspec.json.decode(failure, type=Failure),
        requested_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        publishing=row["publish_asked_at"] is not None,
        published_at=row["published_at"],
        plan=summary,
    )

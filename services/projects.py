"""Projects: what organisations do, published only with a risk statement."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from models.core import LIVE_STATES, ProjectState, new_id
from services import insurance, rights, search_words
from services.database import rows
from services.errors import Conflict, Defect, Invalid, NotFound
from services.organisations import SUBTREE
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting, acting_for_anybody
from services.transactions import transaction
from services.types import Cause, Key, Name, Text
from services.versions import require_match

_SELECT = """
    SELECT p.*, o.name AS organisation_name
    FROM project p JOIN organisation o ON o.id = p.organisation_id
"""
_LIVE = [state.value for state in LIVE_STATES]


class ProjectIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A project as an organiser writes it. In a dangerous one nobody serves without insurance."""

    organisation_id: UUID
    name: Name
    external_key: Key | None = None
    description: Text = ""
    category: Cause | None = None
    risk_statement: Text = ""
    is_dangerous: bool = False


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A project. Its risk statement's version grows with every change of its words. Heavy risk is
    said with the words of its agreement (`services.agreements`)."""

    id: UUID
    organisation_id: UUID
    organisation_name: str
    external_key: str
    name: str
    description: str
    category: str | None = None
    state: ProjectState
    risk_statement: str
    risk_statement_version: int
    is_dangerous: bool = False
    is_heavy_risk: bool = False


@acting
async def create(actor: Actor, command: ProjectIn) -> Project:
    """A new draft of an organisation in the organiser's subtree."""
    rights.require_anywhere(actor, Right.RUN_WORK)
    await _require_organisation(actor, command)
    project_id = new_id()
    async with transaction():
        await rows(
            "INSERT INTO project (id, created_at, organisation_id, external_key, name, "
            "description, category, state, risk_statement, risk_statement_version, is_dangerous, "
            "is_heavy_risk, agreement_version) "
            "VALUES ($1, now(), $2, $3, $4, $5, $6, 'draft', $7, $8, $9, false, 0)",
            project_id,
            command.organisation_id,
            command.external_key or str(project_id),
            command.name,
            command.description,
            command.category,
            command.risk_statement,
            1 if command.risk_statement.strip() else 0,
            command.is_dangerous,
        )
    return await get(actor, project_id)


@acting_for_anybody
async def get(actor: Actor | None, project_id: UUID) -> Project:
    """A published project for anybody, a draft for those who organise it."""
    found = await rows(f"{_SELECT} WHERE p.id = $1", project_id)
    if not found:
        raise NotFound
    is_public = found[0]["state"] == ProjectState.PUBLISHED
    if not is_public and not await rights.covers(
        actor, Right.SEE_WORK, found[0]["organisation_id"]
    ):
        raise NotFound
    return _view(found[0])


@acting_for_anybody
async def list_page(actor: Actor | None, query: PageQuery) -> Page[Project]:
    """An organiser's own projects, drafts too; for others all that are published."""
    after = decode_cursor(query.after, UUID) if query.after else None
    own = rights.nodes(actor, Right.SEE_WORK)
    found = await rows(
        f"{SUBTREE} {_SELECT} WHERE CASE WHEN $1::uuid[] = '{{}}' THEN p.state = 'published' "
        "ELSE p.organisation_id IN (SELECT id FROM subtree) END "
        "AND ($2::uuid IS NULL OR p.id > $2) ORDER BY p.id LIMIT $3",
        own,
        after,
        query.limit + 1,
    )
    return page_of([_view(row) for row in found], [row["id"] for row in found], query.limit)


@acting
async def replace(
    actor: Actor, project_id: UUID, command: ProjectIn, if_match: str | None, now: datetime
) -> Project:
    """Change a project. Refused with `project_has_claims` if other words of the risk statement
    would be put before people who agreed to the old ones, with `policy_needed` if it is dangerous
    from now on and people to come are not insured, with `heavy_risk_is_dangerous`."""
    rights.require_anywhere(actor, Right.RUN_WORK)
    async with transaction():
        before = await _locked(actor, project_id)
        require_match(if_match, before)
        await _require_organisation(actor, command)
        if before.state is ProjectState.PUBLISHED:
            _require_risk_statement(command.risk_statement)
        is_reworded = command.risk_statement != before.risk_statement
        if is_reworded:
            await _refuse_rewording(project_id, now)
        await rows(
            "UPDATE project SET organisation_id = $2, external_key = $3, name = $4, "
            "description = $5, category = $6, risk_statement = $7, risk_statement_version = $8, "
            "is_dangerous = $9 WHERE id = $1",
            project_id,
            command.organisation_id,
            command.external_key or before.external_key,
            command.name,
            command.description,
            command.category,
            command.risk_statement,
            before.risk_statement_version + is_reworded,
            command.is_dangerous,
        )
        if command.is_dangerous and not before.is_dangerous:
            await insurance.refuse_uncovered(project_id, now)
    await search_words.fill_project(project_id)
    return await get(actor, project_id)


@acting
async def publish(actor: Actor, project_id: UUID) -> Project:
    """Let everybody see the project and its shifts. Publishing twice changes nothing.

    Refused with `risk_statement_missing` where nobody said what the risks are.
    """
    rights.require_anywhere(actor, Right.RUN_WORK)
    async with transaction():
        before = await _locked(actor, project_id)
        _require_risk_statement(before.risk_statement)
        await rows("UPDATE project SET state = 'published' WHERE id = $1", project_id)
    return await get(actor, project_id)


async def _locked(actor: Actor, project_id: UUID) -> Project:
    found = await rows(f"{_SELECT} WHERE p.id = $1 FOR NO KEY UPDATE OF p", project_id)
    if not found:
        raise NotFound
    await rights.require(actor, Right.RUN_WORK, found[0]["organisation_id"])
    return _view(found[0])


async def _require_organisation(actor: Actor, command: ProjectIn) -> None:
    if not await rights.covers(actor, Right.RUN_WORK, command.organisation_id):
        raise Invalid([Defect("organisation_id", "unknown_id")])


def _require_risk_statement(words: str) -> None:
    if not words.strip():
        raise Conflict("risk_statement_missing")


async def _refuse_rewording(project_id: UUID, now: datetime) -> None:
    [found] = await rows(
        "SELECT count(*) AS claims FROM claim c JOIN shift s ON s.id = c.shift_id "
        "WHERE s.project_id = $1 AND s.ends_at > $2 AND c.state = ANY($3)",
        project_id,
        now,
        _LIVE,
    )
    if found["claims"]:
        raise Conflict("project_has_claims", claims=found["claims"])


def _view(row: dict[str, Any]) -> Project:
    return Project(
        id=row["id"],
        organisation_id=row["organisation_id"],
        organisation_name=row["organisation_name"],
        external_key=row["external_key"],
        name=row["name"],
        description=row["description"],
        category=row["category"],
        state=ProjectState(row["state"]),
        risk_statement=row["risk_statement"],
        risk_statement_version=row["risk_statement_version"],
        is_dangerous=row["is_dangerous"],
        is_heavy_risk=row["is_heavy_risk"],
    )

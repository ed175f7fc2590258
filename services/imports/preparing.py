"""An upload read, matched with what is stored, and ready to be written or refused."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from matcher.codec import ProblemRefused, read_problem
from matcher.problem import Problem
from models.core import ImportKind
from services.database import rows
from services.errors import Defect, Invalid, TooLarge
from services.imports import people, shifts, tags
from services.imports.groups import Groups, load_groups, teams_for
from services.imports.headers import Table, find_table
from services.imports.matching import match_shifts, match_volunteers, shift_rows, volunteer_rows
from services.imports.problems import first_day, group_names, people_of, shifts_of, storable_ids
from services.imports.projects import Projects, load_projects
from services.imports.reading import looks_like_sheet, read_sheets
from services.imports.relations import Relations, match_relations
from services.imports.rounds_kept import KeptPlan, horizon_defects, match_current
from services.imports.sentences import file_defect, note
from services.imports.stored import stored_shifts, stored_volunteers
from services.imports.views import Note, Report, RowDefect, RowReport, report_of
from services.imports.wanted import NewGroup, NewProject, WantedShift, WantedVolunteer
from services.settings import Settings

# The file cannot be read at all, so there is no row of which to report.
_UNREADABLE = frozenset({"too_large", "not_utf8", "not_json", "not_finite", "too_deep"})

# The same order as everywhere: shifts, their roles, people; each by id.
_LOCKS = (
    "SELECT s.id FROM shift s JOIN project p ON p.id = s.project_id "
    "WHERE p.organisation_id = $1 AND s.external_key = ANY($2::text[]) "
    "ORDER BY s.id FOR NO KEY UPDATE OF s",
    "SELECT r.id FROM role r JOIN shift s ON s.id = r.shift_id JOIN project p "
    "ON p.id = s.project_id WHERE p.organisation_id = $1 AND s.external_key = ANY($2::text[]) "
    "ORDER BY r.id FOR NO KEY UPDATE OF r",
    "SELECT id FROM volunteer WHERE organisation_id = $1 AND external_key = ANY($2::text[]) "
    "ORDER BY id FOR NO KEY UPDATE",
)


COLUMNS = {
    ImportKind.PEOPLE: people.COLUMNS,
    ImportKind.SHIFTS: shifts.COLUMNS,
    ImportKind.TAGS: tags.COLUMNS,
}
"""What each kind of sheet may hold."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """An upload's own content: a problem, the table of a sheet, or why a problem is refused."""

    kind: ImportKind
    table: Table | None = None
    problem: Problem | None = None
    refused: Sequence[Defect] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that storing writes, and the report of it."""

    report: Report
    groups: Groups | None = None
    new_groups: Sequence[NewGroup] = ()
    new_projects: Sequence[NewProject] = ()
    volunteers: Sequence[WantedVolunteer] = ()
    shifts: Sequence[WantedShift] = ()
    taggings: Sequence[tags.WantedTags] = ()
    problem: Problem | None = None
    relations: Relations | None = None
    kept: KeptPlan | None = None


def parse(kind: ImportKind, content: bytes, settings: Settings) -> Parsed:
    """Read the bytes; touches no table. Raises TooLarge, or Invalid for what is no such file."""
    if len(content) > settings.upload_bytes_max:
        raise TooLarge(limit_bytes=settings.upload_bytes_max)
    if kind is not ImportKind.PROBLEM:
        return Parsed(kind, table=find_table(read_sheets(content), COLUMNS[kind]))
    if not content.strip():
        raise Invalid([file_defect("empty_file")])
    if looks_like_sheet(content):
        raise Invalid([file_defect("not_a_problem")])
    try:
        return Parsed(kind, problem=read_problem(content, settings.upload_bytes_max))
    except ProblemRefused as refusal:
        defects = [
            Defect(each.place, each.code, each.message, each.parameters) for each in refusal.defects
        ]
        if any(defect.code in _UNREADABLE for defect in defects):
            raise Invalid(defects) from refusal
        return Parsed(kind, refused=defects)


async def prepare(
    organisation_id: UUID, parsed: Parsed, now: datetime, settings: Settings, *, lock: bool
) -> Prepared:
    """Match an upload with what is stored. With `lock`, what it names is held until the
    transaction ends, so that nothing can come between the report and the storing."""
    if parsed.problem is not None:
        today = now.astimezone(settings.zone).date()
        return await _problem(organisation_id, parsed.problem, today, lock)
    if parsed.table is None:
        return Prepared(_refused(parsed.refused))
    if parsed.kind is ImportKind.TAGS:
        return await _tags(organisation_id, parsed.table, lock)
    groups = await load_groups(organisation_id)
    if parsed.kind is ImportKind.PEOPLE:
        return await _people(organisation_id, parsed.table, groups, now, settings, lock)
    return await _shifts(organisation_id, parsed.table, groups, settings, lock)


def _refused(defects: Sequence[Defect]) -> Report:
    """The rows of a problem that the matcher refuses; the others are not looked at."""
    by_row: dict[tuple[int, str], list[RowDefect]] = {}
    for each in defects:
        item = re.match(r"\w+\[(\d+)\]", each.place)
        key = (int(item[1]) + 1, item[0]) if item else (0, each.place)
        parameters = {
            name: value if isinstance(value, int) else str(value)
            for name, value in each.parameters.items()
        }
        defect = RowDefect(
            place=each.place, code=each.code, message=each.message, parameters=parameters
        )
        by_row.setdefault(key, []).append(defect)
    reports = [
        RowReport(row=row, place=place, outcome="refused", defects=found)
        for (row, place), found in by_row.items()
    ]
    return report_of(reports, [])


async def _people(
    organisation_id: UUID,
    table: Table,
    groups: Groups,
    now: datetime,
    settings: Settings,
    lock: bool,
) -> Prepared:
    today = now.astimezone(settings.zone).date()
    found = await asyncio.to_thread(people.read_people, table, groups, settings.zone, today)
    keys = [each.key for each in found]
    if lock:
        await _lock(organisation_id, [], keys)
    stored = await stored_volunteers(organisation_id, keys, groups.ids, today)
    match_volunteers(found, stored, today)
    return Prepared(report_of(volunteer_rows(found), list(table.notes)), groups, volunteers=found)


async def _shifts(
    organisation_id: UUID, table: Table, groups: Groups, settings: Settings, lock: bool
) -> Prepared:
    projects = await load_projects(organisation_id)
    found = await asyncio.to_thread(shifts.read_shifts, table, groups, projects, settings.zone)
    keys = [each.key for each in found]
    if lock:
        await _lock(organisation_id, keys, [])
    match_shifts(found, await stored_shifts(organisation_id, keys))
    new_projects = list(projects.new.values())
    notes = [*table.notes, *_project_notes(projects)]
    report = report_of(shift_rows(found), notes)
    return Prepared(report, groups, new_projects=new_projects, shifts=found)


async def _tags(organisation_id: UUID, table: Table, lock: bool) -> Prepared:
    found = await asyncio.to_thread(tags.read_tags, table)
    await tags.match_tags(organisation_id, found, lock=lock)
    return Prepared(report_of(tags.tag_rows(found), list(table.notes)), taggings=found)


def _project_notes(projects: Projects) -> list[Note]:
    counts = (("projects_new", len(projects.new)), ("projects_draft", len(projects.drafts_used)))
    return [note(code, count=count) for code, count in counts if count]


async def _problem(organisation_id: UUID, problem: Problem, today: date, lock: bool) -> Prepared:
    defects = horizon_defects(problem)
    if defects:
        refused = [
            RowReport(row=0, place=each.place, outcome="refused", defects=[each])
            for each in defects
        ]
        return Prepared(report_of(refused, []))
    groups = await load_groups(organisation_id)
    teams, new_groups = teams_for(group_names(problem), groups)
    keys = (
        storable_ids(each.id for each in problem.shifts),
        storable_ids(each.id for each in problem.volunteers),
    )
    if lock:
        await _lock(organisation_id, *keys)
    found = people_of(problem, teams)
    stored = await stored_volunteers(
        organisation_id, keys[1], groups.ids, groups_from(problem, today)
    )
    match_volunteers(found, stored, first_day(problem))
    by_key = {each.key: each for each in found}
    projects = await load_projects(organisation_id)
    demand = shifts_of(problem, teams, projects, by_key)
    match_shifts(demand, await stored_shifts(organisation_id, keys[0]))
    shifts_by_key = {each.key: each for each in demand}
    relations = await match_relations(organisation_id, problem, by_key, shifts_by_key)
    kept = await match_current(organisation_id, problem, by_key, shifts_by_key)
    reports = [*volunteer_rows(found), *shift_rows(demand), *relations.rows, *kept.rows]
    made = [note("groups_new", count=len(new_groups))] if new_groups else []
    notes = [*made, *_project_notes(projects), *relations.notes, *kept.notes]
    return Prepared(
        report=report_of(reports, notes),
        groups=groups,
        new_groups=new_groups,
        new_projects=list(projects.new.values()),
        volunteers=found,
        shifts=demand,
        problem=problem,
        relations=relations,
        kept=kept,
    )


def groups_from(problem: Problem, today: date) -> date:
    """From which day people are in a problem's groups: for all of its horizon, past or to come."""
    return min(today, first_day(problem))


async def _lock(organisation_id: UUID, shift_keys: list[str], volunteer_keys: list[str]) -> None:
    shifts_sql, roles_sql, people_sql = _LOCKS
    await rows(shifts_sql, organisation_id, shift_keys)
    await rows(roles_sql, organisation_id, shift_keys)
    await rows(people_sql, organisation_id, volunteer_keys)

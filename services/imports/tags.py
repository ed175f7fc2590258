"""A sheet of tags: one row for each person, with the tags that a level gives them."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from models.core import VolunteerTag
from services import audit
from services.audit import Act
from services.database import rows
from services.imports import cells
from services.imports.headers import Column, Table
from services.imports.row_reader import RowReader
from services.imports.views import Outcome, RowDefect, RowReport

KEY_MAX = NAME_MAX = 120
TAG_MAX = 80
_KNOWN_SHOWN = 8
_BATCH_ROWS = 2_000

COLUMNS: Sequence[Column] = (
    Column(
        "key",
        ("编号", "志愿者编号", "人员编号", "学号", "工号"),
        ("key", "id", "number", "volunteer id", "volunteer number"),
        hint="the number under which the person is registered, or else the name",
        hint_chinese="此人登记时的编号；没有编号时填姓名",
    ),
    Column("name", ("姓名", "名字"), ("name", "full name")),
    Column(
        "tags",
        ("标签", "标签名称"),
        ("tags", "tag"),
        required=True,
        hint="tags of your level, with ; between them",
        hint_chinese="本级已设的标签，用分号隔开",
    ),
)

# $1: the owner; who is registered at or below it, or belongs there now.
_PEOPLE = """
    WITH subtree(id) AS (
        SELECT descendant_id FROM organisation_closure WHERE ancestor_id = $1
    )
    SELECT v.id, v.external_key, v.name FROM volunteer v WHERE v.state = 'active'
        AND (v.external_key = ANY($2::text[]) OR v.name = ANY($3::text[]))
        AND (v.organisation_id IN (SELECT id FROM subtree) OR EXISTS (
            SELECT 1 FROM membership m WHERE m.volunteer_id = v.id AND NOT m.is_requested
            AND m.organisation_id IN (SELECT id FROM subtree)
            AND (m.ends_on IS NULL OR m.ends_on >= current_date)))
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a row may mean."""

    id: UUID
    key: str
    name: str


@dataclass(slots=True)
class WantedTags:
    """One row: whom it means, and which tags they are to have; `missing` of these are new."""

    row: int
    place: str
    key: str
    name: str
    tags: frozenset[str]
    reader: RowReader
    volunteer_id: UUID | None = None
    missing: list[UUID] = field(default_factory=list)
    some_known: bool = False

    @property
    def defects(self) -> list[RowDefect]:
        """What is wrong with the row."""
        return self.reader.defects

    @property
    def outcome(self) -> Outcome:
        """What storing would do."""
        if self.defects:
            return "refused"
        if not self.missing:
            return "same"
        return "changed" if self.some_known else "new"


def read_tags(table: Table) -> list[WantedTags]:
    """Every row, with what cannot be read as its defects."""
    found = []
    for row in table.rows:
        reader = RowReader(table, row)
        key = reader.read("key", lambda text: cells.key(text, KEY_MAX)) or ""
        name = reader.line("name", NAME_MAX) or ""
        tags = reader.needed("tags", _tags) or frozenset()
        if not key and not name and not reader.defects:
            reader.refuse("key" if reader.has("key") else "name", "nobody_named")
        found.append(
            WantedTags(
                row=reader.number,
                place=reader.place("key" if key else "name"),
                key=key,
                name=name,
                tags=tags,
                reader=reader,
            )
        )
    return found


def _tags(text: str) -> frozenset[str]:
    return frozenset(cells.one_line(each, TAG_MAX) for each in cells.parts(text))


async def match_tags(organisation_id: UUID, wanted: Sequence[WantedTags], *, lock: bool) -> None:
    """Find the people and the tags, and note what is new, what is there and what cannot be."""
    tags = await rows(
        "SELECT id, name, retired_at FROM tag WHERE organisation_id = $1 ORDER BY id"
        f"{' FOR SHARE' if lock else ''}",
        organisation_id,
    )
    known = {row["name"]: row["id"] for row in tags if row["retired_at"] is None}
    retired = {row["name"] for row in tags if row["retired_at"] is not None}
    people = await _people(organisation_id, wanted)
    await asyncio.to_thread(_settle, wanted, people, known, retired)
    had = await _had(known.values(), [each.volunteer_id for each in wanted if each.volunteer_id])
    seen: set[tuple[UUID, UUID]] = set()
    for each in wanted:
        _compare(each, known, had, seen)


async def _people(organisation_id: UUID, wanted: Sequence[WantedTags]) -> list[Person]:
    found = await rows(
        _PEOPLE,
        organisation_id,
        [each.key for each in wanted if each.key],
        [each.name for each in wanted if each.name and not each.key],
    )
    return [Person(row["id"], row["external_key"], row["name"]) for row in found]


def _settle(
    wanted: Sequence[WantedTags],
    people: Iterable[Person],
    known: Mapping[str, UUID],
    retired: Collection[str],
) -> None:
    by_key: dict[str, list[Person]] = defaultdict(list)
    by_name: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        by_key[person.key].append(person)
        by_name[person.name].append(person)
    listed = ", ".join(list(known)[:_KNOWN_SHOWN]) or "–"
    for each in wanted:
        for name in sorted(each.tags - known.keys()):
            code = "retired_tag" if name in retired else "unknown_tag"
            facts = {} if name in retired else {"known": listed}
            each.reader.refuse("tags", code, name=cells.shown(name), **facts)
        if each.key or each.name:
            _find(each, by_key[each.key] if each.key else by_name[each.name])


def _find(wanted: WantedTags, found: Sequence[Person]) -> None:
    column = "key" if wanted.key else "name"
    shown = cells.shown(wanted.key or wanted.name)
    if wanted.key and wanted.name and len(found) > 1:
        found = [person for person in found if person.name == wanted.name] or found
    if not found:
        wanted.reader.refuse(column, "unknown_person", found=shown)
    elif len(found) > 1:
        wanted.reader.refuse(column, "ambiguous_person", found=shown)
    elif wanted.key and wanted.name and found[0].name != wanted.name:
        wanted.reader.refuse("name", "name_differs", key=cells.shown(wanted.key))
    else:
        wanted.volunteer_id = found[0].id


async def _had(tags: Iterable[UUID], people: Sequence[UUID]) -> set[tuple[UUID, UUID]]:
    found = await rows(
        "SELECT tag_id, volunteer_id FROM volunteer_tag WHERE tag_id = ANY($1::uuid[]) "
        "AND volunteer_id = ANY($2::uuid[])",
        list(tags),
        list(people),
    )
    return {(row["volunteer_id"], row["tag_id"]) for row in found}


def _compare(
    wanted: WantedTags,
    known: Mapping[str, UUID],
    had: Collection[tuple[UUID, UUID]],
    seen: set[tuple[UUID, UUID]],
) -> None:
    """A tag that an earlier row of the sheet gives is there already, as if it were stored."""
    if wanted.volunteer_id is None or wanted.defects:
        return
    for name in sorted(wanted.tags):
        pair = (wanted.volunteer_id, known[name])
        if pair in had or pair in seen:
            wanted.some_known = True
        else:
            wanted.missing.append(known[name])
            seen.add(pair)


def tag_rows(wanted: Sequence[WantedTags]) -> list[RowReport]:
    """The report's lines."""
    return [
        RowReport(
            row=each.row,
            place=each.place,
            outcome=each.outcome,
            changed=["tags"] if each.outcome == "changed" else [],
            defects=each.defects,
        )
        for each in wanted
    ]


async def write_tags(
    organisation_id: UUID, wanted: Sequence[WantedTags], import_id: UUID, account_id: UUID | None
) -> None:
    """Give the tags that are missing, with a line of the log for the whole sheet."""
    given = [
        VolunteerTag(
            tag_id=tag,
            volunteer_id=each.volunteer_id,
            account_id=account_id,
            import_id=import_id,
        )
        for each in wanted
        for tag in each.missing
    ]
    if not given:
        return
    await VolunteerTag.bulk_create(
        given,
        batch_size=_BATCH_ROWS,
        ignore_conflicts=True,
    )
    await audit.record(
        Act.TAG_CHANGED,
        subject_kind="import",
        subject_id=import_id,
        organisation_id=organisation_id,
        account_id=account_id,
        change="imported",
        count=len(given),
    )

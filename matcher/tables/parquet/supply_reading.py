"""The table of volunteers."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from matcher.tables.parquet.columns import Column, codes_of, owner_of, repeated
from matcher.tables.parquet.folders import Folder, Table
from matcher.tables.parquet.names import Named, ids_of
from matcher.tables.spans import merged_spans
from matcher.tables.tables import ANYWHERE, NO_LIMIT, Bools, Floats, Int64s, People, Spans

Arrow = Any

_NUMBERS = {
    "age": 30,
    "max_minutes": 2400,
    "max_minutes_per_day": 480,
    "max_shifts": 7,
    "served_minutes": 0,
}
_OPTIONAL = f"location max_travel_m skills groups engaged likes {' '.join(_NUMBERS)}"


@dataclass(frozen=True, slots=True)
class Supply:
    """The volunteers as read, while names have no numbers yet."""

    ids: Arrow
    numbers: dict[str, Int64s]
    longitude: Floats
    latitude: Floats
    skills: Named
    skill_levels: Int64s
    likes: Named
    like_levels: Int64s
    groups: Named
    available: Spans
    engaged: Spans

    def people(self, skills: Arrow, groups: Arrow, causes: Arrow) -> People:
        """The volunteers, with the numbers of these names."""
        return People(
            id=ids_of(self.ids),
            longitude=self.longitude,
            latitude=self.latitude,
            **self.numbers,
            skills=self.skills.demands(skills, self.skill_levels),
            groups=self.groups.lists(groups),
            available=self.available,
            engaged=self.engaged,
            likes=self.likes.demands(causes, self.like_levels),
        )


def read_supply(folder: Folder) -> Supply:
    """The volunteers; everything wrong with a row by itself is noted."""
    table = folder.table("volunteers", "id available", _OPTIONAL)
    ids = read_ids(table)
    numbers = {name: table.column(name).whole(usual, 0) for name, usual in _NUMBERS.items()}
    numbers["max_travel_m"] = table.column("max_travel_m").whole_or(NO_LIMIT, 0)
    longitude, latitude = read_location(table.column("location"))
    skills, skill_levels = read_levels(table.column("skills"), 1, 5)
    likes, like_levels = read_levels(table.column("likes"), 0, 3)
    return Supply(
        ids=ids,
        numbers=numbers,
        longitude=longitude,
        latitude=latitude,
        skills=skills,
        skill_levels=skill_levels,
        likes=likes,
        like_levels=like_levels,
        groups=read_names(table.column("groups")),
        available=_available(table.column("available")),
        engaged=_engaged(table.column("engaged")),
    )


def read_ids(table: Table, within: Int64s | None = None) -> Arrow:
    """The column `id`: never empty, and none twice (`within` one owner, where owners are given;
    -1 is an owner that cannot be told from others)."""
    column = table.column("id")
    texts = column.texts()
    codes = codes_of(texts)
    owner = np.zeros(len(codes), np.int64) if within is None else within
    for first, row in repeated(owner, codes):
        id_ = texts[row].as_py()
        if id_ and owner[row] >= 0 and table.is_readable("id"):
            at = f"{table.name}[{first}]"
            table.defects.add(column.place(row), "duplicate_id", id=id_, first=at)
    return texts


def read_location(column: Column) -> tuple[Floats, Floats]:
    """Longitude and latitude of a place that may be left out."""
    parts = column.members("longitude latitude", is_optional=True)
    longitude, latitude = parts["longitude"].degrees(180), parts["latitude"].degrees(90)
    # Half a place is told; what comes after must not take it for one.
    nowhere = np.isnan(longitude) | np.isnan(latitude)
    longitude[nowhere] = latitude[nowhere] = ANYWHERE
    return longitude, latitude


def read_levels(column: Column, least: int, most: int) -> tuple[Named, Int64s]:
    """Names with a level each."""
    first, names, levels = column.entries()
    texts = names.texts(may_be_empty=True)
    return Named(first, texts), levels.whole(least, least, most)


def read_names(column: Column) -> Named:
    """Lists of names that are not empty, none twice in one list."""
    first, items = column.lists()
    named = Named(first, items.texts())
    note_repeated_members(items, named)
    return named


def note_repeated_members(items: Column, named: Named) -> None:
    """Note what stands twice in one list."""
    firsts = {item: first for first, item in named.repeated()}

    def first_at(item: int) -> str:
        return items.place(item).rpartition("[")[0] + f"[{firsts[item]}]"

    items.note(
        firsts, "duplicate_member", member=lambda item: str(named.texts[item]), first=first_at
    )


def note_ends(start: Column, end: Column, starts: Int64s, ends: Int64s) -> Bools:
    """Note intervals that end no later than they start; returns which are right."""
    right: Bools = ends > starts
    for row in np.nonzero(~right)[0].tolist():
        needs = (start.name, end.name, start.place(row))
        end.defects.add(end.place(row), "end_not_after_start", needs=needs)
    return right


def _available(column: Column) -> Spans:
    first, items = column.lists()
    parts = items.members("start end")
    starts, ends = parts["start"].minutes(), parts["end"].minutes()
    note_ends(parts["start"], parts["end"], starts, ends)
    return merged_spans(first, starts, ends)


def _engaged(column: Column) -> Spans:
    first, items = column.lists()
    parts = items.members("start end", "location")
    starts, ends = parts["start"].minutes(), parts["end"].minutes()
    note_ends(parts["start"], parts["end"], starts, ends)
    longitude, latitude = read_location(parts["location"])
    owner = np.repeat(np.arange(len(first) - 1), np.diff(first))
    # Not a number is unlike itself: nowhere must be the same place as nowhere.
    places = np.nan_to_num(longitude, nan=999.0), np.nan_to_num(latitude, nan=999.0)
    if not items.defects.is_broken(items.name):
        for one, again in repeated(owner, starts, ends, *places):
            at = f"{column.place(owner_of(first, one))}[{one - first[owner_of(first, one)]}]"
            needs = (at, *(parts[key].name for key in ("start", "end", "location")))
            items.defects.add(items.place(again), "duplicate_line", needs=needs, first=at)
    return Spans(first, starts, ends, longitude, latitude)

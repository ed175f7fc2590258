"""Which project a shift of the input belongs to: known by its name and its category."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from models.core import new_id
from services.database import rows
from services.imports.cells import CellRefused, shown
from services.imports.wanted import NewProject

KEY_MAX = 120


@dataclass(frozen=True, slots=True)
class _Known:
    id: UUID
    key: str
    name: str
    category: str | None
    published: bool


@dataclass(slots=True)
class Projects:
    """The projects of one organisation, and those that this input adds."""

    known: list[_Known]
    new: dict[tuple[str, str | None], NewProject] = field(default_factory=dict)
    drafts_used: set[UUID] = field(default_factory=set)

    def exactly(self, name: str, category: str | None, risk_statement: str) -> UUID:
        """The project with this name and category, made if there is none."""
        found = [each for each in self.known if (each.name, each.category) == (name, category)]
        if found:
            return self._used(min(found, key=lambda each: each.key))
        return self._new(name, category, risk_statement)

    def by_name(self, name: str, category: str | None, risk_statement: str) -> UUID:
        """The same, where no category may be any; raises CellRefused if two projects fit."""
        if category is None:
            found = [each for each in self.known if name in (each.name, each.key)]
            added = [each for (own, _), each in self.new.items() if own == name]
            if len(found) + len(added) > 1:
                raise CellRefused("ambiguous_project", name=shown(name))
            if found:
                return self._used(found[0])
            if added:
                return added[0].id
        return self.exactly(name, category, risk_statement)

    def _used(self, project: _Known) -> UUID:
        if not project.published:
            self.drafts_used.add(project.id)
        return project.id

    def _new(self, name: str, category: str | None, risk_statement: str) -> UUID:
        added = self.new.get((name, category))
        if added is None:
            key = self._free_key(name, category)
            added = NewProject(new_id(), key, name, category, risk_statement)
            self.new[name, category] = added
            if not risk_statement:
                self.drafts_used.add(added.id)
        return added.id

    def _free_key(self, name: str, category: str | None) -> str:
        """The name, or name and category, or with a number: the first that is free."""
        taken = {each.key for each in self.known} | {each.key for each in self.new.values()}
        tried = name if category is None else f"{name} / {category}"
        count = 1
        key = name
        while key in taken or len(key) > KEY_MAX:
            ending = "" if count == 1 else f" ({count})"
            key = tried[: KEY_MAX - len(ending)] + ending
            count += 1
        return key


async def load_projects(organisation_id: UUID) -> Projects:
    """The projects of an organisation itself, not of those under it."""
    found = await rows(
        "SELECT id, external_key, name, category, state FROM project WHERE organisation_id = $1",
        organisation_id,
    )
    return Projects([_known(row) for row in found])


def _known(row: Mapping[str, object]) -> _Known:
    return _Known(
        id=UUID(str(row["id"])),
        key=str(row["external_key"]),
        name=str(row["name"]),
        category=None if row["category"] is None else str(row["category"]),
        published=row["state"] == "published",
    )

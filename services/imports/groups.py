"""Groups by their names: the organisations at and under the one that imports."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from models.core import new_id
from services.database import rows
from services.imports.cells import CellRefused, one_line, parts, shown
from services.imports.wanted import NewGroup

_KNOWN_SHOWN = 8
NAME_MAX = 120

_SUBTREE = """
    WITH RECURSIVE below(id, name, parent_id, depth) AS (
        SELECT id, name, parent_id, 0 FROM organisation WHERE id = $1
        UNION ALL
        SELECT o.id, o.name, o.parent_id, b.depth + 1
        FROM organisation o JOIN below b ON o.parent_id = b.id
    ) SELECT id, name, parent_id FROM below ORDER BY depth, name, id
"""


@dataclass(frozen=True, slots=True)
class Groups:
    """The organisations at and under one, by id and by name."""

    organisation_id: UUID
    ids: frozenset[UUID]
    by_name: Mapping[str, tuple[UUID, ...]]
    children: Mapping[str, UUID]

    def named_in(self, text: str) -> frozenset[UUID]:
        """The groups that a cell lists; raises CellRefused for an unknown or ambiguous name."""
        return frozenset(self._named(one_line(name, NAME_MAX)) for name in parts(text))

    def _named(self, name: str) -> UUID:
        found = self.by_name.get(name, ())
        if len(found) == 1:
            return found[0]
        if found:
            raise CellRefused("ambiguous_group", name=shown(name))
        known = ", ".join(list(self.by_name)[:_KNOWN_SHOWN])
        raise CellRefused("unknown_group", name=shown(name), known=known)


async def load_groups(organisation_id: UUID) -> Groups:
    """The subtree of an organisation."""
    found = await rows(_SUBTREE, organisation_id)
    by_name: dict[str, list[UUID]] = defaultdict(list)
    for row in found:
        by_name[row["name"]].append(row["id"])
    return Groups(
        organisation_id=organisation_id,
        ids=frozenset(row["id"] for row in found),
        by_name={name: tuple(ids) for name, ids in by_name.items()},
        children={row["name"]: row["id"] for row in found if row["parent_id"] == organisation_id},
    )


def teams_for(names: Iterable[str], groups: Groups) -> tuple[dict[str, UUID], list[NewGroup]]:
    """An organisation right under ours for every name, and those that must be made first."""
    found: dict[str, UUID] = {}
    missing: list[NewGroup] = []
    for name in dict.fromkeys(names):
        known = groups.children.get(name)
        if known is None:
            known = new_id()
            missing.append(NewGroup(known, name))
        found[name] = known
    return found, missing


async def organisations_named(named: str) -> list[UUID]:
    """The organisations with this name, or the one with this id. For the command line."""
    found = await rows(
        "SELECT id FROM organisation WHERE name = $1 OR id::text = lower($1) ORDER BY id", named
    )
    return [row["id"] for row in found]

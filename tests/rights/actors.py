"""Everybody who can ask: visitors, people, every role at every height, every scope of a machine."""

from dataclasses import dataclass
from uuid import UUID

from models.core import RoleName
from services.rights import MATRIX, SCOPES, Actor, Grant, Right
from tests.rights.side import CITY_ID, Side

# Which parts of the data a role or a machine's scope opens at its node and below. Written down
# here a second time, by hand: `services.rights` has to agree.
OPENS: dict[str, frozenset[str]] = {
    "organiser": frozenset({"tree", "work", "people"}),
    "shift_lead": frozenset({"tree", "work"}),
    "reporter": frozenset({"tree", "work"}),
    "coordinator": frozenset({"tree", "work", "people"}),
    "auditor": frozenset({"tree", "audit"}),
    "node_administrator": frozenset({"tree", "work", "people", "rights", "reports"}),
    "system_administrator": frozenset({"tree", "rights"}),
    "security_administrator": frozenset({"tree", "rights"}),
    "audit_administrator": frozenset({"tree", "rights", "audit"}),
    "work:read": frozenset({"tree", "work"}),
    "work:write": frozenset({"tree", "work"}),
    "people:read": frozenset({"tree", "people"}),
    "people:write": frozenset({"tree", "people"}),
    "tags:write": frozenset({"tree", "people"}),
    "points:write": frozenset({"tree", "people"}),
    "hours:export": frozenset({"tree"}),
    "audit:read": frozenset({"tree", "audit"}),
}
# What lies at or below each node of a side.
BELOW = {
    "district": ("district", "street", "hood", "team"),
    "street": ("street", "hood", "team"),
    "hood": ("hood",),
    "team": ("team",),
}


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who asks: the name of the case, whom they act for, and what they hold where."""

    name: str
    side: str = "a"
    person: str | None = None
    ward: str | None = None
    role: str | None = None
    at: str | None = None

    @property
    def is_machine(self) -> bool:
        return self.role is not None and self.role in SCOPES

    @property
    def is_visitor(self) -> bool:
        return self.person is None and self.ward is None and self.role is None

    @property
    def rights(self) -> frozenset[Right]:
        """What the role or the scope holds at its node."""
        if self.role is None:
            return frozenset()
        return SCOPES[self.role] if self.is_machine else MATRIX[RoleName(self.role)]

    def node(self, sides: dict[str, Side]) -> UUID:
        return CITY_ID if self.at == "city" else sides[self.side].id(self.at or "")

    def actor(self, sides: dict[str, Side]) -> Actor | None:
        """The same as the services know it."""
        if self.is_visitor:
            return None
        here = sides[self.side]
        owner = self.person or ("guardian" if self.ward else None)
        role = None if self.role is None or self.is_machine else RoleName(self.role)
        grant = Grant(
            organisation_id=self.node(sides),
            role=role,
            machine_scope=self.role if self.is_machine else None,
        )
        return Actor(
            account_id=here.id(f"account of {owner or self.name}"),
            name=self.name,
            volunteer_id=here.id(self.person) if self.person else None,
            wards=(here.id(self.ward),) if self.ward else (),
            grants=(grant,) if self.role else (),
            is_machine=self.is_machine,
        )

    def opens(self, sides: dict[str, Side]) -> set[tuple[str, UUID]]:
        """Each part of the data at each node where they may see it."""
        if self.role is None:
            return set()
        if self.at == "city":
            reached = {CITY_ID} | {side.id(node) for side in sides.values() for node in BELOW}
        else:
            reached = {sides[self.side].id(node) for node in BELOW[self.at or ""]}
        return {(part, node) for part in OPENS[self.role] for node in reached}


ROLES = tuple(role.value for role in RoleName)
EVERYBODY: tuple[Who, ...] = (
    Who("visitor"),
    Who("ada", person="ada"),
    Who("ben", person="ben"),
    Who("guardian", ward="kid"),
    *(
        Who(f"{role} of {side}'s {node}", side=side, role=role, at=node)
        for role in ROLES
        for side, node in (("a", "hood"), ("a", "street"), ("a", "district"), ("b", "street"))
    ),
    *(Who(f"{role} of the city", role=role, at="city") for role in ROLES),
    *(Who(f"{scope} at the street", role=scope, at="street") for scope in SCOPES),
)
# Who asks at each address: everybody's kind once, at the node where things lie.
ASKERS: tuple[Who, ...] = (
    Who("visitor"),
    Who("ada", person="ada"),
    Who("ben", person="ben"),
    Who("guardian", ward="kid"),
    *(Who(f"{role} there", role=role, at="street") for role in ROLES),
    *(Who(scope, role=scope, at="street") for scope in SCOPES),
)
# The same roles one node up, for those who may: what they hold there is valid below.
ABOVE = {role: Who(f"{role} above", role=role, at="district") for role in ROLES}

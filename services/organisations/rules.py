"""What may lie under what, and which codes go together."""

from uuid import UUID

from models.core import OrganisationKind
from services import codes
from services.codes import CodeRefused
from services.database import rows
from services.errors import Conflict, Defect, Invalid

LEVELS = (
    OrganisationKind.CITY,
    OrganisationKind.DISTRICT,
    OrganisationKind.STREET,
    OrganisationKind.NEIGHBOURHOOD,
)
"""The levels of government, top down. A city without districts may skip one."""


def require_place(kind: OrganisationKind, parent: OrganisationKind) -> None:
    """A level lies under a higher one, every other body anywhere. Raises Conflict."""
    if kind not in LEVELS:
        return
    if parent not in LEVELS or LEVELS.index(parent) >= LEVELS.index(kind):
        raise Conflict("wrong_parent", kind=kind.value, parent_kind=parent.value)


def require_codes(
    kind: OrganisationKind, code: str | None, credit_code: str | None
) -> tuple[str | None, str | None]:
    """Both codes as they are kept, or nothing where none is given. Raises Invalid."""
    found: list[Defect] = []
    region = credit = None
    if code:
        if kind not in LEVELS:
            found.append(Defect("code", "region_code_of_a_level"))
        else:
            try:
                region = codes.region_code(kind, code)
            except CodeRefused as refusal:
                found.append(Defect("code", refusal.reason, parameters=refusal.facts))
    if credit_code:
        try:
            credit = codes.credit_code(credit_code)
        except CodeRefused as refusal:
            found.append(Defect("credit_code", refusal.reason, parameters=refusal.facts))
    if found:
        raise Invalid(found)
    return region, credit


async def require_code_of_parent(code: str | None, parent_id: UUID | None) -> None:
    """A code begins with that of the nearest node above that has one. Raises Invalid."""
    if code is None or parent_id is None:
        return
    above = await nearest_code(parent_id)
    if above is not None and not code.startswith(above["code"]):
        facts = {"parent": above["name"], "parent_code": above["code"]}
        raise Invalid([Defect("code", "code_not_of_parent", parameters=facts)])


async def nearest_code(organisation_id: UUID) -> dict[str, str] | None:
    """Name and code of the nearest node that has a region code: this one, or one above it."""
    found = await rows(
        "SELECT o.name, o.code FROM organisation_closure c JOIN organisation o "
        "ON o.id = c.ancestor_id WHERE c.descendant_id = $1 AND o.code IS NOT NULL "
        "ORDER BY length(o.code) DESC LIMIT 1",
        organisation_id,
    )
    return found[0] if found else None

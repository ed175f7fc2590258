"""The proof of a plan's bounds, for whoever planned it."""

import zlib
from uuid import UUID

import msgspec

from services import rights
from services.database import rows
from services.errors import NotFound
from services.rights import Actor, Right, acting
from services.rounds.reading import get

CERTIFICATE = "SELECT certificate FROM plan WHERE round_id = $1 AND certificate IS NOT NULL"


class RowProof(msgspec.Struct, frozen=True, kw_only=True):
    """Multipliers for the rules' rows, in units of two to the power of minus `bits`."""

    weights: list[int]
    held: bool
    bits: int
    rows: int
    row: list[int]
    multiplier: list[int]


class PlanCertificate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The proof of a plan's bounds, as `mulin check --certificate` takes it.

    `problem` names the problem by its digest. With `mulin.bound/1` there are `rows` and `proofs`:
    multipliers by which the rules are added up. With `mulin.bound.prices/1`, for large rounds,
    there are `seat`, `below`, `people` and `prices`: a price for each person, packed.
    """

    format: str
    problem: str
    rows: str | None = None
    proofs: list[RowProof] | None = None
    seat: int | None = None
    below: int | None = None
    people: int | None = None
    prices: str | None = None


@acting
async def certificate(actor: Actor, round_id: UUID) -> PlanCertificate:
    """The proof, for those who may plan the round; NotFound where the plan has none."""
    round_ = await get(actor, round_id)
    await rights.require(actor, Right.PLAN_ROUNDS, round_.organisation_id)
    found = await rows(CERTIFICATE, round_id)
    if not found:
        raise NotFound
    return msgspec.json.decode(zlib.decompress(found[0]["certificate"]), type=PlanCertificate)

"""The proof of a plan's bounds is for those who may plan, and is the very file that is checked."""

import zlib

import msgspec
import numpy as np
import pytest

from matcher.bounds.prices import PriceCertificate
from matcher.bounds.written import read_prices, write_prices
from models.core import Plan as PlanRow
from services import rounds
from services.errors import NotFound
from services.paging import PageQuery
from tests.services.rounds_world import World, at

pytestmark = pytest.mark.usefixtures("database")


async def test_without_a_proof_there_is_nothing_to_be_had() -> None:
    world = await World.make()
    await world.shift(at(0, 9))
    round_ = await world.proposed()

    assert round_.plan is not None
    assert not round_.plan.has_certificate
    with pytest.raises(NotFound):
        await rounds.certificate(world.organiser, round_.id)


async def test_prices_are_read_as_they_were_kept() -> None:
    world = await World.make()
    await world.shift(at(0, 9))
    asked = await world.proposed()
    certificate = PriceCertificate("0" * 64, 40, 20, np.array([0, 120, 7], np.int64))
    packed = zlib.compress(msgspec.json.encode(write_prices(certificate)))
    await PlanRow.filter(round_id=asked.id).update(certificate=packed)

    said = await rounds.certificate(world.organiser, asked.id)
    kept = read_prices(msgspec.json.encode(said))

    assert (kept.problem, kept.seat, kept.below) == ("0" * 64, 40, 20)
    assert kept.prices.tolist() == [0, 120, 7]
    summary = (await rounds.plan(world.organiser, asked.id, PageQuery())).summary
    assert summary.has_certificate


async def test_rows_are_read_as_they_were_kept() -> None:
    world = await World.make()
    await world.shift(at(0, 9))
    asked = await world.proposed()
    proof = {"weights": [0, 0, 1], "held": True, "bits": 20, "rows": 9, "row": [0, 8]}
    kept = {
        "format": "mulin.bound/1",
        "problem": "1" * 64,
        "rows": "2" * 64,
        "proofs": [{**proof, "multiplier": [2**61, -5]}],
    }
    packed = zlib.compress(msgspec.json.encode(kept))
    await PlanRow.filter(round_id=asked.id).update(certificate=packed)

    said = await rounds.certificate(world.organiser, asked.id)

    assert msgspec.json.decode(msgspec.json.encode(said)) == kept

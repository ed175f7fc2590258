"""The proof of a plan is offered to its organiser on the round's page, and comes as a file."""

import zlib

import pytest

from models.core import Plan as PlanRow
from services import clock
from services.settings import Settings
from tests.pages.scene import ORGANISER, Scene, plan_round
from tests.pages.visiting import Client, sign_in

PROOF = b'{"format":"mulin.bound/1","problem":"00","rows":"11","proofs":[]}'


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", ("怎么知道的", "下载证明")), ("en", ("How we know", "the proof"))],
)
async def test_the_proof_is_there_once_it_is_kept(
    client: Client, scene: Scene, settings: Settings, language: str, words: tuple[str, str]
) -> None:
    round_id = await plan_round(scene, clock.now(), settings)
    await sign_in(client, ORGANISER)
    headers = {"Accept-Language": language}
    place = f"/rounds/{round_id}/certificate"

    assert place not in (await client.get(f"/rounds/{round_id}", headers=headers)).text
    assert (await client.get(place)).status_code == 404
    await PlanRow.filter(round_id=round_id).update(certificate=zlib.compress(PROOF))

    page = await client.get(f"/rounds/{round_id}", headers=headers)
    assert place in page.text
    assert all(word in page.text for word in words)
    answer = await client.get(place)
    assert answer.content == PROOF
    assert answer.headers["content-disposition"].startswith("attachment; filename=")

"""One answer for one key, however often and however many at once ask."""

import asyncio
from datetime import timedelta

import pytest

from services import idempotency
from services.errors import Conflict
from services.idempotency import ABANDONED_AFTER, KeyReused, StoredAnswer
from tests.support.factories import NOW, make_city

ANSWER = StoredAnswer(status=201, body=b'{"id":"\xe4\xbd\xa0"}', headers={"Location": "/x/1"})


async def test_the_first_answer_is_given_again(database: str) -> None:
    _, boss = await make_city()
    key = (boss.account_id, "POST /x", "k")
    assert await idempotency.begin(*key, "f", NOW) is None
    with pytest.raises(Conflict, match="still_running"):
        await idempotency.begin(*key, "f", NOW)
    await idempotency.finish(*key, ANSWER)
    assert await idempotency.begin(*key, "f", NOW) == ANSWER
    await idempotency.finish(*key, StoredAnswer(status=500, body=b""))
    assert await idempotency.begin(*key, "f", NOW) == ANSWER


async def test_a_key_for_another_content_is_refused_running_or_answered(database: str) -> None:
    _, boss = await make_city()
    key = (boss.account_id, "POST /x", "k")
    await idempotency.begin(*key, "f", NOW)
    with pytest.raises(KeyReused):
        await idempotency.begin(*key, "g", NOW)
    await idempotency.finish(*key, ANSWER)
    with pytest.raises(KeyReused):
        await idempotency.begin(*key, "g", NOW)


async def test_keys_belong_to_an_account_and_a_route(database: str) -> None:
    _, boss = await make_city()
    _, other = await make_city()
    for key in (
        (boss.account_id, "POST /x", "k"),
        (boss.account_id, "POST /y", "k"),
        (other.account_id, "POST /x", "k"),
    ):
        assert await idempotency.begin(*key, "f", NOW) is None


async def test_ten_at_once_go_on_once(database: str) -> None:
    _, boss = await make_city()
    asked = [idempotency.begin(boss.account_id, "POST /x", "k", "f", NOW) for _ in range(10)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert answers.count(None) == 1
    assert {each.reason for each in answers if isinstance(each, Conflict)} == {"still_running"}


async def test_an_abandoned_key_is_free_and_an_answered_one_is_not(database: str) -> None:
    _, boss = await make_city()
    key = (boss.account_id, "POST /x", "k")
    await idempotency.begin(*key, "f", NOW)
    await idempotency.abandon(*key)
    assert await idempotency.begin(*key, "g", NOW) is None
    await idempotency.finish(*key, ANSWER)
    await idempotency.abandon(*key)
    assert await idempotency.begin(*key, "g", NOW) == ANSWER


async def test_a_request_whose_process_died_is_taken_over_once(database: str) -> None:
    _, boss = await make_city()
    key = (boss.account_id, "POST /x", "k")
    await idempotency.begin(*key, "f", NOW)
    later = NOW + ABANDONED_AFTER + timedelta(seconds=1)
    assert await idempotency.begin(*key, "f", later) is None
    with pytest.raises(Conflict, match="still_running"):
        await idempotency.begin(*key, "f", later)


async def test_old_answers_are_forgotten(database: str) -> None:
    _, boss = await make_city()
    key = (boss.account_id, "POST /x", "k")
    await idempotency.begin(*key, "f", NOW)
    await idempotency.finish(*key, ANSWER)
    assert await idempotency.purge(NOW + timedelta(hours=72), 72) == 0
    assert await idempotency.purge(NOW + timedelta(hours=73), 72) == 1
    assert await idempotency.begin(*key, "g", NOW) is None

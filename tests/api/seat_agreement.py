"""Random people ask for seats of random shifts at every door: the service, a program, a page.

What the one says the others say, and the matcher's own rules say it too. Every scene is played in a
transaction that is taken back, so that each stands alone; `make prove` plays many
(tests/proofs/reasons.py).
"""

import asyncio
import html
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from unittest.mock import patch

import httpx2
from hypothesis import HealthCheck, given, settings

from api import messages
from api.app import create_app
from services import claims, clock, scope, shifts
from services.claims import ClaimIn, SeatRefused
from services.database import open_runtime, rows
from services.errors import Conflict
from services.rights import Actor
from services.scope import SYSTEM
from services.settings import Settings
from services.shifts import Shift
from services.transactions import transaction
from tests.api.seat_rules import OUTSIDE_MATCHER, matcher_reasons
from tests.api.seat_scenes import Scene, make, scenes
from tests.support.factories import (
    NOW,
    SETTINGS,
)
from tests.support.pressing import PressingClient
from tests.support.signing import as_outside, token_of

NO_CONSENT = "guardian_consent_missing"
ADDRESS = "http://mulin.test"


def agree(url: str, examples: int) -> Counter[str]:
    """How often each answer was given, all doors having given the same each time."""
    counted: Counter[str] = Counter()
    with asyncio.Runner() as runner, patch.object(clock, "now", lambda: NOW):
        house = runner.run(House.open(url))

        @settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(scenes())
        def hold(scene: Scene) -> None:
            counted.update(runner.run(house.play(scene)))

        try:
            hold()
        finally:
            runner.run(house.opened.aclose())
    return counted


@dataclass
class House:
    """The application in this process."""

    http: PressingClient
    opened: AsyncExitStack

    @classmethod
    async def open(cls, url: str) -> "House":
        scope.begin(SYSTEM)
        opened = AsyncExitStack()
        await opened.enter_async_context(open_runtime(url))
        app = as_outside(create_app(Settings(database_url=url, address=ADDRESS)))
        http = PressingClient(
            transport=httpx2.ASGITransport(app=app),
            base_url=ADDRESS,
            headers={"Sec-Fetch-Site": "same-origin", "Accept-Language": "zh-CN"},
        )
        return cls(await opened.enter_async_context(http), opened)

    async def play(self, scene: Scene) -> list[str]:
        """What was answered to each who asked."""
        async with undone():
            people, there = await make(scene)
            tokens = [await token_of(each.account_id) for each in people]
            answers = [
                await self._answer(people[who], tokens[who], there[what])
                for who, what in scene.asks
            ]
            # What the database looks at only when all is written.
            await rows("SET CONSTRAINTS ALL IMMEDIATE")
        return answers

    async def _answer(self, actor: Actor, token: str, shift: Shift) -> str:
        """What all of them say: `taken`, or the reason."""
        command = ClaimIn(risk_statement_version=shift.risk_statement_version)
        against = await matcher_reasons(actor, shift)
        may = await claims.may_claim(actor, shift.id, command, NOW, SETTINGS)
        program, page = await self._program(token, shift), await self._page(token, shift)
        try:
            made = await claims.claim(actor, shift.id, command, NOW, SETTINGS)
        except Conflict as refused:
            reason = refused.reason
            # That a seat may be had says nothing of a guardian's yes, which can still be had.
            assert not may or reason == NO_CONSENT, reason
            assert reason in against | OUTSIDE_MATCHER, (reason, against)
            await self._same_refusal(actor, refused, program, page)
            return reason
        assert may
        assert against == set(), against
        assert program.status_code == 201, program.text
        assert program.json()["state"] == made.state.value
        assert (page.status_code, page.headers["location"]) == (303, f"/shifts/{shift.id}")
        return "taken"

    async def _same_refusal(
        self, actor: Actor, refused: Conflict, program: httpx2.Response, page: httpx2.Response
    ) -> None:
        problem, text = program.json(), html.unescape(page.text)
        said = messages.say(refused.reason, refused.parameters, "zh", SETTINGS.zone)
        assert (problem["code"], problem["detail"]) == (refused.reason, said.detail)
        if refused.reason == "already_claimed":  # A second tap on the button: all is well.
            assert page.status_code == 303
            return
        if refused.reason == NO_CONSENT:  # The page does not leave it at a no: it asks them.
            assert page.headers["location"].endswith("#guardian")
            return
        assert (page.status_code, said.detail in text) == (409, True), (refused.reason, text)
        instead = refused.alternatives.items if isinstance(refused, SeatRefused) else []
        named = problem.get("alternatives", {}).get("items", [])
        assert [each["shift_id"] for each in named] == [str(each.shift_id) for each in instead]
        for each in instead:
            assert f'href="/shifts/{each.shift_id}"' in text
            wish = ClaimIn(role=each.role_key, risk_statement_version=1)
            assert await claims.may_claim(actor, each.shift_id, wish, NOW, SETTINGS)
            against = await matcher_reasons(actor, await shifts.get(actor, each.shift_id))
            assert against == set(), against

    async def _program(self, token: str, shift: Shift) -> httpx2.Response:
        async with undone():
            self.http.cookies.clear()
            return await self.http.request(
                "POST",
                f"/api/v1/shifts/{shift.id}/claims",
                json={"risk_statement_version": shift.risk_statement_version},
                headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "once"},
            )

    async def _page(self, token: str, shift: Shift) -> httpx2.Response:
        async with undone():
            self.http.cookies.set("mulin", token)
            form = {"version": str(shift.risk_statement_version), "role": ""}
            return await self.http.post(f"/shifts/{shift.id}/claims", data=form)


class Undone(Exception):
    """Takes back what was done."""


@asynccontextmanager
async def undone() -> AsyncIterator[None]:
    """What is done in this block is taken back at its end."""
    try:
        async with transaction():
            yield
            raise Undone
    except Undone:
        pass

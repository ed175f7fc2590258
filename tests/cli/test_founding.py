"""`mulin found` and `mulin account`: from an empty database to a first sign-in."""

import os
import subprocess
import sys

import pytest

from services import accounts, clock
from services.accounts import Asks, Caller, Session, SignIn, Step, TotpProof
from services.accounts.totp import code_at
from services.database import open_runtime
from services.settings import Settings
from tests.support.lease import CHECKOUT

PASSWORD = "correct horse battery"


def _mulin(database_url: str, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        input=typed,
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        env=os.environ | {"DATABASE_URL": database_url, "LANG": "en_US.UTF-8"},
    )


async def _sign_in(name: str, password: str = PASSWORD) -> Session:
    """The first sign-in: it sets up an authenticator."""
    now = clock.now()
    command = SignIn(name=name, password=password)
    step = await accounts.sign_in(command, Caller(), now, Settings())
    assert isinstance(step, Step)
    assert step.asks is Asks.ENROLMENT
    proof = TotpProof(step=step.step, totp=code_at(step.secret, now))
    return await accounts.enrol(proof, Caller(), now, Settings())


async def test_the_first_administrators_of_a_founded_city_can_sign_in(database_url: str) -> None:
    founded = _mulin(database_url, "found", "上海市")
    assert founded.returncode == 0, founded.stderr
    assert "two administrators" in founded.stderr

    account = ("account", "city-office", "--organisation", "上海市")
    made = _mulin(database_url, *account, typed=f"{PASSWORD}\n")
    assert made.returncode == 0, made.stderr
    watcher = ("account", "watcher", "--organisation", "上海市", "--role", "audit_administrator")
    assert _mulin(database_url, *watcher, typed=f"{PASSWORD}\n").returncode == 0
    async with open_runtime(database_url):
        one, two = await _sign_in("city-office"), await _sign_in("watcher")
    assert {grant.role for grant in one.actor.grants} == {"organiser", "node_administrator"}
    assert [grant.role for grant in two.actor.grants] == ["audit_administrator"]

    lost = _mulin(database_url, "account", "city-office", "--renew", typed="another horse here\n")
    assert lost.returncode == 0, lost.stderr
    async with open_runtime(database_url):
        assert await accounts.actor_of(one.token, clock.now()) is None
        await _sign_in("city-office", "another horse here")


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (("account", "x", "--organisation", "nowhere"), PASSWORD, "organisation_unknown"),
        (("account", "x", "--organisation", "上海市"), "short", "at least 12 characters"),
        (
            ("account", "a-name-like-this", "--organisation", "上海市"),
            "A-Name-Like-This",
            "cannot be the name",
        ),
        (("account", "nobody", "--renew"), PASSWORD, "account_unknown"),
    ],
)
def test_a_refused_account_is_one_sentence(
    database_url: str, arguments: tuple[str, ...], typed: str, said: str
) -> None:
    assert _mulin(database_url, "found", "上海市").returncode == 0

    refused = _mulin(database_url, *arguments, typed=f"{typed}\n")

    assert refused.returncode == 1
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr

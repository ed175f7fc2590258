"""`mulin found` and `mulin account`: from an empty database to a first sign-in."""

import subprocess
import sys

import pytest

from services import accounts, clock
from services.accounts import SignIn
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
        env={"DATABASE_URL": database_url, "LANG": "en_US.UTF-8", "PATH": "/usr/bin:/bin"},
    )


async def test_an_organiser_of_a_founded_city_can_sign_in(database_url: str) -> None:
    assert _mulin(database_url, "found", "上海市").returncode == 0

    made = _mulin(
        database_url, "account", "city-office", "--organisation", "上海市", typed=f"{PASSWORD}\n"
    )

    assert made.returncode == 0, made.stderr
    async with open_runtime(database_url):
        session = await accounts.sign_in(
            SignIn(name="city-office", password=PASSWORD), clock.now(), Settings()
        )
    assert session.actor.role.value == "organiser"


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (("account", "x", "--organisation", "nowhere"), PASSWORD, "organisation_unknown"),
        (("account", "x", "--organisation", "上海市"), "short", "at least 12 characters"),
        (
            ("account", "x", "--organisation", "上海市", "--volunteer", "V1"),
            PASSWORD,
            "volunteer_unknown",
        ),
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

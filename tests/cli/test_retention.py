"""`mulin retention run` as a person runs it: counts, the dry run, and the cap told loudly."""

import os
import subprocess
import sys
from datetime import timedelta
from uuid import UUID

from models.core import Erasure, Volunteer
from services import clock
from tests.support.factories import make_city, make_volunteer
from tests.support.lease import CHECKOUT


def retention(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`mulin retention run …` on this database, in English."""
    return subprocess.run(
        [sys.executable, "-m", "cli", "retention", "run", *arguments],
        cwd=CHECKOUT,
        env=os.environ | {"DATABASE_URL": url, "LANG": "en_GB.UTF-8", "LC_ALL": "en_GB.UTF-8"},
        capture_output=True,
        text=True,
        timeout=120,
    )


async def long_gone(*people: UUID) -> None:
    ago = clock.now() - timedelta(days=4 * 365)
    await Volunteer.filter(id__in=people).update(active_at=ago, created_at=ago)


async def test_a_dry_run_counts_a_run_tells_and_too_many_stop_it(database: str) -> None:
    _, boss = await make_city()
    one, two = await make_volunteer(boss), await make_volunteer(boss)
    await long_gone(one.id)
    dry = retention(database, "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert "Not heard of for years: 1" in dry.stdout
    assert "nothing was written" in dry.stdout
    assert await Erasure.all().count() == 0
    done = retention(database)
    assert (done.returncode, await Erasure.all().count()) == (0, 1), done.stderr
    third = await make_volunteer(boss)
    await long_gone(two.id, third.id)
    stopped = retention(database)
    assert stopped.returncode == 3
    assert "nobody was touched" in stopped.stderr
    assert await Erasure.all().count() == 1

"""What comes once on each local day: a tick asks often, and the first one of the day does it."""

from jobs.app import app, settings
from jobs.running import run_async
from services import ages, clock, skills
from services.daily import once_a_day

AGES_SECONDS_MAX = 900  # Less than after which the broker takes the message for lost.


@app.task(name="mulin.keep_ages", time_limit=AGES_SECONDS_MAX)
def keep_ages() -> None:
    """Set everybody's whole years of age as of today."""
    today = clock.now().astimezone(settings.zone).date()
    run_async(once_a_day("keep_ages", today, lambda: ages.keep_ages(today)))


REMIND_FROM_HOUR, REMIND_UNTIL_HOUR = 9, 20  # Nobody is woken up by a certificate.


@app.task(name="mulin.remind_of_skills", time_limit=600)
def remind_of_skills() -> None:
    """Tell people whose skills are about to end, or have ended, once each and by day."""
    now = clock.now().astimezone(settings.zone)
    if REMIND_FROM_HOUR <= now.hour < REMIND_UNTIL_HOUR:
        run_async(skills.remind(now.date()))

"""What is done again and again: due times are columns that these look at.

Each is safe to run twice, at once and late.
"""

from jobs.app import app, settings
from jobs.running import run_async
from services import (
    accounts,
    approvals,
    attendance,
    claims,
    clock,
    finding,
    forms,
    idempotency,
    imports,
    my_record,
    offers,
    outbox,
    planning,
    roles,
    rounds,
    search_words,
)
from services.my_shifts import answering, buddies, reminders, series_following
from services.notifications import offering, sending


@app.task(name="mulin.expire_offers", time_limit=60)
def expire_offers() -> None:
    """End the offers whose deadline has passed."""
    run_async(offers.expire_due(clock.now()))


@app.task(name="mulin.give_free_seats", time_limit=120)
def give_free_seats() -> None:
    """Hold the draws that are due, and offer what is free to whoever waits for it."""
    run_async(_give_free_seats())


async def _give_free_seats() -> None:
    now = clock.now()
    await claims.draw_due(now, settings)
    await claims.offer_due(now, settings)


@app.task(name="mulin.close_stays", time_limit=60)
def close_stays() -> None:
    """End the stays of those who forgot to check out; remind of disputes that nobody answered."""
    run_async(_close_stays())


async def _close_stays() -> None:
    now = clock.now()
    await attendance.close_due(now, settings)
    await my_record.remind_due(now)


@app.task(name="mulin.end_what_is_over", time_limit=60)
def end_what_is_over() -> None:
    """End the roles whose time is over, and the requests that nobody decided in time."""
    run_async(_end_what_is_over())


async def _end_what_is_over() -> None:
    now = clock.now()
    await roles.end_due(now)
    await approvals.expire_due(now)


@app.task(name="mulin.keep_promises", time_limit=120)
def keep_promises() -> None:
    """End what nobody took or answered in time: searches for stand-ins, moves, groups."""
    run_async(_keep_promises())


async def _keep_promises() -> None:
    now = clock.now()
    await answering.end_unanswered(now)
    await answering.end_unfilled(now)
    await buddies.end_over(now)


@app.task(name="mulin.remind_of_shifts", time_limit=120)
def remind_of_shifts() -> None:
    """Remind people of their shifts, each at their own time."""
    run_async(_remind_of_shifts())


async def _remind_of_shifts() -> None:
    now = clock.now()
    await reminders.plan(now, settings)
    await reminders.send_due(now)


@app.task(name="mulin.follow_series", time_limit=300)
def follow_series() -> None:
    """Claim new shifts for those who come every week."""
    run_async(series_following.follow(clock.now(), settings))


@app.task(name="mulin.sweep_rounds", time_limit=60)
def sweep_rounds() -> None:
    """Ask again for rounds whose worker died or whose message was lost."""
    run_async(_sweep_rounds())


async def _sweep_rounds() -> None:
    await planning.sweep(clock.now(), settings)
    await planning.sweep_parts()
    await rounds.ask_again_to_publish(clock.now())


@app.task(name="mulin.mark_stale_rounds", time_limit=300)
def mark_stale_rounds() -> None:
    """Notice proposed rounds whose data moved."""
    run_async(planning.mark_stale(clock.now()))


@app.task(name="mulin.tell_of_offers", time_limit=60)
def tell_of_offers() -> None:
    """Tell people of the offers that they do not know of yet."""
    run_async(offering.tell(clock.now()))


@app.task(name="mulin.ask_again_for_messages", time_limit=60)
def ask_again_for_messages() -> None:
    """Ask for the delivery of messages that are due, failed, or were lost on the way."""
    run_async(sending.ask_again(clock.now()))


@app.task(name="mulin.cut_words", time_limit=300)
def cut_words() -> None:
    """Cut the words by which shifts are found, where an import or a new name left them to us."""
    run_async(search_words.fill_all())


@app.task(name="mulin.purge", time_limit=300)
def purge() -> None:
    """Forget what is kept for a time only."""
    run_async(_purge())


async def _purge() -> None:
    now = clock.now()
    await outbox.purge(now)
    await idempotency.purge(now, settings.idempotency_hours)
    await accounts.purge(now)
    await sending.purge(now)
    await forms.purge(now)
    await imports.forget_unused(now)
    await finding.purge(now)

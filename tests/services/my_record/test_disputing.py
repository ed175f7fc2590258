"""Saying that a record is not so, and what becomes of it."""

import pytest

from models.core import DisputeState, Evidence
from services import attendance, erasing, my_record, own_data, served
from services.attendance import LeadIn
from services.database import rows
from services.errors import Conflict, Forbidden, NotFound
from services.my_record import EnteredBy, StayState
from services.paging import PageQuery
from services.scope import as_system
from tests.services.attendance.world import IN, OUT, SETTINGS
from tests.services.my_record.world import WRONG, Past, make_past, told
from tests.support.factories import NOW, TODAY, make_city, make_organiser, make_person, node_of

DAY = 24 * 60.0
END = 120.0  # of the shift, in minutes after its start


async def noted(past: Past) -> None:
    """Ada came by code and was checked out by the lead an hour later."""
    await past.day.scans(past.day.ada, IN, 0)
    await past.day.taps(past.day.adas, OUT, 60)


@pytest.mark.parametrize("by_lead", [False, True])
async def test_a_stay_can_be_disputed_for_seven_days(by_lead: bool, database: str) -> None:
    """From the end of the shift; from a later entry of somebody else's on."""
    past = await make_past()
    await past.day.scans(past.day.ada, IN, 0)
    last = END + 7 * DAY
    if by_lead:
        await past.day.taps(past.day.adas, OUT, 170)
        last = 170 + 7 * DAY
    else:
        await past.day.scans(past.day.ada, OUT, 170)
    assert (await past.line(last)).can_dispute
    assert (await past.line(last)).dispute_until == past.day.at(last)
    assert not (await past.line(last + 0.1)).can_dispute
    with pytest.raises(Conflict, match="dispute_too_late"):
        await past.disputes(last + 0.1)
    said = await past.disputes(last)
    assert (said.state, said.text) == (DisputeState.OPEN, WRONG.text)
    assert said.due_at == past.day.at(last + 7 * DAY)


async def test_it_is_said_by_the_person_once_and_kept_secret(database: str) -> None:
    past = await make_past()
    with pytest.raises(Conflict, match="no_stay"):
        await past.disputes()
    await noted(past)
    for who in (past.day.ben, past.day.boss, past.day.lead):
        with pytest.raises(NotFound):
            await past.disputes(who=who)
    said = await past.disputes()
    with pytest.raises(Conflict, match="disputed_already"):
        await past.disputes()
    [stored] = await as_system(rows)("SELECT text_cipher FROM dispute")
    assert WRONG.text.encode() not in stored["text_cipher"]
    assert [each["account_id"] for each in await told("dispute_made")] == [
        past.day.boss.account_id,
        past.judge.account_id,
    ]
    line = await past.line()
    assert (line.state, line.can_dispute) == (StayState.DISPUTED, False)
    assert line.holdings[0].since == said.made_at == past.day.at(DAY)
    assert (await past.totals()).disputed_minutes == 60


async def test_who_led_or_entered_it_does_not_decide(database: str) -> None:
    """Nor its person, whatever roles they hold; and without the right nobody at all (A8)."""
    past = await make_past()
    day = past.day
    await day.scans(day.ada, IN, 0)
    await attendance.by_hand(day.boss, day.adas, attendance.ByHandIn(way=OUT), day.at(60), SETTINGS)
    said = await past.disputes()
    with pytest.raises(Conflict, match="dispute_needs_another"):
        await past.decides(said.id, "stands", who=day.boss)
    named = LeadIn(account_name=past.judge.name)
    led = await attendance.name_lead(day.boss, day.shift.id, named, NOW)
    await attendance.end_lead(day.boss, day.shift.id, led.id, NOW)
    with pytest.raises(Conflict, match="dispute_needs_another"):
        await past.decides(said.id, "stands", who=past.judge)
    node = node_of(day.boss)
    oneself = (await make_organiser(node)).__class__(
        account_id=day.ada.account_id,
        name="ada",
        volunteer_id=day.ada.volunteer_id,
        grants=day.boss.grants,
    )
    with pytest.raises(Conflict, match="dispute_needs_another"):
        await past.decides(said.id, "struck", who=oneself)
    for who in (day.lead, day.ben):
        with pytest.raises(NotFound):
            await past.decides(said.id, "stands", who=who)
    assert (await past.decides(said.id, "stands", who=await make_organiser(node))).state == (
        "rejected"
    )


async def test_what_stands_is_answered_and_not_asked_again(database: str) -> None:
    past = await make_past()
    await noted(past)
    said = await past.disputes()
    done = await past.decides(said.id, "stands")
    assert (done.state, done.answer) == (DisputeState.REJECTED, "核对了签到表。")
    with pytest.raises(Conflict, match="dispute_decided"):
        await past.decides(said.id, "struck")
    with pytest.raises(Conflict, match="dispute_answered"):
        await past.disputes(DAY + 1)
    entry = await past.entry()
    assert (entry.line.state, entry.former) == (StayState.NOTED, [])
    assert [each.answer for each in entry.disputes] == [done.answer]
    [line] = await told("dispute_rejected")
    assert line["volunteer_id"] == past.day.ada.volunteer_id


async def test_a_correction_keeps_what_stood_before(database: str) -> None:
    past = await make_past()
    await noted(past)
    said = await past.disputes()
    await past.decides(said.id, "corrected", out_at=past.day.at(90))
    entry = await past.entry()
    came, left = entry.line.stay.came, entry.line.stay.left
    assert left is not None
    assert (came.evidence, came.by) == (Evidence.QR, EnteredBy.SELF)
    assert (left.at, left.evidence, left.by) == (
        past.day.at(90),
        Evidence.DECISION,
        EnteredBy.ORGANISER,
    )
    assert (entry.line.state, entry.line.stay.minutes) == (StayState.CORRECTED, 90)
    assert entry.line.stay.corrected_at == past.day.at(DAY)
    [before] = entry.former
    assert before.left is not None
    assert (before.minutes, before.left.by) == (60, EnteredBy.LEAD)
    [line] = await told("dispute_upheld")
    assert line["about"] == past.day.adas
    # Somebody else changed it just now, so there are seven days anew, and another one decides.
    again = await past.disputes(DAY + 7 * DAY)
    with pytest.raises(Conflict, match="dispute_needs_another"):
        await past.decides(again.id, "struck")


async def test_whoever_was_never_there_gave_nothing(database: str) -> None:
    """The answer to being signed up without knowing: struck out, and still to be read."""
    past = await make_past()
    await past.day.taps(past.day.adas, IN, 0)
    await attendance.close_due(past.day.at(999), SETTINGS)
    said = await past.disputes()
    await past.decides(said.id, "struck")
    entry = await past.entry()
    assert (entry.line.state, entry.line.stay.minutes) == (StayState.STRUCK, 0)
    assert [each.minutes for each in entry.former] == [120]
    assert (await past.totals()).minutes == 0
    assert past.day.ada.volunteer_id is not None
    given = await served.of_person(past.day.ada, past.day.ada.volunteer_id, today=TODAY)
    assert given.lines == []
    # Neither the lead's word nor a late scan brings it back.
    with pytest.raises(Conflict, match="nothing_to_confirm"):
        await attendance.confirm(
            past.day.lead, past.day.adas, attendance.ConfirmIn(), past.day.at(DAY), SETTINGS
        )
    assert (await past.day.scans(past.day.ada, OUT, 60, sent=DAY + 1)).is_struck


async def test_times_lie_within_the_shift_and_the_past(database: str) -> None:
    past = await make_past()
    await past.day.scans(past.day.ada, IN, 0)
    said = await past.disputes(5)
    with pytest.raises(Conflict, match="stay_running"):
        await past.decides(said.id, "struck", 6)
    await past.day.taps(past.day.adas, OUT, 60)
    at = past.day.at
    for times, now, reason in (
        ({"in_at": at(-16)}, DAY, "outside_shift"),
        ({"out_at": at(END + 61)}, DAY, "outside_shift"),
        ({"out_at": at(100)}, 90, "outside_shift"),
        ({"in_at": at(61)}, DAY, "out_before_in"),
    ):
        with pytest.raises(Conflict, match=reason):
            await past.decides(said.id, "corrected", now, **times)
    times = {"in_at": at(-15), "out_at": at(END + 60)}
    await past.decides(said.id, "corrected", DAY, **times)
    assert (await past.line()).stay.minutes == 195


async def test_organisers_read_the_disputes_of_their_shifts(database: str) -> None:
    past = await make_past()
    await noted(past)
    said = await past.disputes()
    now, shift = past.day.at(DAY), past.day.shift.id
    [case] = (await my_record.list_of_shift(past.judge, shift, PageQuery(), now, SETTINGS)).items
    assert (case.dispute.text, case.can_decide) == (WRONG.text, True)
    assert (await my_record.get_dispute(past.judge, said.id)).text == WRONG.text
    assert (await my_record.get_dispute(past.day.ada, said.id)).id == said.id
    _, elsewhere = await make_city()
    for who in (elsewhere, past.day.ben, await make_person(past.day.boss)):
        with pytest.raises(NotFound):
            await my_record.get_dispute(who, said.id)
        with pytest.raises((NotFound, Forbidden)):
            await my_record.list_of_shift(who, shift, PageQuery(), now, SETTINGS)


async def test_what_nobody_answers_is_reminded_of_once(database: str) -> None:
    past = await make_past()
    await noted(past)
    said = await past.disputes()
    due = DAY + 7 * DAY
    assert await my_record.remind_due(past.day.at(due - 0.1)) == 0
    assert await my_record.remind_due(past.day.at(due)) == 1
    assert await my_record.remind_due(past.day.at(due + DAY)) == 0
    assert len(await told("dispute_overdue")) == 2
    await past.decides(said.id, "stands", due + DAY)


async def test_whoever_is_forgotten_takes_their_words_along(database: str) -> None:
    past = await make_past()
    await noted(past)
    await past.decides((await past.disputes()).id, "corrected", out_at=past.day.at(90))
    await past.disputes(2 * DAY)
    ada = past.day.ada.volunteer_id
    assert ada is not None
    file = await own_data.export(past.day.ada, ada, past.day.at(3 * DAY), today=TODAY)
    assert [each.text for each in file.disputes] == [WRONG.text, WRONG.text]
    assert [each.number for each in file.former_attendances] == [1]
    await as_system(erasing.erase_person)(ada, past.day.at(3 * DAY))
    left = await as_system(rows)("SELECT state, text_cipher, answer_cipher FROM dispute")
    assert [tuple(row.values()) for row in left] == [("upheld", None, None)]

"""Whole years, kept by a daily job."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.core import Guardianship, GuardianshipState, Volunteer
from services import ages, volunteers
from services.birth import age_on, grows_on
from services.daily import once_a_day
from services.database import rows
from tests.support.factories import TODAY, make_account, make_city, make_volunteer


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 120))
def test_the_day_on_which_somebody_gets_older_is_the_day_after_the_birthday(
    born: date, age: int
) -> None:
    day = grows_on(born, age)
    assert age_on(born, day) == age + 1
    assert age_on(born, day - timedelta(days=1)) == age


async def test_ages_follow_the_days_and_a_second_run_changes_nothing(database: str) -> None:
    _, boss = await make_city()
    leap = await make_volunteer(boss, birth_date=date(2008, 2, 29))
    autumn = await make_volunteer(boss, birth_date=date(2008, 11, 21))
    assert (leap.age, autumn.age) == (18, 17)  # The birthday itself does not count yet.

    seen = []
    for day in (TODAY, date(2026, 11, 22), date(2027, 2, 28), date(2027, 3, 1)):
        kept = await ages.keep_ages(day, batch_people=1)
        seen.append((kept.looked_at, kept.changed, await ages_of(leap.id, autumn.id)))
        assert (await ages.keep_ages(day)).changed == 0

    assert seen == [
        (2, 0, [18, 17]),
        (2, 1, [18, 18]),
        (2, 0, [18, 18]),
        (2, 1, [19, 18]),
    ]


async def test_who_is_eighteen_answers_alone_and_both_are_told(database: str) -> None:
    _, boss = await make_city()
    ward = await make_volunteer(boss, birth_date=date(2008, 11, 21), phone="13800138001")
    parent = await make_volunteer(boss, phone="13800138002")
    guardian = await make_account(volunteer_id=parent.id)
    await Guardianship.create(
        ward_id=ward.id,
        guardian_id=guardian.account_id,
        relation="parent",
        state=GuardianshipState.VERIFIED,
        decided_by=boss.account_id,
    )

    assert (await ages.keep_ages(TODAY)).grown_up == 0
    assert (await ages.keep_ages(TODAY + timedelta(days=1))).grown_up == 1

    assert (await Guardianship.get(ward_id=ward.id)).state is GuardianshipState.ENDED
    told = {row["kind"] for row in await rows("SELECT kind FROM message")}
    assert told == {"grown_up", "ward_grown_up"}


async def test_a_corrected_birth_date_leaves_no_minor_among_those_who_may_be_called(
    database: str,
) -> None:
    _, boss = await make_city()
    ada = await make_volunteer(boss)
    await Volunteer.filter(id=ada.id).update(is_on_call=True)
    wanted = volunteers.VolunteerIn(name=ada.name, birth_date=date(2010, 1, 1))

    await volunteers.replace(boss, ada.id, wanted, None, today=TODAY)

    found = await Volunteer.get(id=ada.id)
    assert (found.age, found.is_on_call) == (16, False)


async def test_a_day_is_done_once_and_only_when_it_has_ended(database: str) -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(len(done))

    async def fail() -> None:
        raise ValueError

    try:
        await once_a_day("job", TODAY, fail)
    except ValueError:
        assert await once_a_day("job", TODAY, work)
    assert not await once_a_day("job", TODAY, work)
    assert await once_a_day("job", TODAY + timedelta(days=1), work)
    assert await once_a_day("other", TODAY, work)
    assert done == [0, 1, 2]


async def ages_of(*ids: object) -> list[int]:
    return [(await Volunteer.get(id=each)).age for each in ids]

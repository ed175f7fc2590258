"""Sign-in by password and authenticator, and sessions: who gets one, how long, and why it ends."""

from datetime import timedelta
from uuid import uuid4

import pytest

from models.core import SignInFailure, SignInMethod, SignInSession
from services import accounts
from services.accounts import (
    Asks,
    Caller,
    PasswordChange,
    Session,
    SignIn,
    Step,
    StepGone,
    TooManyAttempts,
    TotpProof,
    passwords,
    totp,
)
from services.accounts.staff import FAILURES_MAX, FAILURES_WINDOW
from services.accounts.totp import code_at
from services.database import rows
from services.errors import Conflict, Forbidden, Invalid, NotFound, NotSignedIn
from services.rights import Actor
from tests.support.factories import (
    NOW,
    PASSWORD,
    SETTINGS,
    make_account,
    make_city,
    make_person,
    make_volunteer,
    organiser_at,
)

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # The one of RFC 6238, appendix B.
SECOND = timedelta(seconds=1)
HERE = Caller(address="192.0.2.7", device="Chrome · Android")


async def make_staff(name: str = "ada", *, secret: str | None = SECRET) -> Actor:
    city, _ = await make_city()
    return await accounts.create_account(name, PASSWORD, *organiser_at(city.id), totp_secret=secret)


async def sign_in(actor: Actor, at: timedelta = timedelta(), **caller: str) -> Session:
    now = NOW + at
    command = SignIn(name=actor.name, password=PASSWORD, totp=code_at(SECRET, now))
    found = await accounts.sign_in(command, Caller(**caller), now, SETTINGS)
    assert isinstance(found, Session)
    return found


async def fail(name: str, password: str = "wrong") -> str:
    with pytest.raises(NotSignedIn) as caught:
        await accounts.sign_in(SignIn(name=name, password=password), HERE, NOW, SETTINGS)
    return caught.value.reason


async def test_a_session_names_its_actor_until_it_ends(database: str) -> None:
    boss = await make_staff()
    session = await sign_in(boss)
    assert session.actor.grants == tuple(sorted(boss.grants, key=lambda each: each.role or ""))
    assert session.expires_at == NOW + timedelta(days=SETTINGS.session_days)
    assert await accounts.actor_of(session.token, NOW) == session.actor
    assert await accounts.actor_of(session.token, session.expires_at) is None
    assert await accounts.why_ended(session.token, session.expires_at) == "expired"


async def test_a_password_alone_gives_no_session(database: str) -> None:
    boss = await make_staff()
    command = SignIn(name=boss.name, password=PASSWORD)
    step = await accounts.sign_in(command, HERE, NOW, SETTINGS)
    assert isinstance(step, Step)
    assert (step.asks, step.secret) == (Asks.TOTP, "")
    assert await SignInSession.all().count() == 0
    proof = TotpProof(step=step.step, totp=code_at(SECRET, NOW))
    session = await accounts.answer_totp(proof, HERE, NOW, SETTINGS)
    assert session.actor.is_staff
    with pytest.raises(StepGone):
        await accounts.answer_totp(proof, HERE, NOW + timedelta(minutes=1), SETTINGS)


async def test_the_first_sign_in_sets_up_an_authenticator(database: str) -> None:
    boss = await make_staff(secret=None)
    command = SignIn(name=boss.name, password=PASSWORD, totp="000000")
    one, other = [await accounts.sign_in(command, HERE, NOW, SETTINGS) for _ in range(2)]
    assert isinstance(one, Step)
    assert isinstance(other, Step)
    assert one.asks is Asks.ENROLMENT
    assert one.secret != other.secret
    assert one.uri.startswith("otpauth://totp/Mulin")
    wrong = TotpProof(step=one.step, totp=code_at(other.secret, NOW))
    with pytest.raises(NotSignedIn, match="totp_wrong"):
        await accounts.enrol(wrong, HERE, NOW, SETTINGS)
    right = TotpProof(step=one.step, totp=code_at(one.secret, NOW))
    assert (await accounts.enrol(right, HERE, NOW, SETTINGS)).actor.is_staff
    # Whoever knows only the password cannot put another authenticator in its place.
    late = TotpProof(step=other.step, totp=code_at(other.secret, NOW))
    with pytest.raises(NotSignedIn, match="totp_wrong"):
        await accounts.enrol(late, HERE, NOW, SETTINGS)
    assert one.secret not in str(await rows("SELECT * FROM account, sign_in_step"))


@pytest.mark.parametrize(("seconds", "code"), [(59, "287082"), (1111111109, "081804")])
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    at = NOW - timedelta(seconds=NOW.timestamp()) + timedelta(seconds=seconds)
    assert code_at(SECRET, at) == code


async def test_an_authenticator_code_is_good_once_and_a_step_around(database: str) -> None:
    boss = await make_staff()
    before, now, after = (code_at(SECRET, NOW + 30 * n * SECOND) for n in (-1, 0, 1))
    assert await totp.is_right(boss.account_id, before, NOW)
    assert await totp.is_right(boss.account_id, now, NOW)
    assert not await totp.is_right(boss.account_id, now, NOW)
    assert not await totp.is_right(boss.account_id, before, NOW)
    assert await totp.is_right(boss.account_id, after, NOW)
    assert not await totp.is_right(boss.account_id, code_at(SECRET, NOW + 90 * SECOND), NOW)


async def test_guesses_at_an_authenticator_end(database: str) -> None:
    boss = await make_staff()
    command = SignIn(name=boss.name, password=PASSWORD, totp="000000")
    for _ in range(FAILURES_MAX):
        with pytest.raises(NotSignedIn, match="totp_wrong"):
            await accounts.sign_in(command, HERE, NOW, SETTINGS)
    with pytest.raises(TooManyAttempts):
        await sign_in(boss)


async def test_a_new_sign_in_ends_the_old_session_of_that_browser_alone(database: str) -> None:
    boss = await make_staff()
    here, elsewhere = await sign_in(boss), await sign_in(boss, 30 * SECOND)
    again = await sign_in(boss, 60 * SECOND, token=here.token)
    later = NOW + timedelta(minutes=2)
    assert again.token != here.token
    assert await accounts.actor_of(here.token, later) is None
    assert await accounts.why_ended(here.token, later) == "replaced"
    assert await accounts.actor_of(elsewhere.token, later)


async def test_signing_out_ends_one_session_and_can_be_repeated(database: str) -> None:
    boss = await make_staff()
    one, other = await sign_in(boss), await sign_in(boss, 30 * SECOND)
    for _ in range(2):
        await accounts.sign_out(one.token, NOW)
    assert await accounts.actor_of(one.token, NOW) is None
    assert await accounts.actor_of(other.token, NOW) == other.actor
    await accounts.sign_out("never given", NOW)
    assert await accounts.why_ended("never given", NOW) is None


async def test_one_lists_and_ends_ones_own_sessions_only(database: str) -> None:
    boss = await make_staff()
    one = await sign_in(boss, device="Chrome · Android")
    two = await sign_in(boss, 30 * SECOND, device="Firefox · Windows")
    three = await sign_in(boss, 60 * SECOND)
    later = NOW + timedelta(minutes=5)
    listed = await accounts.list_own(two.actor, later)
    assert [each.device for each in listed] == ["Firefox · Windows", "", "Chrome · Android"]
    assert [each.is_current for each in listed] == [True, False, False]
    stranger = await sign_in(await make_staff("eve"), 90 * SECOND)
    with pytest.raises(NotFound):
        await accounts.revoke(stranger.actor, listed[1].id, later)
    assert one.actor.session_id is not None
    await accounts.revoke(two.actor, one.actor.session_id, later)
    assert await accounts.why_ended(one.token, later) == "signed_out_elsewhere"
    assert await accounts.revoke_others(two.actor, later) == 1
    assert await accounts.actor_of(three.token, later) is None
    assert await accounts.actor_of(stranger.token, later)


async def test_a_session_ended_for_cause_says_why(database: str) -> None:
    boss = await make_staff()
    session = await sign_in(boss)
    assert await accounts.end_sessions(boss.account_id, "role_lost", NOW) == 1
    assert await accounts.actor_of(session.token, NOW) is None
    assert await accounts.why_ended(session.token, NOW) == "role_lost"
    assert await accounts.end_sessions(boss.account_id, "expired", NOW) == 0
    assert await accounts.why_ended(session.token, NOW) == "role_lost"


async def test_roles_count_only_with_a_second_factor(database: str) -> None:
    city, boss = await make_city()
    ada = await make_volunteer(boss)
    both = await make_account(*organiser_at(city.id), volunteer_id=ada.id)
    weak = await accounts.open_session(both.account_id, SignInMethod.PHONE, NOW, SETTINGS)
    strong = await accounts.open_session(
        both.account_id, SignInMethod.PASSWORD, NOW, SETTINGS, has_second_factor=True
    )
    assert weak.actor.persons == strong.actor.persons == (ada.id,)
    assert not weak.actor.is_staff
    assert strong.actor.is_staff


async def test_a_session_notes_its_use_once_a_minute(database: str) -> None:
    session = await sign_in(await make_staff())
    for seconds, seen in ((59, 0), (60, 60), (119, 60), (130, 130)):
        await accounts.actor_of(session.token, NOW + seconds * SECOND)
        [row] = await SignInSession.all()
        assert row.seen_at == NOW + seen * SECOND


async def test_what_is_done_shortly_after_a_sign_in_needs_a_fresh_one(database: str) -> None:
    session = await sign_in(await make_staff())
    await accounts.require_fresh(session.actor, NOW + timedelta(minutes=9))
    with pytest.raises(Forbidden, match="sign_in_again"):
        await accounts.require_fresh(session.actor, NOW + timedelta(minutes=10))


async def test_a_changed_password_ends_the_other_sessions(database: str) -> None:
    boss = await make_staff()
    mine, other = await sign_in(boss), await sign_in(boss, 30 * SECOND)
    later = NOW + timedelta(minutes=5)

    def change(new: str, old: str = PASSWORD) -> PasswordChange:
        return PasswordChange(password=old, new_password=new, totp=code_at(SECRET, later))

    for refused in ("short", boss.name.upper() * 4):
        with pytest.raises(Invalid):
            await accounts.change_password(mine.actor, change(refused[:11]), later)
    with pytest.raises(NotSignedIn, match="wrong_name_or_password"):
        await accounts.change_password(mine.actor, change("a longer horse", "wrong"), later)
    await accounts.change_password(mine.actor, change("a longer horse"), later)
    assert await accounts.actor_of(mine.token, later)
    assert await accounts.why_ended(other.token, later) == "password_changed"
    assert await fail(boss.name, PASSWORD) == "wrong_name_or_password"


async def test_a_password_is_not_the_name(database: str) -> None:
    with pytest.raises(Invalid) as caught:
        passwords.require_good("Wutong-Street ", "wutong-street")
    assert caught.value.defects[0].code == "password_is_name"


async def test_no_token_no_password_and_no_name_is_kept(database: str) -> None:
    session = await sign_in(await make_staff())
    kept = await SignInSession.all().values_list("token_digest", flat=True)
    assert session.token not in kept
    await fail("Ada Lovelace")
    assert "Ada Lovelace" not in str(await SignInFailure.all().values())


async def test_a_wrong_name_and_a_wrong_password_are_told_apart_by_nothing(database: str) -> None:
    _, boss = await make_city()
    assert await fail(boss.name) == await fail("nobody") == "wrong_name_or_password"


async def test_an_unknown_name_costs_a_real_password_check(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = await make_staff()
    checked: list[str] = []
    verify = passwords._passwords.verify_and_update  # noqa: SLF001
    monkeypatch.setattr(
        passwords._passwords,  # noqa: SLF001
        "verify_and_update",
        lambda password, known: checked.append(known) or verify(password, known),
    )
    await fail(actor.name)
    await fail("nobody")
    costs = [known.split("$")[1:4] for known in checked]
    assert costs[0] == costs[1] == ["argon2id", "v=19", "m=65536,t=3,p=4"]


async def test_a_weaker_hash_is_made_anew_at_the_next_sign_in(database: str) -> None:
    boss = await make_account(*organiser_at((await make_city())[0].id))
    [before] = await rows("SELECT password_hash FROM account WHERE id = $1", boss.account_id)
    await accounts.check_password(boss.name, PASSWORD, NOW)
    [after] = await rows("SELECT password_hash FROM account WHERE id = $1", boss.account_id)
    assert "m=8,t=1" in before["password_hash"]
    assert "m=65536,t=3" in after["password_hash"]


async def test_after_ten_failures_a_name_waits_whether_it_exists_or_not(database: str) -> None:
    boss = await make_staff()
    for name in (boss.name, "nobody"):
        for _ in range(FAILURES_MAX):
            await accounts.note_failure(f"name:{name}", NOW)
        with pytest.raises(TooManyAttempts):
            await accounts.sign_in(SignIn(name=name, password=PASSWORD), HERE, NOW, SETTINGS)
    assert (await sign_in(boss, FAILURES_WINDOW)).actor.account_id == boss.account_id


async def test_failures_are_counted(database: str) -> None:
    await fail("nobody")
    await fail("somebody")
    assert await accounts.count_failures("name:nobody", FAILURES_WINDOW, NOW) == 1


async def test_a_name_is_taken_once_and_a_person_has_one_account(database: str) -> None:
    city, boss = await make_city()
    with pytest.raises(Conflict, match="name_taken"):
        await accounts.create_account(boss.name, PASSWORD, *organiser_at(city.id))
    ada = await make_person(boss)
    with pytest.raises(Conflict, match="has_account"):
        await accounts.create_account("again", PASSWORD, volunteer_id=ada.volunteer_id)


async def test_what_is_over_is_forgotten_a_while_later(database: str) -> None:
    boss = await make_staff()
    session = await sign_in(boss)
    await fail("nobody")
    assert await accounts.purge(session.expires_at) == 0
    assert await accounts.purge(session.expires_at + timedelta(days=30)) == 2
    assert await SignInSession.all().count() == await SignInFailure.all().count() == 0


async def test_nobody_ends_what_is_not_theirs(database: str) -> None:
    session = await sign_in(await make_staff())
    with pytest.raises(NotFound):
        await accounts.revoke(session.actor, uuid4(), NOW)

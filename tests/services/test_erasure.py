"""Erasure: seven days to change one's mind, then unfindable, and every ledger as true as before."""

import asyncio
import random
from datetime import timedelta
from uuid import UUID

import pytest

from models.core import Account, DatumKind, Erasure, SignInSession, Volunteer
from services import claims, erasing, erasure, personal, points, sealing, verifying, volunteers
from services.claims import ClaimIn
from services.database import rows
from services.erasure import ErasureIn
from services.errors import Conflict, Forbidden, NotFound
from services.paging import PageQuery
from services.rights import Actor, RoleName
from services.volunteers import VolunteerIn
from tests.services.erasing_world import (
    BORN,
    KNOWN,
    NAME,
    PHONE,
    broken,
    everything_stored,
    live_a_little,
    make_known,
)
from tests.support.factories import (
    NOW,
    SETTINGS,
    TODAY,
    hours,
    make_account,
    make_city,
    make_person,
    make_shift,
)
from tests.support.families import make_family, told

DUE = NOW + timedelta(days=7)
EVERYTHING = PageQuery(limit=200)


async def fresh(actor: Actor) -> Actor:
    """The same account with a session of this moment."""
    session = await SignInSession.create(
        account_id=actor.account_id, token_digest=str(actor.account_id), method="phone",
        has_second_factor=True, device="", seen_at=NOW, expires_at=NOW + timedelta(days=9),
    )  # fmt: skip
    await SignInSession.filter(id=session.id).update(created_at=NOW)
    return Actor(
        account_id=actor.account_id, name=actor.name, volunteer_id=actor.volunteer_id,
        wards=actor.wards, grants=actor.grants, session_id=session.id,
    )  # fmt: skip


async def ask(actor: Actor, volunteer_id: UUID | None = None) -> erasure.Erasure:
    command = ErasureIn(volunteer_id=volunteer_id)
    return await erasure.ask(await fresh(actor), command, NOW, SETTINGS)


async def test_nothing_happens_for_seven_days_and_it_can_be_undone(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    made = await ask(ada)
    assert made.due_at == DUE
    assert await erasure.run_due(DUE - timedelta(seconds=1)) == 0
    assert await erasure.present(ada, None) is None
    assert await erasure.present(ada, ada.volunteer_id) == made
    gone = await erasure.withdraw(ada, made.id, NOW)
    assert gone.withdrawn_at == NOW
    assert await erasure.run_due(DUE) == 0
    assert (await Volunteer.get(id=ada.volunteer_id)).state == "active"
    again = await erasure.withdraw(ada, made.id, hours(1))
    assert again == gone


async def test_it_asks_for_a_fresh_sign_in(database: str) -> None:
    _, boss = await make_city()
    ada = await fresh(await make_person(boss))
    with pytest.raises(Forbidden, match="sign_in_again"):
        await erasure.ask(ada, ErasureIn(), NOW + timedelta(minutes=11), SETTINGS)


async def test_asking_twice_is_asking_once_and_others_see_nothing_of_it(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    made = await ask(ada)
    again = await erasure.ask(await _other_session(ada), ErasureIn(), NOW, SETTINGS)
    assert again.id == made.id
    for stranger in (ben, boss):
        with pytest.raises(NotFound):
            await erasure.get(stranger, made.id)
        with pytest.raises(NotFound):
            await erasure.withdraw(stranger, made.id, NOW)
    with pytest.raises(NotFound):
        await ask(ben, ada.volunteer_id)


async def test_whoever_holds_a_role_gives_it_up_first(database: str) -> None:
    city, boss = await make_city()
    with pytest.raises(Conflict, match="roles_first"):
        await ask(boss)
    ada = await make_person(boss)
    lead = await make_account((RoleName.SHIFT_LEAD, city.id))
    assert ada.account_id != lead.account_id
    with pytest.raises(Conflict, match="roles_first"):
        await ask(lead)


async def test_a_guardian_without_a_person_is_forgotten_too(database: str) -> None:
    _, boss = await make_city()
    family = await make_family(boss)
    guardian = family.guardian
    await personal.put(DatumKind.PHONE, PHONE, account_id=guardian.account_id)
    made = await ask(guardian)
    assert made.volunteer_id is None
    assert await told() != []
    assert await erasure.run_due(DUE) == 1
    account = await Account.get(id=guardian.account_id)
    assert (account.state, account.name, account.display_name) == ("closed", None, "已注销")
    assert await personal.owners(DatumKind.PHONE, PHONE) == []
    [tie] = await rows("SELECT state FROM guardianship")
    assert tie == {"state": "ended"}


async def test_a_guardian_has_a_ward_forgotten(database: str) -> None:
    _, boss = await make_city()
    family = await make_family(boss)
    ward = family.teen.volunteer_id
    made = await ask(family.guardian, ward)
    assert made.volunteer_id == ward
    assert await erasure.run_due(DUE) == 1
    assert (await Volunteer.get(id=ward)).state == "erased"
    assert (await Account.get(id=family.guardian.account_id)).state == "active"


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_somebody_lived_they_are_unfindable_and_every_ledger_stays_true(
    database: str, seed: int
) -> None:
    choices = random.Random(seed).choices(range(4), k=8)
    _, boss = await make_city()
    ada = await make_known(boss)
    assert ada.volunteer_id is not None
    await live_a_little(boss, ada, choices)
    before = await everything_stored(database)
    assert NAME in before
    balance = await points.list_transfers(boss, ada.volunteer_id, EVERYTHING)
    await ask(ada)
    assert await erasure.run_due(DUE) == 1
    after = await everything_stored(database)
    assert [each for each in KNOWN if each in after] == []
    assert await broken(database, DUE) == {}
    kept = await points.list_transfers(boss, ada.volunteer_id, EVERYTHING)
    assert kept.items == balance.items
    await sealing.Sealer().seal()
    assert (await verifying.verify()).is_sound
    assert await personal.owners(DatumKind.PHONE, PHONE) == []
    assert await erasure.run_due(DUE) == 0


async def test_every_table_that_names_a_person_is_decided_over(database: str) -> None:
    """A new table with a person in it has to be put into one of the lists of `erasing`."""
    found = await rows(
        "SELECT c.conrelid::regclass::text AS name FROM pg_constraint c "
        "WHERE c.contype = 'f' AND c.confrelid = 'volunteer'::regclass"
    )
    decided = {*erasing.OF_PERSON, *erasing.OF_PAIR, *erasing.KEPT}
    assert {row["name"] for row in found} == decided
    of_account = await rows(
        "SELECT c.conrelid::regclass::text AS name FROM pg_constraint c "
        "WHERE c.contype = 'f' AND c.confrelid = 'account'::regclass"
    )
    kept = {"role_grant", "guardianship", "guardian_check", "erasure", "machine_client", "round",
            "import_batch", "shift_lead", "safety_report"}  # fmt: skip
    assert {row["name"] for row in of_account} == {*erasing.OF_ACCOUNT, *kept}


async def test_live_claims_are_withdrawn_first_and_their_seats_are_free(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    shift = await make_shift(boss, starts_at=DUE + timedelta(days=1))
    await claims.claim(ada, shift.id, ClaimIn(risk_statement_version=1), NOW, SETTINGS)
    await ask(ada)
    await erasure.run_due(DUE)
    assert (
        await claims.claim(ben, shift.id, ClaimIn(risk_statement_version=1), DUE, SETTINGS)
    ).state == "confirmed"


async def test_nobody_is_forgotten_in_the_middle_of_a_shift(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    shift = await make_shift(boss, starts_at=DUE - timedelta(hours=1))
    await claims.claim(ada, shift.id, ClaimIn(risk_statement_version=1), NOW, SETTINGS)
    await ask(ada)
    assert await erasure.run_due(DUE) == 0
    assert await erasure.run_due(DUE + timedelta(hours=1)) == 1


async def test_the_number_and_the_key_are_free_for_a_new_person(database: str) -> None:
    city, boss = await make_city()
    old = await make_known(boss)
    await ask(old)
    await erasure.run_due(DUE)
    again = VolunteerIn(name=NAME, birth_date=BORN, external_key="KEY-OUYANG-7", phone=PHONE)
    new = await volunteers.create(boss, again, today=TODAY)
    assert new.id != old.volunteer_id
    assert [each.volunteer_id for each in await personal.owners(DatumKind.PHONE, PHONE)] == [new.id]
    listed = await volunteers.list_page(boss, EVERYTHING, today=TODAY)
    assert old.volunteer_id not in [each.id for each in listed.items]
    assert city.id == new.organisation_id


async def test_rows_that_were_merged_into_the_person_go_with_them(database: str) -> None:
    _, boss = await make_city()
    ada, twin = await make_person(boss, name=NAME), await make_person(boss, name="欧阳静芸")
    await rows("UPDATE volunteer SET state = 'merged' WHERE id = $1", twin.volunteer_id)
    await rows(
        "INSERT INTO person_merge (id, created_at, kept_id, merged_id, account_id, reason) "
        "VALUES (gen_random_uuid(), now(), $1, $2, $3, $4)",
        ada.volunteer_id,
        twin.volunteer_id,
        boss.account_id,
        f"{NAME} 登记了两次",
    )
    await ask(ada)
    await erasure.run_due(DUE)
    stored = await everything_stored(database)
    assert NAME not in stored
    assert "欧阳静芸" not in stored
    assert (await Volunteer.get(id=twin.volunteer_id)).state == "erased"


async def test_two_workers_forget_a_person_once(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    await ask(ada)
    done = await asyncio.gather(*(erasure.run_due(DUE) for _ in range(4)))
    assert sum(done) == 1
    assert await Erasure.filter(done_at=DUE).count() == 1


async def _other_session(actor: Actor) -> Actor:
    session = await SignInSession.create(
        account_id=actor.account_id, token_digest=f"other {actor.account_id}", method="phone",
        has_second_factor=False, device="", seen_at=NOW, expires_at=DUE,
    )  # fmt: skip
    await SignInSession.filter(id=session.id).update(created_at=NOW)
    return Actor(
        account_id=actor.account_id, name=actor.name, volunteer_id=actor.volunteer_id,
        session_id=session.id,
    )  # fmt: skip

"""New keys under a running service: all of it moves, and nothing stops being found."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from models.core import (
    Account,
    AuditEvent,
    DatumKind,
    IdempotencyRecord,
    Identity,
    IdentityProvider,
    ImportBatch,
    ImportKind,
    KeyCheck,
    PersonalDatum,
    new_id,
)
from services import clock, idempotency, imports, keys, notifications, personal, vault
from services.audit import Act
from services.database import rows
from services.idempotency import StoredAnswer
from services.keys import KeyInUse, KeysDoNotFit
from services.sealed import SEALED
from services.vault import Unreadable, keyring, new_keyring
from tests.services.sealed_day import fill_a_day
from tests.support.factories import (
    NOW,
    SETTINGS,
    make_city,
    make_person,
    make_volunteer,
    node_of,
)
from tests.support.lease import CHECKOUT

PHONE = "+8613800138000"
BORN = date(2000, 5, 1)


def turn_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(vault.KEYS_VARIABLE, keyring().with_new_key().to_json())


async def fill() -> dict[str, Any]:
    """Something in every encrypted column."""
    city, boss = await make_city()
    ada = await make_person(boss, name="林晓", birth_date=BORN, phone=PHONE)
    assert ada.volunteer_id is not None
    account = await Account.get(id=ada.account_id)
    account.totp_cipher = keyring().encrypt("account.totp_cipher", account.id, "secret")
    await account.save()
    provider = IdentityProvider(
        organisation_id=city.id, key="k", title="t", issuer="https://i.example", client_id="c"
    )
    provider.secret_cipher = keyring().encrypt(
        "identity_provider.secret_cipher", provider.id, "secret"
    )
    await provider.save()
    identity = Identity(provider_id=provider.id, account_id=ada.account_id)
    identity.subject_digest = keyring().index("subject", "sub-1")
    identity.subject_cipher = keyring().encrypt("identity.subject_cipher", identity.id, "sub-1")
    await identity.save()
    step_id = new_id()
    await rows(
        "INSERT INTO sign_in_step (id, created_at, token_digest, kind, known, expires_at, "
        "attempts) VALUES ($1, now(), $2, 'x', $3, now() + interval '1 day', 0)",
        step_id,
        str(step_id),
        keyring().encrypt("sign_in_step.known", step_id, "known"),
    )
    await notifications.tell_number("grown_up", PHONE)
    sheet = "编号,姓名,出生日期\n7,陈晨,2001-01-01\n".encode()
    batch = await imports.keep(
        node_of(boss), boss.account_id, ImportKind.PEOPLE, sheet, NOW, SETTINGS
    )
    route = (boss.account_id, "POST /x", "key")
    await idempotency.begin(*route, "print", NOW)
    await idempotency.finish(*route, StoredAnswer(status=201, body=b"answer"))
    await fill_a_day("+8613900139000")
    return {"ada": ada.volunteer_id, "batch": batch.id, "route": route, "identity": identity.id}


async def check(made: dict[str, Any]) -> None:
    """All of it is there and found."""
    ada: UUID = made["ada"]
    assert await personal.get(DatumKind.PHONE, volunteer_id=ada) == PHONE
    assert await personal.birth_dates([ada]) == {ada: BORN}
    assert [each.volunteer_id for each in await personal.owners(DatumKind.PHONE, PHONE)] == [ada]
    stored = await idempotency.begin(*made["route"], "print", NOW)
    assert stored is not None
    assert stored.body == b"answer"
    identity = await Identity.get(id=made["identity"])
    assert identity.subject_digest in keyring().indexes("subject", "sub-1")
    for place in SEALED:
        for row in await rows(
            f"SELECT id, {place.column} AS cipher FROM {place.table} "
            f"WHERE {place.column} IS NOT NULL"
        ):
            keyring().unseal(place.place, row["id"], row["cipher"])


async def test_everything_moves_to_the_new_key_and_is_found_throughout(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await fill()
    await keys.require_fitting()
    before = await keys.status()
    assert all(each.values and each.waiting == 0 for each in before), before

    turn_key(monkeypatch)
    await keys.require_fitting()
    assert [each.waiting for each in await keys.status()] == [each.values for each in before]
    await check(made)
    done = await keys.rewrite()

    assert (done.values, done.unreadable) == (sum(each.values for each in before), [])
    assert [each.waiting for each in await keys.status()] == [0] * len(before)
    await check(made)
    await keys.retire("k1", clock.now(), at_once=True)
    monkeypatch.setenv(vault.KEYS_VARIABLE, keyring().without("k1").to_json())
    await keys.require_fitting()
    idempotent = made.pop("route")
    assert (await IdempotencyRecord.get(account_id=idempotent[0])).status == 201
    await ImportBatch.get(id=made["batch"])
    assert {each.key_id for each in await PersonalDatum.all()} == {"k2"}
    [found] = await personal.owners(DatumKind.PHONE, PHONE)
    assert found.volunteer_id == made["ada"]
    assert await AuditEvent.filter(act=Act.KEYS_ROTATED).count() == 2


async def test_somebody_is_found_twice_across_the_keys(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, boss = await make_city()
    first = await make_volunteer(boss, phone=PHONE)
    turn_key(monkeypatch)
    second = await make_volunteer(boss, phone=PHONE)
    owners = await personal.owners(DatumKind.PHONE, PHONE)
    assert [each.volunteer_id for each in owners] == [first.id, second.id]


async def test_a_key_that_is_in_use_stays(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill()
    turn_key(monkeypatch)
    await keys.require_fitting()
    with pytest.raises(KeyInUse) as in_use:
        await keys.retire("k1", clock.now(), at_once=True)
    assert in_use.value.waiting > 5
    await keys.rewrite()
    with pytest.raises(KeyInUse) as too_soon:  # Codes and tokens may still be out.
        await keys.retire("k1", clock.now())
    assert (too_soon.value.waiting, 0 < too_soon.value.minutes <= 16) == (0, True)
    await keys.retire("k1", clock.now() + timedelta(minutes=16))
    assert [each.key_id for each in await KeyCheck.all()] == ["k2"]


async def test_what_no_key_opens_is_named_and_left(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, boss = await make_city()
    ada = await make_volunteer(boss, phone=PHONE)
    await rows("UPDATE personal_datum SET cipher = cipher || '\\x00' WHERE kind = 'phone'")
    broken = await PersonalDatum.get(volunteer_id=ada.id, kind=DatumKind.PHONE)
    turn_key(monkeypatch)

    done = await keys.rewrite()

    assert done.unreadable == [f"personal_datum.cipher {broken.id}"]
    assert await personal.birth_dates([ada.id]) == {ada.id: BORN}
    with pytest.raises(Unreadable):
        await personal.get(DatumKind.PHONE, volunteer_id=ada.id)


@pytest.mark.parametrize("ring", [new_keyring(), new_keyring().with_new_key().without("k1")])
async def test_keys_that_do_not_fit_the_data_are_noticed(
    database: str, monkeypatch: pytest.MonkeyPatch, ring: vault.Keyring
) -> None:
    await keys.require_fitting()
    monkeypatch.setenv(vault.KEYS_VARIABLE, ring.to_json())
    with pytest.raises(KeysDoNotFit, match="k1"):
        await keys.require_fitting()


async def test_killed_anywhere_the_rotation_goes_on_where_it_was(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command itself, killed with -9 in the midst of its rows, and then run again."""
    _, boss = await make_city()
    first = await make_volunteer(boss, phone=PHONE)
    await copy_people(first.id, 3000)
    file = tmp_path / "keys.json"
    vault.write_key_file(file, keyring(), is_new=True)
    monkeypatch.delenv(vault.KEYS_VARIABLE)
    monkeypatch.setenv(vault.FILE_VARIABLE, str(file))
    command = [sys.executable, "-m", "cli", "keys", "rotate"]
    environment = {**os.environ, "DATABASE_URL": database, "LANG": "en_US.UTF-8"}
    # Its third batch waits for this row, so that it is killed with some batches behind it.
    held = await hold_row(database, 1200)
    process = await asyncio.create_subprocess_exec(
        *command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE
    )
    while await moved() < 500:
        assert process.returncode is None
        await asyncio.sleep(0.02)  # The pause of a poll.
    process.send_signal(signal.SIGKILL)
    await process.wait()
    await held.close()
    left = await moved()
    assert 0 < left < 3000

    again = await asyncio.to_thread(
        subprocess.run, command, cwd=CHECKOUT, env=environment, capture_output=True, text=True
    )

    assert again.returncode == 0, again.stderr
    assert "k2" in again.stdout
    assert list(json.loads(file.read_text())["keys"]) == ["k1", "k2"]  # No third key.
    assert {each.waiting for each in await keys.status()} == {0}
    assert await personal.get(DatumKind.PHONE, volunteer_id=first.id) == PHONE


async def hold_row(database: str, number: int) -> Any:
    """A connection that holds one of the rows until it is closed."""
    connection = await asyncpg.connect(database)
    await connection.execute("BEGIN")
    await connection.execute(
        "SELECT 1 FROM personal_datum WHERE id = (SELECT id FROM personal_datum ORDER BY id "
        f"OFFSET {number} LIMIT 1) FOR UPDATE"
    )
    return connection


async def moved() -> int:
    [found] = await rows("SELECT count(*) AS found FROM personal_datum WHERE key_id = 'k2'")
    return int(found["found"])


async def copy_people(volunteer_id: UUID, count: int) -> None:
    """So many more people with a day of birth each."""
    ids = [new_id() for _ in range(count)]
    await rows(
        "INSERT INTO volunteer SELECT (jsonb_populate_record(v, jsonb_build_object('id', one.id, "
        "'external_key', one.id))).* FROM volunteer v, unnest($2::uuid[]) AS one(id) "
        "WHERE v.id = $1",
        volunteer_id,
        ids,
    )
    await personal.put_birth_dates(dict.fromkeys(ids, BORN))

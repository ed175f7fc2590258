"""Encryption at rest: what does not open, and what is found again."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core import new_id
from services import vault
from services.vault import KeysMissing, Unreadable, keyring_from, new_keyring, write_key_file

PLACE = "personal_datum.cipher"


@given(st.text(max_size=60))
def test_what_is_sealed_opens_again_and_is_never_the_same_twice(text: str) -> None:
    ring, row_id = new_keyring(), new_id()

    first, second = (ring.encrypt(PLACE, row_id, text) for _ in range(2))

    assert first != second
    assert ring.decrypt(PLACE, row_id, first) == ring.decrypt(PLACE, row_id, second) == text


def test_a_cipher_opens_only_in_its_own_row_and_column_and_under_its_key() -> None:
    ring, row_id = new_keyring(), new_id()
    sealed = ring.encrypt(PLACE, row_id, "13800138000")

    for other, place, row in (
        (ring, PLACE, new_id()),
        (ring, "account.totp_cipher", row_id),
        (new_keyring(), PLACE, row_id),  # The same id of another key.
        (ring.with_new_key().without("k1"), PLACE, row_id),
    ):
        with pytest.raises(Unreadable):
            other.decrypt(place, row, sealed)


def test_no_byte_of_a_cipher_can_be_changed_or_cut_off() -> None:
    ring, row_id = new_keyring(), new_id()
    sealed = ring.encrypt(PLACE, row_id, "2008-02-29")

    for index in range(len(sealed)):
        changed = bytearray(sealed)
        changed[index] ^= 1
        for broken in (bytes(changed), sealed[:index]):
            with pytest.raises(Unreadable):
                ring.decrypt(PLACE, row_id, broken)


def test_a_look_up_is_found_under_every_key_of_the_ring_and_says_nothing_without_them() -> None:
    before = new_keyring()
    after = before.with_new_key()

    stored = before.index("phone", "+8613800138000")

    assert stored in after.indexes("phone", "+8613800138000")
    assert after.index("phone", "+8613800138000") != stored
    assert stored not in new_keyring().indexes("phone", "+8613800138000")
    assert before.index("document", "+8613800138000") != stored


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"current": "k1", "keys": {}}',
        '{"current": "k1", "keys": {"k1": "c2hvcnQ="}}',
        '{"current": "k2", "keys": {"k1": "' + "A" * 43 + '="}}',
        '{"current": "k1", "keys": {"k1": 7}}',
        '{"current": "12345678901234567", "keys": {"12345678901234567": "' + "A" * 43 + '="}}',
    ],
)
def test_what_is_no_keyring_is_refused(text: str) -> None:
    with pytest.raises(KeysMissing):
        keyring_from(text)


def test_a_keyring_survives_its_json_and_never_loses_its_current_key() -> None:
    ring = new_keyring().with_new_key()
    row_id = new_id()

    again = keyring_from(ring.to_json())

    assert again.ids == ("k2", "k1")
    assert again.decrypt(PLACE, row_id, ring.encrypt(PLACE, row_id, "x")) == "x"
    assert json.loads(again.without("k1").to_json())["keys"].keys() == {"k2"}
    with pytest.raises(KeysMissing):
        again.without("k2")


def test_a_key_file_is_for_its_owner_alone_is_never_replaced_and_is_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "keys.json"
    first = new_keyring()
    write_key_file(file, first, is_new=True)
    monkeypatch.delenv(vault.KEYS_VARIABLE)
    monkeypatch.setenv(vault.FILE_VARIABLE, str(file))

    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        write_key_file(file, new_keyring(), is_new=True)
    assert vault.keyring().ids == ("k1",)

    write_key_file(file, first.with_new_key())

    assert vault.keyring().ids == ("k2", "k1")
    assert os.listdir(tmp_path) == ["keys.json"]


def test_without_keys_it_says_which_setting_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(vault.KEYS_VARIABLE)
    monkeypatch.delenv(vault.FILE_VARIABLE, raising=False)
    with pytest.raises(KeysMissing, match="MULIN_KEYS"):
        vault.keyring()
    monkeypatch.setenv(vault.FILE_VARIABLE, str(tmp_path / "gone"))
    with pytest.raises(KeysMissing, match="MULIN_KEY_FILE"):
        vault.keyring()

"""Tokens of forms: bound to one reader and one form, good once and for half a day."""

import base64
import json
from datetime import timedelta

import pytest

from services import forms, vault
from services.database import rows
from services.forms import FormForeign, FormOld, FormUsed
from tests.support.factories import NOW, hours

SESSION, ADDRESS = "session:one", "/offers/7/accept"


def test_token_is_good_for_its_reader_and_form_until_it_is_old() -> None:
    token = forms.issue(SESSION, ADDRESS, NOW)
    use = forms.check(token, SESSION, ADDRESS, NOW)
    assert forms.check(token, SESSION, ADDRESS, NOW + forms.GOOD_FOR) == use

    with pytest.raises(FormOld):
        forms.check(token, SESSION, ADDRESS, NOW + forms.GOOD_FOR + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("binding", "address"),
    [
        ("session:two", ADDRESS),
        ("visit:one", ADDRESS),
        (SESSION, "/offers/8/accept"),
        (SESSION + "/offers", "/7/accept"),
    ],
)
def test_token_of_another_reader_or_form_is_refused(binding: str, address: str) -> None:
    token = forms.issue(SESSION, ADDRESS, NOW)

    with pytest.raises(FormForeign):
        forms.check(token, binding, address, NOW)


def test_token_with_any_byte_changed_is_refused() -> None:
    """An old token cannot be made young either: its time is under the signature."""
    whole = base64.urlsafe_b64decode(forms.issue(SESSION, ADDRESS, NOW) + "==")
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        with pytest.raises(FormForeign):
            forms.check(base64.urlsafe_b64encode(changed).decode(), SESSION, ADDRESS, NOW)


@pytest.mark.parametrize("text", ["", "x", "=" * 80, "é" * 72, "A" * 71, "A" * 73, "A" * 10_000])
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(FormForeign):
        forms.check(text, SESSION, ADDRESS, NOW)


def test_token_outlives_a_new_key_and_dies_with_the_old_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token = forms.issue(SESSION, ADDRESS, NOW)
    ring = vault.keyring()
    rotated = ring.with_new_key()
    monkeypatch.setenv(vault.KEYS_VARIABLE, rotated.to_json())
    forms.check(token, SESSION, ADDRESS, NOW)

    monkeypatch.setenv(vault.KEYS_VARIABLE, rotated.without(ring.current).to_json())
    with pytest.raises(FormForeign):
        forms.check(token, SESSION, ADDRESS, NOW)


def test_keys_of_other_uses_make_no_tokens() -> None:
    """The key of forms is its own: another use of the ring cannot be turned into a form."""
    ring = vault.keyring()
    assert len({ring.secret(each) for each in ("form", "token", "index", "encrypt")}) == 4
    assert json.loads(ring.to_json())["current"] in ring.ids


async def test_use_is_taken_once_however_the_token_is_written(database: str) -> None:
    token = forms.issue(SESSION, ADDRESS, NOW)
    padded = token + "="  # The same bytes, written otherwise.
    await forms.take(forms.check(token, SESSION, ADDRESS, NOW), NOW)

    with pytest.raises(FormUsed) as refused:
        await forms.take(forms.check(padded, SESSION, ADDRESS, NOW), NOW)
    assert refused.value.outcome == ""


async def test_second_use_is_told_what_came_of_the_first(database: str) -> None:
    use = forms.check(forms.issue(SESSION, ADDRESS, NOW), SESSION, ADDRESS, NOW)
    await forms.take(use, NOW)
    await forms.note_outcome(use, "/offers?said=accepted")

    with pytest.raises(FormUsed) as refused:
        await forms.take(use, NOW)
    assert refused.value.outcome == "/offers?said=accepted"


async def test_use_that_is_given_back_can_be_taken_again(database: str) -> None:
    use = forms.check(forms.issue(SESSION, ADDRESS, NOW), SESSION, ADDRESS, NOW)
    await forms.take(use, NOW)
    await forms.give_back(use)
    await forms.take(use, NOW)


async def test_uses_are_forgotten_once_their_tokens_are_old(database: str) -> None:
    early = forms.check(forms.issue(SESSION, ADDRESS, NOW), SESSION, ADDRESS, NOW)
    late = forms.check(forms.issue(SESSION, ADDRESS, NOW), SESSION, ADDRESS, NOW)
    await forms.take(early, NOW)
    await forms.take(late, hours(1))

    assert await forms.purge(hours(12)) == 1
    assert [row["token_digest"] for row in await rows("SELECT token_digest FROM form_use")] == [
        late
    ]

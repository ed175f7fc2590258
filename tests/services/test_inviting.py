"""New staff: an account, a code that only its owner uses, a password that only they know."""

import pytest

from services import roles
from services.database import rows
from services.errors import Conflict, Forbidden, Invalid, NotFound
from services.rights import RoleName
from services.roles import AccountQuery, StaffIn
from tests.services.roles_world import Town, make_town
from tests.support.factories import NOW, hours, make_account


@pytest.fixture
async def town(database: str) -> Town:
    return await make_town()


async def test_new_staff_set_their_password_and_authenticator_themselves(town: Town) -> None:
    made = await roles.make_account(town.one, StaffIn(name="li.ming", display_name="李明"))
    assert (made.may_invite, made.has_signed_in) == (True, False)
    assert await roles.get(town.one, made.id) == made
    asked = await roles.invite(town.one, made.id, NOW)
    assert len(asked.code) == 23
    assert await roles.show_invitation(asked.code.lower().replace("-", " "), NOW) == "li.ming"

    with pytest.raises(Invalid):
        await roles.accept(roles.Accepted(code=asked.code, password="short"), NOW)
    step = await roles.accept(roles.Accepted(code=asked.code, password="a good long one"), NOW)

    assert (step.asks, step.shown) == ("enrolment", "li.ming")
    with pytest.raises(NotFound) as used:
        await roles.accept(roles.Accepted(code=asked.code, password="another long one"), NOW)
    assert used.value.reason == "invitation_unknown"
    assert (await roles.find(town.one, "li.ming")).has_signed_in
    with pytest.raises(Conflict) as over:
        await roles.invite(town.one, made.id, NOW)
    assert over.value.reason == "invitation_over"


async def test_an_invitation_is_good_for_three_days_and_its_name_for_one(town: Town) -> None:
    command = StaffIn(name="li.ming", display_name="李明")
    made = await roles.make_account(town.one, command)
    first = await roles.invite(town.one, made.id, NOW)
    second = await roles.invite(town.one, made.id, NOW)
    for code, at in ((first.code, NOW), (second.code, hours(72)), ("A" * 20, NOW)):
        with pytest.raises(NotFound):
            await roles.show_invitation(code, at)
    with pytest.raises(Conflict) as taken:
        await roles.make_account(town.two, command)
    assert taken.value.reason == "name_taken"
    codes = await rows("SELECT token_digest FROM sign_in_step")
    assert second.code not in str(codes)


async def test_only_whoever_made_an_account_or_manages_accounts_invites_its_owner(
    town: Town,
) -> None:
    made = await roles.make_account(town.one, StaffIn(name="li.ming", display_name="李明"))
    for stranger in (town.two, town.other):
        with pytest.raises(NotFound):
            await roles.invite(stranger, made.id, NOW)
    with pytest.raises(NotFound):
        await roles.invite(town.one, town.newcomer.account_id, NOW)
    with pytest.raises(Forbidden):
        await roles.make_account(town.newcomer, StaffIn(name="me.too", display_name="我"))
    manager = await make_account((RoleName.SYSTEM_ADMINISTRATOR, town.city))
    assert (await roles.invite(manager, made.id, NOW)).name == "li.ming"
    assert made.id in [each.id for each in (await roles.list_page(town.one, AccountQuery())).items]
    listed = (await roles.list_page(town.two, AccountQuery())).items
    assert made.id not in [each.id for each in listed]

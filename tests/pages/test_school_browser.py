"""A school's sign-in in Chromium: cookies that come back from another site, and our own policy."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from models.core import OrganisationKind, RoleName
from services import providers, scope
from services.providers import ProviderIn
from tests.pages.conftest import Open, Site
from tests.support.factories import make_account, make_city, make_organisation, make_volunteer
from tests.support.provider import CLIENT, STUDENT, USERS, RunningProvider, running_provider


@pytest.fixture(scope="module")
def house() -> Iterator[RunningProvider]:
    with running_provider() as found:
        yield found


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False])
def test_pupil_signs_in_with_what_they_have_at_school(
    site: Site, house: RunningProvider, open_page: Open, scripts: bool
) -> None:
    """In a real browser: cookies that come back from another site, and the policy of the pages."""
    key = f"yucai-{int(scripts)}"
    site.do(lambda _: _school(key, house.issuer))
    page = open_page("/sign-in", scripts=scripts)
    page.get_by_role("link", name=f"育才 {key}").click()
    page.fill("[name=sub]", STUDENT)
    page.get_by_role("button").first.click()

    page.wait_for_url(f"{site.address}/inbox")
    expect(page.get_by_text(f"林晓 {key}")).to_be_attached()
    page.goto("/me/sessions")
    expect(page.get_by_text(f"育才 {key}")).to_be_visible()
    site.complaints[:] = [each for each in site.complaints if house.issuer not in each]


async def _school(key: str, issuer: str) -> None:
    scope.begin(scope.SYSTEM)
    _, organiser = await make_city()
    school = await make_organisation(organiser, OrganisationKind.SCHOOL)
    administrator = await make_account((RoleName.SYSTEM_ADMINISTRATOR, school.id))
    command = ProviderIn(
        key=key,
        title=f"育才 {key}",
        issuer=issuer,
        client_id=CLIENT,
        client_secret="given-by-the-school",
        number_claim="student_number",
    )
    await providers.make(administrator, command)
    number = str(USERS[STUDENT]["student_number"])
    at_school = await make_account((RoleName.ORGANISER, school.id))
    await make_volunteer(at_school, name=f"林晓 {key}", external_key=number)

"""What a person sees while they wait, without a network, and while the service does not answer."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from services import clock
from tests.pages.conftest import Open, Site
from tests.pages.scene import ORGANISER, VOLUNTEER, begin_round
from tests.pages.test_screens import violations

pytestmark = pytest.mark.browser
LANGUAGES = pytest.mark.parametrize("language", ["zh-CN", "en"])
WORDS = {
    "unsent": ("刚才的没有发出", "nothing was sent"),
    "offline": ("现在没有网络", "There is no network"),
    "slow": ("比平时慢一些", "takes longer than usual"),
    "trouble": ("暂时联系不上服务", "does not answer right now"),
}
# An answer that does not come: what is sent is counted, and the page stays.
COUNT_WHAT_IS_SENT = """() => {
  window.sent = 0;
  addEventListener("submit", (event) => {
    window.sent += event.defaultPrevented ? 0 : 1;
    event.preventDefault();
  });
}"""
A_WHILE_MS = (
    7_000  # Longer than what is slow, and than the wait before the next try, in milliseconds.
)


def told(page: Page, language: str, what: str) -> Locator:
    line = page.locator(f"[role=status] > [data-when={what}]")
    return line.filter(has_text=WORDS[what][language == "en"])


@pytest.fixture
def claiming(site: Site, open_page: Open) -> Callable[[str], Page]:
    """The last page before a seat is taken, on a phone."""
    shift = site.scene.shift_ids["街区运动会 2"]
    return lambda language: open_page(
        f"/shifts/{shift}/claim?role=guide", who=VOLUNTEER, language=language
    )


@LANGUAGES
def test_nothing_is_sent_without_a_network_and_nothing_is_lost(
    site: Site, claiming: Callable[[str], Page], language: str
) -> None:
    page = claiming(language)
    address = page.url
    page.context.set_offline(True)
    expect(told(page, language, "offline")).to_be_visible()

    page.locator(".act .big").click()
    expect(told(page, language, "unsent")).to_be_visible()
    page.locator("nav.tabs a").first.click()
    expect(told(page, language, "offline")).to_be_visible()
    assert page.url == address
    assert violations(page) == []

    page.context.set_offline(False)
    expect(page.locator("#connection .notice:visible")).to_have_count(0)
    page.locator("nav.tabs a").first.click()
    expect(page).not_to_have_url(address)
    site.complaints.clear()  # The browser complains of what did not come.


@LANGUAGES
def test_what_is_slow_says_so_and_is_sent_once(
    claiming: Callable[[str], Page], language: str
) -> None:
    page = claiming(language)
    page.clock.install()
    page.evaluate(COUNT_WHAT_IS_SENT)
    button = page.locator(".act .big")
    button.click()
    expect(page.locator("form[aria-busy] [data-pressed]")).to_have_count(1)
    button.click()
    assert page.evaluate("sent") == 1
    expect(told(page, language, "slow")).to_be_hidden()
    page.clock.fast_forward(A_WHILE_MS)
    expect(told(page, language, "slow")).to_be_visible()


@LANGUAGES
@pytest.mark.parametrize("failure", ["no network", "failing"])
def test_a_page_that_fetches_itself_goes_on_when_the_service_is_back(
    site: Site, open_page: Open, language: str, failure: str
) -> None:
    round_id = site.do(lambda settings: begin_round(site.scene, clock.now(), settings))

    def fail(route: Route) -> None:
        if failure == "failing":
            route.fulfill(status=503, body="")
        else:
            route.abort()

    page = open_page("/sign-in", who=ORGANISER, language=language)
    page.clock.install()
    page.route("**/progress", fail)
    page.goto(f"/rounds/{round_id}")
    page.clock.fast_forward(A_WHILE_MS)
    expect(told(page, language, "trouble")).to_be_visible()

    page.unroute("**/progress")
    with page.expect_response("**/progress"):
        page.clock.fast_forward(A_WHILE_MS)
    expect(page.locator("#connection .notice:visible")).to_have_count(0)
    site.complaints.clear()  # The browser complains of what did not come.

"""No page is left out of what is looked at."""

import re

import pytest
from starlette.routing import Route

from api.documentation import documentation_routes
from tests.pages import test_attendance_screens, test_families, test_profile, test_records
from tests.pages.screens import NO_PAGES, SCREENS
from tests.rights.pages_table import PAGES_TABLE

DESCRIBING = [
    route.path
    for route in documentation_routes({})
    if isinstance(route, Route) and not route.path.endswith(".json")
]
READ = [
    *(each.removeprefix("GET ") for each in PAGES_TABLE if each.startswith("GET ")),
    *DESCRIBING,
]
LOOKED_AT = (
    *(screen.path for screen in SCREENS.values()),
    *(path for path, _ in test_attendance_screens.PAGES.values()),
    *(path for path, _ in test_families.PAGES.values()),
    *(path for path, _ in test_profile.PAGES.values()),
    *(path for path, _ in test_records.PAGES.values()),
)


def shape(path: str) -> str:
    """The address without its query and without what stands in it."""
    return re.sub(r"{[^}]*}", "{}", path.partition("?")[0])


def fits(page: str, seen: str) -> bool:
    """Whether this address is one of the page; a word of it may stand for a value."""
    mine, theirs = shape(page).split("/"), shape(seen).split("/")
    return len(mine) == len(theirs) and all(
        one in ("{}", other) for one, other in zip(mine, theirs, strict=True)
    )


@pytest.mark.parametrize("page", [each for each in READ if shape(each) not in NO_PAGES])
def test_every_page_is_looked_at(page: str) -> None:
    """`/shifts/new` would be no state of `/shifts/{}`, being a page by itself."""
    others = {shape(each) for each in READ} - {shape(page)}
    assert any(fits(page, seen) for seen in LOOKED_AT if shape(seen) not in others), page


def test_what_is_left_out_is_there_to_leave_out() -> None:
    assert set(NO_PAGES) <= {shape(each) for each in READ}

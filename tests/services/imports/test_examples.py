"""The examples that the documentation gives can be imported as they stand."""

from pathlib import Path

import pytest

from models.core import AvailabilityWindow, Project, Shift, Volunteer
from tests.services.imports.support import bring_in, make_city, outcomes

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_example_sheets_are_stored(database: str, language: str) -> None:
    city = await make_city()
    for kind in ("people", "shifts"):
        stored = await bring_in(city, kind, (EXAMPLES / f"{kind}.{language}.csv").read_bytes())
        assert outcomes(stored.report) == {"new"}
        assert not [note for note in stored.report.notes if note.code == "column_ignored"]
    assert await Volunteer.all().count() == 3
    assert await AvailabilityWindow.all().count() == 2 + 5 + 7
    assert await Shift.all().count() == 2
    assert {each.state for each in await Project.all()} == {"published"}

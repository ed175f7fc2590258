"""One's own data: whole, for oneself and one's wards, and written into the log."""

import msgspec
import pytest

from models.core import AuditEvent
from services import own_data
from services.errors import NotFound
from services.own_data import OwnData
from tests.services.erasing_world import DOCUMENT, KEY, NAME, PHONE, STUDENT_NUMBER, make_known
from tests.support.factories import NOW, TODAY, make_city, make_person
from tests.support.families import make_family


async def test_everything_that_is_known_is_in_the_document(database: str) -> None:
    _, boss = await make_city()
    ada = await make_known(boss)
    assert ada.volunteer_id is not None
    found = await own_data.export(ada, ada.volunteer_id, NOW, today=TODAY)
    text = msgspec.json.encode(found).decode()
    for known in (NAME, KEY, PHONE, DOCUMENT, STUDENT_NUMBER, "1999-02-28", "121.4747",
                  "诗词朗诵", "证书编号七七", "积极分子", "youth_league", "publicity"):  # fmt: skip
        assert known in text, known
    assert found.schema_version == own_data.SCHEMA_VERSION
    assert msgspec.json.decode(text, type=OwnData) == found
    for group in ("memberships", "skills", "tags", "consents", "disclosures", "document_needs",
                  "sessions", "log"):  # fmt: skip
        assert getattr(found, group), group
    [line] = await AuditEvent.filter(act="exported")
    assert line.facts == {"what": "own_data", "by_oneself": True}


async def test_a_guardian_has_the_wards_and_nobody_else_has_it(database: str) -> None:
    _, boss = await make_city()
    family = await make_family(boss)
    ward = family.teen.volunteer_id
    assert ward is not None
    found = await own_data.export(family.guardian, ward, NOW, today=TODAY)
    assert found.person.id == ward
    assert [each.state for each in found.guardians] == ["verified"]
    for stranger in (await make_person(boss), boss):
        with pytest.raises(NotFound):
            await own_data.export(stranger, ward, NOW, today=TODAY)

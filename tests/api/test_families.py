"""Consents, guardians, one's own data and retention over HTTP, each answer as documented."""

from uuid import UUID

from models.core import Volunteer
from services.scope import as_system
from tests.api.conftest import House
from tests.api.support import CLAIM
from tests.support.factories import make_account
from tests.support.signing import token_of

API = "/api/v1"


async def test_consents_are_answered_listed_and_taken_back(house: House) -> None:
    _, ada = await house.volunteer("ada")
    asked = (await ada.get(f"{API}/consent-questions")).json()["items"]
    assert {each["purpose"] for each in asked} >= {"service", "matching", "emergency", "export"}
    words = (await house.visitor.get(f"{API}/consent-wordings")).json()["items"]
    assert all(len(each["digest"]) == 64 for each in words)
    made = await ada.made(f"{API}/consents", {"purpose": "publicity", "is_given": True})
    gone = await ada.post(f"{API}/consents/{made['id']}/withdraw")
    assert gone.json()["withdrawn_at"] is not None
    listed = (await ada.get(f"{API}/consents")).json()["items"]
    assert [each["id"] for each in listed] == [made["id"]]
    wrong = await ada.post(
        f"{API}/consents", {"purpose": "export", "recipient": "nobody", "is_given": True}
    )
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid")
    assert (await ada.get(f"{API}/disclosures")).json()["items"] == []


async def test_a_minor_and_a_guardian_go_the_whole_way(house: House) -> None:
    person, teen = await house.volunteer("teen")
    await as_system(_make_young)(UUID(person["id"]))
    mother = house.visitor.signed_in(await _token())
    code = await teen.made(f"{API}/guardian-codes", None)
    tie = await mother.made(f"{API}/guardianships", {"code": code["code"], "relation": "mother"})
    waiting = await house.organiser.get(f"{API}/guardianships", params={"of": "waiting"})
    assert [each["id"] for each in waiting.json()["items"]] == [tie["id"]]
    done = await house.organiser.post(
        f"{API}/guardianships/{tie['id']}/decide",
        {"is_verified": True, "evidence_kind": "birth_certificate"},
    )
    assert done.json()["state"] == "verified"
    project = await house.published_project()
    shift = await house.organiser.made(
        f"{API}/shifts",
        {
            "project_id": project["id"],
            "starts_at": "2031-05-01T09:00:00+08:00",
            "ends_at": "2031-05-01T11:00:00+08:00",
            "roles": [{"key": "helper", "target": 2}],
        },
    )
    alone = await teen.post(f"{API}/shifts/{shift['id']}/claims", CLAIM)
    assert (alone.status_code, alone.json()["code"]) == (409, "adult_missing")
    _, grown = await house.volunteer("ben")
    await grown.made(f"{API}/shifts/{shift['id']}/claims", CLAIM)
    refused = await teen.post(f"{API}/shifts/{shift['id']}/claims", CLAIM)
    assert (refused.status_code, refused.json()["code"]) == (409, "guardian_consent_missing")
    asked = await teen.made(f"{API}/activity-consents", {"shift_id": shift["id"]})
    yes = {"is_given": True, "risk_statement_version": asked["risk_statement_version"]}
    answered = await mother.post(f"{API}/activity-consents/{asked['id']}/answer", yes)
    assert answered.json()["is_live"] is True
    claim = await mother.made(
        f"{API}/shifts/{shift['id']}/claims", {**CLAIM, "volunteer_id": person["id"]}
    )
    assert claim["state"] == "confirmed"
    seen = await mother.get(f"{API}/claims", params={"volunteer_id": person["id"]})
    assert len(seen.json()["items"]) == 1
    await mother.post(f"{API}/activity-consents/{asked['id']}/withdraw")
    assert (await teen.get(f"{API}/claims/{claim['id']}")).json()["state"] == "cancelled"


async def test_ones_data_is_had_and_deleted_and_kept_after_all(house: House) -> None:
    person, ada = await house.volunteer("ada")
    found = (await ada.get(f"{API}/volunteers/{person['id']}/data")).json()
    assert found["person"]["name"] == "ada"
    theirs = await house.organiser.get(f"{API}/volunteers/{person['id']}/data")
    assert theirs.status_code == 404
    made = await ada.made(f"{API}/erasures", {})
    kept = await ada.post(f"{API}/erasures/{made['id']}/withdraw")
    assert kept.json()["withdrawn_at"] is not None
    assert len((await ada.get(f"{API}/erasures")).json()["items"]) == 1


async def test_retention_is_for_those_who_keep_the_system(house: House) -> None:
    for path in ("retention-preview", "retention-runs"):
        refused = await house.organiser.get(f"{API}/{path}")
        assert (refused.status_code, refused.json()["code"]) == (403, "right_missing")


@as_system
async def _token() -> str:
    return await token_of((await make_account()).account_id)


async def _make_young(volunteer_id: UUID) -> None:
    await Volunteer.filter(id=volunteer_id).update(age=16)

"""The written agreement over the interface: all read it, organisers write it, people sign it."""

from tests.api.conftest import House

API = "/api/v1"


async def test_an_agreement_is_written_read_and_signed(house: House) -> None:
    project = await house.published_project()
    policy = {
        "insurer": "I",
        "number": "1",
        "covers_from": "2031-01-01T00:00:00+08:00",
        "covers_until": "2032-01-01T00:00:00+08:00",
    }
    await house.organiser.made(f"{API}/projects/{project['id']}/policies", policy)
    shift = await house.organiser.made(
        f"{API}/shifts",
        {
            "project_id": project["id"],
            "starts_at": "2031-05-01T09:00:00+08:00",
            "ends_at": "2031-05-01T11:00:00+08:00",
            "roles": [{"key": "helper", "target": 2}],
        },
    )
    path, of_shift = (
        f"{API}/projects/{project['id']}/agreement",
        f"{API}/shifts/{shift['id']}/agreement",
    )
    seen = await house.visitor.get(path)
    assert (seen.status_code, seen.json()["version"]) == (200, 0)
    words = {"is_heavy_risk": True, "text": "系好安全绳。"}
    bare = await house.organiser.ask("PUT", path, json=words)
    assert bare.status_code == 428
    for who, status in ((house.other_organiser, 404), (house.organiser, 200)):
        tag = (await who.get(path)).headers["ETag"]
        written = await who.put(path, words, tag)
        assert written.status_code == status
    stale = await house.organiser.put(path, words, tag)
    assert stale.status_code == 412
    empty = await house.organiser.put(path, {"is_heavy_risk": True}, "*")
    assert (empty.status_code, empty.json()["code"]) == (422, "invalid")

    _, ada = await house.volunteer("ada")
    assert (await ada.get(of_shift)).json()["text"] == "系好安全绳。"
    claim = {"risk_statement_version": 1}
    refused = await ada.post(f"{API}/shifts/{shift['id']}/claims", claim)
    assert (refused.status_code, refused.json()["code"]) == (409, "agreement_missing")
    for version, status in ((2, 409), (1, 200), (1, 200)):
        signed = await ada.post(f"{of_shift}/signature", {"version": version})
        assert signed.status_code == status
    assert signed.json()["signed_at"] is not None
    made = await ada.made(f"{API}/shifts/{shift['id']}/claims", claim)
    assert made["state"] == "confirmed"

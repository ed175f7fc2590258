"""One's record over the interface: pages by cursor, a dispute that is sent twice, its decision."""

from datetime import timedelta
from uuid import UUID, uuid4

from services import attendance, clock
from services.attendance import ByHandIn, Way
from services.database import rows
from services.rights import Actor, load_grants
from services.scope import as_system
from services.settings import Settings
from tests.api.conftest import House, shift_command, signed_in
from tests.api.support import CLAIM, Client

API = "/api/v1"
LEADS = "梧桐街道"
SAID = {"text": "我那天没有去。"}
STRUCK = {"outcome": "struck", "answer": "核对了签到表。"}


@as_system
async def _leader() -> Actor:
    """The organiser of the street, who also leads."""
    [row] = await rows("SELECT id FROM account WHERE name = $1", LEADS)
    grants = await load_grants(row["id"], clock.now())
    return Actor(account_id=row["id"], name=LEADS, grants=grants)


async def _stay(house: House, who: Client, settings: Settings, days: int) -> dict[str, str]:
    """A shift of so many days ago, on which the lead noted somebody for an hour."""
    project = await house.published_project(name=f"项目 {days}")
    command = shift_command(project["id"], 1 + days, 9)
    shift = await house.organiser.made(f"{API}/shifts", command)
    claim = await who.made(f"{API}/shifts/{shift['id']}/claims", CLAIM)
    starts_at = clock.now().replace(second=0, microsecond=0) - timedelta(days=days)
    await as_system(rows)(
        "UPDATE shift SET starts_at = $2, ends_at = $3 WHERE id = $1",
        UUID(shift["id"]),
        starts_at,
        starts_at + timedelta(hours=2),
    )
    leader = await _leader()
    for way, minutes in ((Way.IN, 0), (Way.OUT, 60)):
        now = starts_at + timedelta(minutes=minutes)
        await attendance.by_hand(leader, UUID(claim["id"]), ByHandIn(way=way), now, settings)
    return {"claim": claim["id"], "shift": shift["id"]}


async def test_a_record_is_read_by_pages_disputed_once_and_decided_by_another(
    house: House, settings: Settings
) -> None:
    _, ada = await house.volunteer("ada")
    _, ben = await house.volunteer("ben")
    older, newer = [await _stay(house, ada, settings, days) for days in (2, 1)]
    first = (await ada.get(f"{API}/my-record?limit=1")).json()
    rest = (await ada.get(f"{API}/my-record?limit=1&after={first['next']}")).json()
    assert [each["claim_id"] for each in first["items"] + rest["items"]] == [
        newer["claim"],
        older["claim"],
    ]
    assert rest["next"] is None
    assert (await ada.get(f"{API}/my-record/totals")).json()["hours"] == 2.0

    path, key = f"{API}/claims/{newer['claim']}/disputes", {"Idempotency-Key": str(uuid4())}
    made = await ada.post(path, SAID, headers=key)
    again = await ada.post(path, SAID, headers=key)
    assert (made.status_code, again.content) == (201, made.content)
    assert (await ada.post(path, SAID)).json()["code"] == "disputed_already"
    assert (await ada.post(path, {"text": "  "})).status_code == 422
    assert (await ada.get(made.headers["location"])).json() == made.json()
    for who in (ben, house.other_organiser):
        assert (await who.get(made.headers["location"])).status_code == 404
        assert (await who.post(path, SAID)).status_code == 404

    decide = f"{API}/disputes/{made.json()['id']}/decision"
    refused = await house.organiser.post(decide, STRUCK)
    assert (refused.status_code, refused.json()["code"]) == (409, "dispute_needs_another")
    assert (await house.other_organiser.post(decide, STRUCK)).status_code == 404
    above = await signed_in(house.visitor, "city")
    [case] = (await above.get(f"{API}/shifts/{newer['shift']}/disputes")).json()["items"]
    assert (case["can_decide"], case["dispute"]["text"]) == (True, SAID["text"])
    assert (await above.post(decide, STRUCK)).json()["state"] == "upheld"
    entry = (await ada.get(f"{API}/my-record/{newer['claim']}")).json()
    assert (entry["line"]["state"], entry["line"]["stay"]["minutes"]) == ("struck", 0)
    assert [each["minutes"] for each in entry["former"]] == [60]
    assert (await ada.get(f"{API}/my-record/totals")).json()["hours"] == 1.0

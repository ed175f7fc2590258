"""People come in through every door; then all that is left behind is searched for them."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import redis

from models.core import Account, RoleGrant, RoleName
from services import organisations
from services.database import rows
from services.notifications import notify
from tests.support import scanning
from tests.support.lease import CHECKOUT
from tests.support.pressing import PressingVisitor
from tests.support.signing import token_of
from tests.support.waiting import wait_until

BORN = date(1997, 8, 23)
# Somebody for each door: registered by staff, imported, and one whom nobody knows.
PHONES = {"api": "13812345601", "sheet": "13812345602", "stranger": "13812345603"}
DOCUMENT = "310101199708230027"
POLL_SECONDS = 0.05


class Left:
    """What the service has left behind: bytes with the name of where they were."""

    def __init__(self) -> None:
        self.found: list[tuple[str, bytes]] = []

    def add(self, where: str, content: bytes) -> None:
        self.found.append((where, content))

    def leaks(self) -> list[str]:
        return sorted(
            f"{where}: {what} of {who}"
            for who, phone in PHONES.items()
            for where, content in self.found
            for what in scanning.found_in(content, scanning.spellings(phone, DOCUMENT, BORN))
        )


def test_the_scanner_finds_what_is_there_in_any_spelling() -> None:
    wanted = scanning.spellings(PHONES["api"], DOCUMENT, BORN)
    for text, what in (
        ("+8613812345601", "phone"),
        ("138 1234 5601", "phone"),
        ("138-1234-5601", "phone"),
        (f"id={DOCUMENT}&", "document"),
        ("1997-08-23", "birth date"),
        ("1997年8月23日", "birth date"),
        ("19970823", "birth date"),
        ("1997/8/23", "birth date"),
        ("23.08.1997", "birth date"),
        ("\\\\x" + b"tel 13812345601".hex(), "phone"),
    ):
        assert what in scanning.found_in(text.encode(), wanted), text
    for text in ("138****5601", "2026-08-23", "13812345602", "19970824"):
        assert scanning.found_in(text.encode(), wanted) == []


async def test_nothing_that_is_left_behind_names_anybody_in_clear(
    database: str, valkey_url: str, tmp_path: Path
) -> None:
    left = Left()
    environment = {**os.environ, "DATABASE_URL": database, "REDIS_URL": valkey_url}
    token, node = await organiser()
    with web(environment, tmp_path) as address:
        person, need = await asyncio.to_thread(come_in, address, token, str(node), left)
        account = await Account.create(display_name="林晓", volunteer_id=person)
        own = await token_of(account.id)
        await asyncio.to_thread(give_document, address, own, person, need, left)
        await notify("skill_confirmed", UUID(person), skill="急救")
        await asyncio.to_thread(follow_inbox, address, own, left)
    run = [sys.executable, "-c", "from jobs.relay import relay; relay()"]
    queued = await asyncio.to_thread(
        subprocess.run, run, cwd=CHECKOUT, env=environment, capture_output=True
    )
    assert queued.returncode == 0, queued.stderr
    left.add("relay's output", queued.stdout + queued.stderr)
    assert queue_contents(valkey_url, left) > 0
    async with worker(environment, tmp_path):
        while await unsent():  # noqa: ASYNC110 - rows tell, not events
            await asyncio.sleep(POLL_SECONDS)
    for name in ("web.log", "worker.log"):
        left.add(name, await asyncio.to_thread((tmp_path / name).read_bytes))
    for table, content in await scanning.dumped(database):
        left.add(f"table {table}", content)

    assert left.leaks() == []
    # It is all there, though: the scan is worth nothing over an empty house.
    [counted] = await rows("SELECT count(*) AS data FROM personal_datum WHERE kind <> 'birth_date'")
    assert counted["data"] >= 3


def come_in(address: str, token: str, node: str, left: Left) -> tuple[str, str]:
    """Every door that takes or shows personal data, and every refusal that could repeat it."""
    with httpx2.Client(base_url=f"{address}/api/v1", timeout=60) as http:
        http.headers["Authorization"] = f"Bearer {token}"

        def ask(method: str, path: str, status: int, **sent: Any) -> Any:
            keyed = {"Idempotency-Key": str(uuid4())} if method == "POST" else {}
            answer = http.request(
                method, path, headers={**keyed, **sent.pop("headers", {})}, **sent
            )
            assert answer.status_code == status, f"{path}: {answer.text}"
            if not path.endswith("/reveal"):
                left.add(f"answer of {method} {path}", answer.content)
            return answer.json() if answer.content else None

        known = {"name": "林晓", "birth_date": BORN.isoformat(), "phone": PHONES["api"]}
        person = ask("POST", "/volunteers", 201, json=known)
        path = f"/volunteers/{person['id']}"
        for wrong in ({"phone": PHONES["api"] + "9"}, {"windows": [{"weekday": 9}]}, {"age": 3}):
            refused = ask("POST", "/volunteers", 422, json={**known, **wrong})
            assert refused["code"] == "invalid"
        ask("GET", "/volunteers", 200)
        ask("POST", "/people/search", 200, json={"q": PHONES["api"]})
        fields = {"fields": ["phone", "birth_date"], "purpose": "contact"}
        shown = ask("POST", f"{path}/reveal", 200, json=fields)
        assert shown["phone"].endswith(PHONES["api"])
        need = {"purpose": "insurance", "recipient": "保险"}
        asked = ask("POST", f"{path}/document-needs", 201, json=need)
        number = {"kind": "resident_id", "number": DOCUMENT}
        ask("POST", f"/document-needs/{asked['id']}/answer", 404, json=number)
        sheet = f"编号,姓名,出生日期,手机号\n7,陈晨,{BORN:%Y/%m/%d},{PHONES['sheet']}\n"
        csv = {"Content-Type": "text/csv"}
        where = f"/imports?kind=people&organisation_id={node}"
        batch = ask("POST", where, 201, content=sheet.encode(), headers=csv)
        ask("POST", f"/imports/{batch['id']}/apply", 200)
        for phone in PHONES.values():
            ask("POST", "/sign-in-codes", 202, json={"phone": phone})
        http.request("POST", "/volunteers", content=b'{"phone": "' + PHONES["api"].encode())
    same_site = {"Sec-Fetch-Site": "same-origin"}
    with PressingVisitor(base_url=address, timeout=60, headers=same_site) as pages:
        pages.cookies.set("mulin", token)
        for answer in (
            pages.post("/admin/people", data={"q": "林"}),
            pages.get(f"/admin/people/{person['id']}"),
            pages.get("/admin/people/duplicates"),
            pages.get("/nowhere"),
            pages.post(f"/admin/people/{person['id']}/document", data={"purpose": PHONES["api"]}),
        ):
            assert answer.status_code in (200, 400, 404, 422), answer.url
            left.add(f"page {answer.url.path}", answer.content)
    return person["id"], asked["id"]


def give_document(address: str, token: str, person: str, need: str, left: Left) -> None:
    """What only the person does: a wrong number, the right one, and a look at it."""
    headers = {"Authorization": f"Bearer {token}"}
    with httpx2.Client(base_url=f"{address}/api/v1", timeout=60, headers=headers) as http:
        wrong = DOCUMENT[:-2] + "99"
        for number, status in ((wrong, 422), (DOCUMENT, 200)):
            command = {"kind": "resident_id", "number": number}
            answer = http.post(f"/document-needs/{need}/answer", json=command)
            assert answer.status_code == status, answer.text
            left.add("answer to a document", answer.content)
        needs = http.get(f"/volunteers/{person}/document-needs")
        assert needs.json()["items"][0]["shown"].startswith("3***")
        left.add("the person's needs", needs.content)


def follow_inbox(address: str, token: str, left: Left) -> None:
    """What the person's open page hears: its address says nothing, and its events no more."""
    headers = {"Authorization": f"Bearer {token}", "Last-Event-ID": f"0-{UUID(int=0)}"}
    with (
        httpx2.Client(base_url=f"{address}/api/v1", timeout=60, headers=headers) as http,
        http.stream("GET", "/notifications/stream") as stream,
    ):
        assert stream.status_code == 200
        assert not stream.request.url.query
        lines = stream.iter_lines()
        heard = [line for line in iter(lambda: next(lines), "") if line]
    assert "event: notice" in heard
    left.add("the stream of the inbox", "\n".join(heard).encode())


async def organiser() -> tuple[str, Any]:
    city = await organisations.create_root("上海市")
    account = await Account.create(name="city", display_name="city", password_hash="x")
    for role in (RoleName.ORGANISER, RoleName.NODE_ADMINISTRATOR):
        await RoleGrant.create(account_id=account.id, role=role, organisation_id=city.id)
    return await token_of(account.id), city.id


async def unsent() -> int:
    [found] = await rows(
        "SELECT count(*) AS found FROM message WHERE sent_at IS NULL AND given_up_at IS NULL"
    )
    return int(found["found"])


def queue_contents(valkey_url: str, left: Left) -> int:
    """Everything in the queue's server, of whatever kind; how many keys there were."""
    with redis.Redis.from_url(valkey_url) as client:
        keys: list[bytes] = list(client.scan_iter())
        for key in keys:
            kind = client.type(key)
            content: Any = (
                client.lrange(key, 0, -1)
                if kind == b"list"
                else client.hgetall(key)
                if kind == b"hash"
                else client.dump(key)
            )
            left.add(f"queue {key!r}", key + repr(content).encode())
    return len(keys)


@contextmanager
def web(environment: dict[str, str], folder: Path) -> Iterator[str]:
    """A web process as it runs in the house, its log kept."""
    port = 20_000 + os.getpid() % 20_000
    command = [sys.executable, "-m", "cli", "serve", "--port", str(port)]
    with (folder / "web.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=CHECKOUT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: answers(process, address), "the web process", 90)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def answers(process: subprocess.Popen[bytes], address: str) -> bool:
    assert process.poll() is None, "the web process ended"
    try:
        return httpx2.get(f"{address}/static/mark.svg").status_code == 200
    except httpx2.TransportError:
        return False


@asynccontextmanager
async def worker(environment: dict[str, str], folder: Path) -> AsyncIterator[None]:
    """A worker of the default queue with its clock; its log is kept, and so is what it prints."""
    command = [sys.executable, "-m", "celery", "--app=jobs.app:app", "worker", "--beat"]
    command += ["--queues=default", "--concurrency=1", "--loglevel=INFO", "--without-mingle"]
    command += [f"--schedule={folder / 'schedule'}", "--without-gossip"]
    with (folder / "worker.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=CHECKOUT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        yield
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 60)


@pytest.fixture(autouse=True)
def few_secrets_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The messenger prints to the worker's own log, so that what it prints is searched as well."""
    monkeypatch.setenv("MULIN_PRINT_DESCRIPTOR", "1")

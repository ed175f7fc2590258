"""The log as those who watch read it, and how far it is sealed."""

from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.pages.reader import Reader, reader_of
from api.pages.rendering import page
from services import audit_reading
from services.audit_reading import Act, AuditQuery
from services.paging import CURSOR_LENGTH_MAX

SHOWN: Final = 50
LATE_SECONDS: Final = 5.0  # By then every line has its seal while the sealer runs.
NAMED: Final = ("act", "account_id", "subject_id", "since", "until")


async def show_lines(request: Request) -> Response:
    """The lines that the address asks for. What in it makes no sense is left out, and said."""
    reader = await reader_of(request)
    actor = reader.require_actor()
    asked = {name: request.query_params.get(name, "").strip()[:60] for name in NAMED}
    found = await audit_reading.list_page(actor, _query(reader, asked))
    facts = {
        "lines": found.items,
        "older": _link(asked, found.next) if found.next else None,
        "asked": asked,
        "is_filtered": any(asked.values()),
        "faulty": [name for name in ("account_id", "subject_id") if _is_faulty(asked[name])],
        "acts": list(Act),
        "chain": await audit_reading.chain_state(actor),
        "late_seconds": LATE_SECONDS,
        "is_id": lambda text: _id(text) is not None,
        "link": lambda **changes: _link({**dict.fromkeys(NAMED, ""), **changes}, None),
    }
    return page(reader, "admin-audit.html", **facts)


def _query(reader: Reader, asked: dict[str, str]) -> AuditQuery:
    since, until = _day(asked["since"]), _day(asked["until"])
    midnight = reader.moments.midnight
    return AuditQuery(
        limit=SHOWN,
        after=reader.request.query_params.get("after", "")[:CURSOR_LENGTH_MAX] or None,
        act=Act(asked["act"]) if asked["act"] in set(Act) else None,
        account_id=_id(asked["account_id"]),
        subject_id=_id(asked["subject_id"]),
        since=midnight(since) if since else None,
        before=midnight(until + timedelta(days=1)) if until and until < date.max else None,
    )


def _link(asked: dict[str, Any], after: str | None) -> str:
    pairs = [(name, value) for name, value in (*asked.items(), ("after", after)) if value]
    return f"/admin/audit?{urlencode(pairs)}" if pairs else "/admin/audit"


def _is_faulty(text: str) -> bool:
    return bool(text) and _id(text) is None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

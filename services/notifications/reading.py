"""The inbox: what somebody was told, the newest first, and what of it they have opened."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services import rights
from services.database import rows
from services.errors import NotFound
from services.notifications.telling import FACTS_PLACE
from services.notifications.texts import TEXTS
from services.notifications.wording import unpacked, words_of
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, acting
from services.settings import Settings
from services.vault import keyring


class NoticeQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose inbox: a ward's, or one's own."""

    volunteer_id: UUID | None = None


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that somebody was told, in both languages. `page` is where it leads; `about` the
    id of what it is about, where there is one."""

    id: UUID
    kind: str
    created_at: datetime
    zh: str
    en: str
    page: str
    about: UUID | None = None
    is_urgent: bool
    opened_at: datetime | None = None


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """How many notices nobody has opened yet."""

    count: int


_SELECT = (
    "SELECT id, kind, created_at, about, facts_cipher, is_urgent, opened_at FROM notification "
    "WHERE (volunteer_id = $1 OR account_id = $2)"
)


@acting
async def list_mine(
    actor: Actor, query: NoticeQuery | PageQuery, settings: Settings
) -> Page[Notice]:
    """What the actor, or a ward, was told: the newest first."""
    owners = _owners(actor, query.volunteer_id if isinstance(query, NoticeQuery) else None)
    after = decode_cursor(query.after, UUID) if query.after else None
    found = await rows(
        f"{_SELECT} AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4",
        *owners,
        after,
        query.limit + 1,
    )
    return page_of(
        [_view(row, settings) for row in found], [row["id"] for row in found], query.limit
    )


@acting
async def get(actor: Actor, notice_id: UUID, settings: Settings) -> Notice:
    """One notice of the actor's own or of a ward's."""
    found = await rows(
        "SELECT id, kind, created_at, about, facts_cipher, is_urgent, opened_at FROM notification "
        "WHERE id = $1 AND (volunteer_id = ANY($2::uuid[]) OR account_id = $3)",
        notice_id,
        list(actor.persons),
        actor.account_id,
    )
    if not found:
        raise NotFound
    return _view(found[0], settings)


@acting
async def note_opened(actor: Actor, notice_id: UUID, now: datetime, settings: Settings) -> Notice:
    """It was opened: no further channel brings it. Again: the same."""
    await get(actor, notice_id, settings)
    await rows(
        "UPDATE notification SET opened_at = $2 WHERE id = $1 AND opened_at IS NULL", notice_id, now
    )
    return await get(actor, notice_id, settings)


@acting
async def note_all_opened(actor: Actor, now: datetime) -> Unread:
    """Everything in the actor's own inbox was opened."""
    await rows(
        "UPDATE notification SET opened_at = $3 "
        "WHERE (volunteer_id = $1 OR account_id = $2) AND opened_at IS NULL",
        *_owners(actor, None),
        now,
    )
    return Unread(count=0)


@acting
async def count_unread(actor: Actor) -> Unread:
    """How many notices of the actor's own are not opened; a badge does not count further than
    a hundred."""
    [found] = await rows(
        "SELECT count(*) AS count FROM (SELECT 1 FROM notification "
        "WHERE (volunteer_id = $1 OR account_id = $2) AND opened_at IS NULL LIMIT 100) AS unread",
        *_owners(actor, None),
    )
    return Unread(count=found["count"])


def _owners(actor: Actor, volunteer_id: UUID | None) -> tuple[UUID | None, UUID | None]:
    """The person and the account whose inbox is meant."""
    if volunteer_id is None:
        return actor.volunteer_id, actor.account_id
    rights.require_own(actor, volunteer_id)
    return volunteer_id, None


def _view(row: dict[str, Any], settings: Settings) -> Notice:
    facts = unpacked(keyring().decrypt(FACTS_PLACE, row["id"], row["facts_cipher"]))
    return Notice(
        id=row["id"],
        kind=row["kind"],
        created_at=row["created_at"],
        zh=words_of(row["kind"], "zh", facts, settings.zone),
        en=words_of(row["kind"], "en", facts, settings.zone),
        page=TEXTS[row["kind"]].page.format(about=row["about"]),
        about=row["about"],
        is_urgent=row["is_urgent"],
        opened_at=row["opened_at"],
    )

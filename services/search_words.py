"""Words: what a shift is found by, and what somebody typed, cut in the same way.

`长者` finds `关爱长者`, since Chinese text is cut into the words of a dictionary. Every single
character counts as a word as well: so one character finds something, and so does a name that no
dictionary knows, whose characters all stand in the text.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

import rjieba

from services.database import rows
from services.scope import as_system
from services.transactions import transaction

BATCH_MOST: Final = 500
DESCRIPTION_LENGTH_MAX: Final = 2000
_HAN: Final = re.compile("[\u3400-\u9fff]")
_WORD: Final = re.compile(r"\w", re.UNICODE)

# A shift that somebody is writing is passed over: they cut its words themselves.
_WANTED = """
    SELECT s.id FROM shift s WHERE s.words IS NULL AND ($1::uuid[] IS NULL OR s.id = ANY($1))
    ORDER BY s.id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
"""
_TEXTS = """
    SELECT s.id, s.place, p.name, p.category, left(p.description, $2) AS description,
        o.name AS organisation,
        array(SELECT r.name FROM role r WHERE r.shift_id = s.id) AS roles,
        array(SELECT k.skill FROM role r JOIN role_skill k ON k.role_id = r.id
            WHERE r.shift_id = s.id) AS skills
    FROM shift s JOIN project p ON p.id = s.project_id JOIN organisation o
        ON o.id = p.organisation_id WHERE s.id = ANY($1::uuid[])
"""
# No word has a space in it.
_KEEP = """
    UPDATE shift SET words = string_to_array(line.words, ' ')
    FROM unnest($1::uuid[], $2::text[]) AS line(id, words) WHERE shift.id = line.id
"""


def words_of(texts: Iterable[str]) -> list[str]:
    """Every word by which these texts are found, each once, in order."""
    found: set[str] = set()
    for text in texts:
        plain = _plain(text)
        # Both cuts: the whole words that a query is cut into, and the shorter ones within them.
        for token in (*rjieba.cut(plain, False), *rjieba.cut_for_search(plain, False)):
            if _WORD.search(token):
                found.add(token)
                found.update(_HAN.findall(token))
    return sorted(found)


def asked_words(text: str) -> list[str]:
    """The words of what somebody typed. All of them have to stand in what is found."""
    tokens = (token for token in rjieba.cut(_plain(text), False) if _WORD.search(token))
    return sorted(set(tokens))


def _plain(text: str) -> str:
    """Wide and narrow, large and small letters alike; no spaces but single ones."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@as_system
async def fill(shift_ids: Sequence[UUID] | None = None) -> int:
    """Cut the words of these shifts, or of any that wait for it; how many there were."""
    async with transaction():
        wanted = await rows(_WANTED, None if shift_ids is None else list(shift_ids), BATCH_MOST)
        if not wanted:
            return 0
        # Read when they are held: whoever renames now waits, and asks for the words anew.
        found = await rows(_TEXTS, [row["id"] for row in wanted], DESCRIPTION_LENGTH_MAX)
        await rows(
            _KEEP,
            [row["id"] for row in found],
            [" ".join(words_of(_texts(row))) for row in found],
        )
    return len(found)


def _texts(row: dict[str, Any]) -> list[str]:
    texts = [row["name"], row["category"], row["place"], row["organisation"], row["description"]]
    return [text for text in (*texts, *row["roles"], *row["skills"]) if text]


@as_system
async def fill_project(project_id: UUID) -> None:
    """Cut the words of a project's shifts anew, where they wait for it."""
    waiting = await rows("SELECT id FROM shift WHERE project_id = $1 AND words IS NULL", project_id)
    await fill([row["id"] for row in waiting])


async def fill_all() -> int:
    """Cut the words of all shifts that wait for it; how many there were."""
    done = 0
    while cut := await fill():
        done += cut
    return done

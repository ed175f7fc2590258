"""One side of the world: its rows, who may see each, and the canaries in its texts."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid5

from tests.models.plain import PLAIN_ROWS, TEXTS

CANARY = re.compile(r"zq(?P<side>[ab])[0-9]{4}")
BIRD = "zq{side}{number:04}"
CITY_ID = UUID("00000000-0000-7000-8000-0000000c1717")
ISSUER_ID = UUID("00000000-0000-7000-8000-000000155e12")


@dataclass(frozen=True, slots=True)
class Line:
    """One row, and who may read it beside the service itself: everybody; these people (the person
    or a guardian); these accounts; and whoever may see this part of the data at or above a node."""

    side: str
    table: str
    row: Mapping[str, str]
    is_public: bool = False
    persons: frozenset[UUID] = frozenset()
    accounts: frozenset[UUID] = frozenset()
    opens: frozenset[tuple[str, UUID]] = frozenset()

    @property
    def id(self) -> UUID:
        return UUID(self.row["id"].strip("'"))


def literal(value: UUID | date | str | int | None) -> str:
    """An SQL literal."""
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


@dataclass
class Side:
    """One district: its tree, its people, and what they do."""

    side: str
    now: datetime
    lines: list[Line] = field(default_factory=list)
    birds: Iterator[int] = field(default_factory=lambda: count(1))
    flown: set[str] = field(default_factory=set)

    def id(self, name: str) -> UUID:
        """The id of something by its name: the same in every run, another on the other side."""
        return uuid5(CITY_ID, f"{self.side}:{name}")

    def phone(self, name: str) -> str:
        """A number of this person's own."""
        return f"+8613{'ab'.index(self.side)}{self.id(name).int % 10**8:08}"

    def birth_date(self, name: str) -> str:
        """A day of birth as old as the person is."""
        years = self.now.year - AGES[name] - 1
        return f"{years}-0{1 + 'ab'.index(self.side)}-17"

    def bird(self) -> str:
        """A canary, to be written in clear or to be sealed: it is looked for all the same."""
        bird = BIRD.format(side=self.side, number=next(self.birds))
        self.flown.add(bird)
        return bird

    def add(
        self,
        table: str,
        called: str,
        /,
        *,
        is_public: bool = False,
        persons: tuple[str, ...] = (),
        accounts: tuple[str, ...] = (),
        opens: tuple[tuple[str, str], ...] = (),
        **row: Any,
    ) -> None:
        """A row; texts that are not named are canaries, the rest is plain."""
        given = {column: literal(value) for column, value in row.items()}
        texts = {column: literal(self.bird()) for column in TEXTS[table] if column not in given}
        whole = {
            **PLAIN_ROWS[table],
            "id": literal(self.id(called)),
            "created_at": literal(self.now),
            **texts,
            **given,
        }
        self.lines.append(
            Line(
                self.side,
                table,
                whole,
                is_public,
                frozenset(self.id(each) for each in persons),
                frozenset(self.id(each) for each in accounts),
                frozenset((part, self.id(node)) for part, node in opens),
            )
        )


Places = tuple[tuple[str, str], ...]
# From where a person is seen: as registered, as belonging there, as coming to a shift there.
SEEN: Mapping[str, Places] = {
    "ada": (("people", "street"), ("people", "hood"), ("people", "team"), ("work", "hood")),
    "ben": (("people", "street"),),
    "kid": (("people", "street"), ("work", "hood")),
}
AGES = {"ada": 26, "ben": 30, "kid": 12}
REGISTERED: Places = (("people", "street"),)
DAY = timedelta(days=1)

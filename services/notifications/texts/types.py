"""What a text of a notification is."""

from enum import StrEnum
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]
DAY = 24 * 60


class Reach(StrEnum):
    """How far a notification goes beyond the inbox, where it always is."""

    INBOX = "inbox"
    """Nowhere else."""
    ONE = "one"
    """To the first channel of the person's own order; to the next where that fails."""
    TWO = "two"
    """To the first two at once, for what must not be missed."""
    CHAIN = "chain"
    """To one after the other until it is opened: for those who are called up."""


class Text(NamedTuple):
    """What is said, in both languages. `{facts}` are those of whoever notifies.

    After `good_for_minutes` it means nothing any more and is not sent. `page` is where one goes
    from it; `{about}` there is the id that it is about. `answers`: it is about an offer, which a
    link in the message can answer.
    """

    zh: str
    en: str
    good_for_minutes: int = DAY
    reach: Reach = Reach.ONE
    page: str = "/inbox"
    answers: bool = False

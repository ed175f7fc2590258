"""A short text in the two languages of the service, where a service itself has words to say."""

import msgspec


class Words(msgspec.Struct, frozen=True):
    """The same said twice."""

    zh: str
    en: str

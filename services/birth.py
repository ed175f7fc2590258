"""Days of birth: whole years of age, and by what somebody is found who is registered twice."""

import unicodedata
from datetime import date, timedelta

EARLIEST = date(1900, 1, 1)
GROWN_UP_FROM_AGE = 18  # Whoever is younger needs a guardian's yes to each shift (C2).
ALONE_FROM_AGE = 14  # Younger people register only with a guardian's verified consent (C1).


def age_on(birth_date: date, day: date) -> int:
    """Whole years on that day. A year is complete on the day after the birthday (C4).

    Who was born on 29 February completes a year on 1 March, in leap years and in others.
    """
    is_incomplete = (day.month, day.day) <= (birth_date.month, birth_date.day)
    return max(0, day.year - birth_date.year - is_incomplete)


def grows_on(birth_date: date, age: int) -> date:
    """The first day on which somebody is older than `age` whole years."""
    year = birth_date.year + age + 1
    if year > date.max.year:
        return date.max
    try:
        return birth_date.replace(year=year) + timedelta(days=1)
    except ValueError:  # 29 February in a year that has none.
        return date(year, 3, 1)


def born_as(name: str, birth_date: date) -> str:
    """Name and day of birth in one text: two people for whom it is the same may be one person.

    Width, case and spaces of the name make no difference.
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    return f"{''.join(plain.split())}\n{birth_date.isoformat()}"

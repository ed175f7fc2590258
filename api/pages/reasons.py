"""The reasons of a plan in sentences: changes, parts of a cost, and the names of groups."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from api.i18n import mark, translations
from api.pages.reader import Reader
from services.rounds import LineWhy, ReportBar, SeatChange

GROUP_WORDS: Final[Mapping[str, str]] = {
    "everybody": mark("Everybody"),
    "under_18": mark("under 18"),
    "18_25": mark("18 to 25"),
    "26_35": mark("26 to 35"),
    "36_59": mark("36 to 59"),
    "60_plus": mark("60 and over"),
    "newcomers": mark("served nothing before"),
    "served_before": mark("served before"),
    "rest": mark("all others together"),
    "no_home": mark("registered nowhere"),
}
SOMEBODY: Final = mark("One person")
PART_WORDS: Final[Mapping[str, str]] = {
    "travel": mark("the way"),
    "cause": mark("liking such work less"),
    "invite": mark("not asked for by name"),
    "fairness": mark("what they serve already"),
    "change": mark("kept from the last plan"),
}
SENTENCES: Final[Mapping[str, str]] = {
    "radius": mark("%(who)s travels about %(metres)s m more than now."),
    "available": mark("%(who)s has %(minutes)s minutes more to spare."),
    "limit_shifts": mark("%(who)s takes one shift more than agreed."),
    "limit_minutes": mark("%(who)s serves %(minutes)s minutes more than agreed."),
    "later": mark("The shift begins %(minutes)s minutes later."),
    "earlier": mark("The shift begins %(minutes)s minutes earlier."),
    "group": mark("The role is open to people of %(groups)s too."),
    "group_unnamed": mark("The role is open to one more organisation."),
    "age": mark("The role takes people from %(least)s to %(most)s years."),
    "skills": mark("The role asks for less skill: %(levels)s."),
    "team": mark("The team has %(people)s skilled people fewer."),
    "minimum": mark("The shift is held with %(people)s people fewer."),
    "replan": mark("Planning again would fill it: nothing else has to change."),
}


def reason_helpers(reader: Reader) -> Mapping[str, Callable[..., object]]:
    """Functions that the parts about reasons call."""
    look_up = translations(reader.language).gettext
    comma = "、" if reader.language == "zh" else ", "

    def change_words(change: SeatChange) -> str:
        key, facts = _said(change)
        if change.kind == "skills":
            none = look_up(mark("none"))
            levels = [f"{name} {level or none}" for name, level in change.levels.items()]
            facts = {"levels": comma.join(levels)}
        if change.kind == "group" and change.organisation_names:
            key, facts = "group", {"groups": comma.join(change.organisation_names)}
        return look_up(SENTENCES[key]) % {"who": change.name or look_up(SOMEBODY), **facts}

    def why_sentences(why: LineWhy) -> list[str]:
        parts = {name: getattr(why, name) for name in PART_WORDS}
        shown = [f"{look_up(PART_WORDS[name])} {cost}" for name, cost in parts.items() if cost]
        first = (
            look_up(mark("Costs %(cost)s points: %(parts)s."))
            if shown
            else look_up(mark("Costs nothing: near, willing, and with room for more."))
        )
        said = [first % {"cost": why.cost, "parts": comma.join(shown)}]
        return [*said, *_instead(why, look_up)]

    return {
        "change_words": change_words,
        "group_words": lambda name: look_up(GROUP_WORDS[name]) if name in GROUP_WORDS else name,
        "hours_words": lambda bars, place: _hours(bars, place, look_up),
        "why_sentences": why_sentences,
    }


def _said(change: SeatChange) -> tuple[str, dict[str, object]]:
    """The sentence of a change and the figures in it."""
    if change.kind == "limit":
        minutes = max(change.minutes_more, change.minutes_per_day_more)
        return ("limit_minutes" if minutes else "limit_shifts"), {"minutes": minutes}
    if change.kind == "time":
        later = change.minutes_later
        return ("later" if later > 0 else "earlier"), {"minutes": abs(later)}
    figures: dict[str, object] = {
        "metres": change.metres_more,
        "minutes": change.minutes_more,
        "least": change.min_age,
        "most": change.max_age,
        "people": change.people,
    }
    return ("group_unnamed" if change.kind == "group" else change.kind), figures


def _instead(why: LineWhy, look_up: Callable[[str], str]) -> list[str]:
    """Who would be next, and what the whole plan would be without this line."""
    said = []
    for person in why.next[:1]:
        who = person.name or look_up(SOMEBODY)
        text = look_up(mark("Next would be %(who)s, for %(more)s points more."))
        said.append(text % {"who": who, "more": person.more})
    if why.without is None:
        return said
    if why.without.shortfall > 0 or why.without.open > 0:
        text = mark("Without them here a seat somewhere stays empty.")
    elif (why.without.shortfall, why.without.open, why.without.cost) < (0, 0, 0):
        text = mark("A better plan without them here exists; planning again would find it.")
    else:
        text = mark("Without them here the whole plan costs %(cost)s points more.")
    return [*said, look_up(text) % {"cost": why.without.cost}]


def _hours(bars: Sequence[ReportBar], place: int, look_up: Callable[[str], str]) -> str:
    start = bars[place].start
    if start == 0:
        return look_up(mark("no hours"))
    if place + 1 == len(bars):
        return look_up(mark("%(start)s hours and more")) % {"start": start}
    end = bars[place + 1].start
    # The first bar with any hours begins with the first minute.
    text = mark("up to %(end)s hours") if place == 1 else mark("%(start)s to %(end)s hours")
    return look_up(text) % {"start": start, "end": end}

"""What `mulin explain` says of seats, people and changes, in both languages."""

from collections.abc import Mapping

from cli.words import Phrase
from matcher.explaining.answers import Difference
from matcher.explaining.changes import (
    Ages,
    Available,
    Change,
    Groups,
    Limit,
    Minima,
    Moved,
    Radius,
    Replan,
    SkillLevels,
    Team,
)
from matcher.explaining.person import WhyThis
from matcher.problem import Line, Problem
from matcher.times import write_time

METRES_PER_KM = 1000


def change_words(change: Change, problem: Problem) -> Phrase:
    """The change as something to do."""
    if isinstance(change, Replan):
        return Phrase("重新编排即可，无须改动", "plan again, nothing has to change")
    if isinstance(change, Radius | Available | Limit):
        return _of_person(change)
    if isinstance(change, Moved):
        return _moved(change, problem)
    return _of_demand(change)


def _of_person(change: Radius | Available | Limit) -> Phrase:
    who = change.volunteer
    if isinstance(change, Radius):
        return Phrase(
            f"{who} 多走 {change.metres_more} 米（最远 {change.metres} 米）",
            f"{who} travels {change.metres_more} m more ({change.metres} m at most)",
        )
    if isinstance(change, Available):
        return Phrase(
            f"{who} 多腾出 {change.minutes_more} 分钟",
            f"{who} has {change.minutes_more} minutes more to spare",
        )
    more = {
        Phrase(f"多 {change.shifts_more} 班", f"{change.shifts_more} shift(s) more"): (
            change.shifts_more
        ),
        Phrase(f"总时长多 {change.minutes_more} 分钟", f"{change.minutes_more} minutes more"): (
            change.minutes_more
        ),
        Phrase(
            f"当天多 {change.minutes_per_day_more} 分钟",
            f"{change.minutes_per_day_more} minutes more on the day",
        ): change.minutes_per_day_more,
    }
    said = [phrase for phrase, amount in more.items() if amount]
    return Phrase(
        f"{who} " + "、".join(each.zh for each in said),
        f"{who} takes " + ", ".join(each.en for each in said),
    )


def _moved(change: Moved, problem: Problem) -> Phrase:
    (shift,) = (each for each in problem.shifts if each.id == change.shift)
    start = write_time(shift.start_minute + change.minutes_later, problem.horizon.offset_minutes)
    minutes = abs(change.minutes_later)
    is_later = change.minutes_later > 0
    return Phrase(
        f"班次{'推迟' if is_later else '提前'} {minutes} 分钟（{start} 开始）",
        f"the shift starts {minutes} minutes {'later' if is_later else 'earlier'} ({start})",
    )


def _of_demand(change: Groups | Ages | SkillLevels | Team | Minima) -> Phrase:
    if isinstance(change, Groups):
        names = ", ".join(change.groups)
        return Phrase(f"岗位也向 {names} 开放", f"the role is open to {names} too")
    if isinstance(change, Ages):
        span = f"{change.min_age}–{change.max_age}"
        return Phrase(f"年龄放宽到 {span} 岁", f"the role takes ages {span}")
    if isinstance(change, SkillLevels):
        levels = [(skill, level) for skill, level in change.levels]
        return Phrase(
            "降低技能要求：" + "、".join(f"{s} {n} 级" if n else f"不要求 {s}" for s, n in levels),
            "the role asks for less: "
            + ", ".join(f"{s} at {n}" if n else f"no {s}" for s, n in levels),
        )
    if isinstance(change, Team):
        return Phrase(
            f"队伍要求少 {change.people} 人（依次为 {_counts(change)}）",
            f"the team lines ask for {change.people} fewer (in order {_counts(change)})",
        )
    names = ", ".join(f"{role} {least}" for role, least in change.minima)
    return Phrase(f"最少人数降为 {names}", f"the shift is held from {names} on")


def _counts(change: Team) -> str:
    return ", ".join(str(count) for count in change.counts)


PROVEN: Mapping[bool, Phrase] = {
    True: Phrase("同类中最小，已证明", "the least of its kind, proven"),
    False: Phrase("已证明可行，未证明同类中最小", "proven to do, not to be the least of its kind"),
}


def remedy_words(change: Change, *, is_cheapest: bool, problem: Problem) -> Phrase:
    """A change, what it is held to cost, and what is proven of it."""
    said, proven = change_words(change, problem), PROVEN[is_cheapest]
    return Phrase(
        f"  {change.price} 分 · {said.zh}（{proven.zh}）",
        f"  price {change.price} · {said.en} ({proven.en})",
    )


NOBODY = Phrase(
    "  确无一人：这一班、这个岗位或任何一个人单独改动都补不上，已证明",
    "  nobody at all: no change of this shift, this role or one person fills it, proven",
)
NOTHING_FOUND = Phrase("  没有找到能补上的改动", "  no change was found that would fill it")
FULL = Phrase("已满员", "no seat is left")
ON_SHIFT = Phrase("已在这一班", "is on this shift")


def difference_words(found: Difference) -> Phrase:
    """What another plan has more or less on the three levels."""
    levels = " / ".join(f"{each:+d}" for each in found.levels)
    if found.is_proven:
        return Phrase(f"{levels}（已证明）", f"{levels} (proven)")
    return Phrase(f"{levels}（至多）", f"{levels} (at most)")


def parts_words(said: WhyThis) -> Phrase:
    """The parts of a line's cost."""
    parts = [
        (f"路程 {said.metres} 米", f"{said.metres} m to go", said.travel),
        (f"意愿 {said.liking}", f"liking {said.liking}", said.cause),
        ("未被点名", "not invited", said.invite),
        ("均衡", "an even share", said.fairness),
        ("沿用上次方案", "kept from the last plan", said.change),
    ]
    shown = [each for each in parts if each[2]]
    return Phrase(
        f"代价 {said.cost}：" + ("，".join(f"{zh} {cost}" for zh, _, cost in shown) or "无"),
        f"costs {said.cost}: " + (", ".join(f"{en} {cost}" for _, en, cost in shown) or "nothing"),
    )


def give_up_words(lines: tuple[Line, ...] | None) -> Phrase:
    """Which of one's own lines stand in the way."""
    if lines is None:
        return Phrase("自己的班次去掉三个也不够", "not even without three of their own shifts")
    if not lines:
        return Phrase("", "")
    names = ", ".join(line.shift for line in lines)
    return Phrase(f"若不去 {names} 就有时间", f"there is time without {names}")

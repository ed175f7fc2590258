"""Why a seat cannot be taken, given back or promised."""

from collections.abc import Mapping

from api.sentences.forms import Sentence

SEATS: Mapping[str, Sentence] = {
    "ended": Sentence(
        409, "班次已结束", "Already over", "这个班次已经结束。", "This shift is already over."
    ),
    "called_off": Sentence(
        409,
        "班次已取消",
        "Called off",
        "这个班次已经取消，不会举行。",
        "This shift has been called off and will not take place.",
    ),
    "full": Sentence(
        409,
        "名额已满",
        "Full",
        "名额已满（共 {seats} 个）。",
        "No seat is left ({seats:seat|seats} in all).",
    ),
    "already_claimed": Sentence(
        409,
        "已经报过名",
        "Already claimed",
        "你在这个班次已有名额。",
        "You already hold a seat on this shift.",
    ),
    "overlap": Sentence(
        409,
        "时间冲突",
        "Overlaps another shift",
        "与你的“{project_name}”（{starts_at} 开始）时间重叠。",
        "It overlaps {project_name}, which begins {starts_at}.",
    ),
    "too_little_rest": Sentence(
        409,
        "休息时间不足",
        "Too little rest",
        "与“{project_name}”（{starts_at} 开始）中间{has:gap}，至少要休息 {needs:minutes}。",
        "Between it and {project_name}, which begins {starts_at}, there {has:gap}; "
        "the least rest is {needs:minutes}.",
    ),
    "travel_too_tight": Sentence(
        409,
        "来不及赶到",
        "Too little time to travel",
        "与“{project_name}”（{starts_at} 开始）之间，路上需要 {needs:minutes}，中间{has:gap}。",
        "The way to or from {project_name}, which begins {starts_at}, takes {needs:minutes}; "
        "there {has:gap} between.",
    ),
    "too_many_minutes": Sentence(
        409,
        "超出总时长上限",
        "Above the limit of time",
        "加上这个班次会超出你七天内 {limit:minutes}的上限。",
        "With this shift you would serve longer in seven days than your limit of {limit:minutes}.",
    ),
    "too_many_minutes_that_day": Sentence(
        409,
        "超出当天时长上限",
        "Above the limit of the day",
        "加上这个班次会超出你单日 {limit:minutes}的上限。",
        "With this shift you would serve longer that day than your limit of {limit:minutes}.",
    ),
    "too_many_shifts": Sentence(
        409,
        "超出班次数上限",
        "Above the limit of shifts",
        "加上这个班次会超出你七天内 {limit} 个班次的上限。",
        "With this shift you would have more shifts in seven days than your limit of {limit}.",
    ),
    "age": Sentence(
        409,
        "年龄不符",
        "Age does not fit",
        "这个岗位面向 {min_age:ages}的人。",
        "This role is for people aged {min_age:ages}.",
    ),
    "minor_hours": Sentence(
        409,
        "时间不适合未成年人",
        "Not at an hour for minors",
        "未满 {age} 岁只在 {from_time} 至 {until_time} 之间参加；可以看看这段时间里的其他班次。",
        "People under {age} serve between {from_time} and {until_time}; there are other shifts "
        "at those hours.",
    ),
    "adult_missing": Sentence(
        409,
        "还缺成年人陪同",
        "A grown-up has to be there",
        "每 {minors} 位未满 {age} 岁的志愿者须有一位成年人在场，现在还差 {missing} 位。"
        "可以约一位成年人一起报名，或等有成年人报名后再来。",
        "For every {minors} people under {age} a grown-up has to be there; {missing} more are "
        "needed. Come with one, or look again once one has signed up.",
    ),
    "group": Sentence(
        409,
        "仅限特定组织成员",
        "For members only",
        "这个岗位只面向指定组织的成员。",
        "This role is for members of certain organisations.",
    ),
    "excluded": Sentence(
        409,
        "无法参加此班次",
        "Not open to you",
        "组织者已设定你不参加这个班次，请与组织者联系。",
        "The organiser has taken you off this shift; please ask them.",
    ),
    "no_such_role": Sentence(
        404,
        "没有这个岗位",
        "No such role",
        "这个班次没有这个岗位。",
        "This shift has no such role.",
    ),
    "already_started": Sentence(
        409,
        "班次已开始",
        "Already begun",
        "班次已经开始，不能再取消报名，请联系组织者。",
        "The shift has begun and cannot be withdrawn from; please speak to the organiser.",
    ),
    "state_change_refused": Sentence(
        409,
        "当前状态不能这样改",
        "Not from this state",
        "它当前的状态不允许此操作。",
        "From its present state this is not possible.",
    ),
    "offer_expired": Sentence(
        409,
        "邀约已过期",
        "Offer has ended",
        "答复期限已过，名额已让出。",
        "The time to answer has passed and the seat has been given back.",
    ),
    "offer_accepted": Sentence(
        409,
        "邀约已接受",
        "Offer was accepted",
        "你已经接受了这份邀约；如不能前往，请取消报名。",
        "You have accepted this offer; if you cannot come, withdraw your claim.",
    ),
    "offer_declined": Sentence(
        409,
        "邀约已婉拒",
        "Offer was declined",
        "你已经婉拒了这份邀约，名额已让出。",
        "You have declined this offer and the seat has been given back.",
    ),
    "offer_withdrawn": Sentence(
        409,
        "邀约已撤回",
        "Offer was withdrawn",
        "你已放弃这份邀约，名额已让出。",
        "You have withdrawn from this offer and the seat has been given back.",
    ),
    "offer_called_off": Sentence(
        409,
        "邀约已取消",
        "Offer was called off",
        "班次已取消，这份邀约不再有效。",
        "The shift has been called off, and the offer with it.",
    ),
}

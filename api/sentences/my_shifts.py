"""Seats that one holds: cancelled, handed on, shared with friends, taken every week."""

from collections.abc import Mapping

from api.sentences.forms import Pair, Sentence

MY_SHIFTS: Mapping[str, Sentence] = {
    "cutoff_passed": Sentence(
        409,
        "已过免费取消时间",
        "Past the cut-off",
        "可直接取消的时间（{cutoff_at}）已过。来不了请点“我来不了”，我们马上帮你找人顶替。",
        "The time to cancel freely ({cutoff_at}) is over. Say that you can't come, and we look "
        "for a stand-in at once.",
    ),
    "hand_over_over": Sentence(
        409,
        "这个名额已不再转让",
        "No longer handed on",
        "这个名额已经有人接了，或本人又能来了。",
        "Somebody has taken this seat already, or its person comes after all.",
    ),
    "hand_over_already": Sentence(
        409,
        "已经提出过",
        "Asked already",
        "你已经提出过一样的转让或换班，请等对方答复。",
        "You have proposed this already; please wait for the answer.",
    ),
    "hand_over_own": Sentence(
        409,
        "这是你自己的名额",
        "Your own seat",
        "这是你自己的名额，不能由你自己来接。",
        "This seat is your own; somebody else has to take it.",
    ),
    "hand_over_restricted": Sentence(
        409,
        "由组织者选人",
        "The organiser chooses",
        "这个班次由组织者选人或抽签，名额不能私下转让，请联系组织者。",
        "The organiser chooses who comes to this shift, or draws; please ask them about the seat.",
    ),
    "buddies_only_instant": Sentence(
        409,
        "不能结伴报名",
        "Not for groups",
        "这个班次要审核或抽签，不能保证几个人一起，请各自报名。",
        "Seats of this shift are approved or drawn one by one, so nobody can promise them to a "
        "group; please sign up alone.",
    ),
    "buddies_full": Sentence(
        409,
        "人已到齐",
        "The group is full",
        "这个小队的人已经到齐了。",
        "Everybody who was to be in this group is in it.",
    ),
    "buddies_over": Sentence(
        409,
        "小队已结束",
        "The group is closed",
        "这个小队已经报上名或已解散，不能再加入。",
        "This group has its seats or has ended; nobody can join it any more.",
    ),
    "buddies_too_few": Sentence(
        409,
        "还差人",
        "Too few people",
        "小队里还只有你一个人，等朋友加入再一起报名。",
        "You are alone in this group; wait for a friend to join.",
    ),
    "buddy_cannot_come": Sentence(
        409,
        "有一位现在报不上",
        "One of you cannot come",
        "“{name}”现在报不上这个班次，所以谁都没有报。原因已告诉本人。",
        "{name} cannot have a seat on this shift, so nobody got one. We told them why.",
    ),
    "series_already": Sentence(
        409,
        "已有固定报名",
        "Signed up already",
        "你已经固定报名了这个时间。",
        "You have a standing sign-up for this time already.",
    ),
    "series_other_day": Sentence(
        409,
        "不是固定报名的日子",
        "Another weekday",
        "这一天不在你的固定报名里。",
        "This day is none of your standing sign-up.",
    ),
}
MY_SHIFT_DEFECTS: Mapping[str, Pair] = {
    "in_the_past": Pair("须在将来", "Must be in the future"),
    "ends_before_start": Pair("不能早于第一天", "Must not be before the first day"),
}

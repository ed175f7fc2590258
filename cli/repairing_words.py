"""What `mulin repair` says of the lines that went and came."""

from collections.abc import Mapping

from cli.words import Phrase
from matcher.repair import Repaired

REMOVED: Mapping[str, Phrase] = {
    "called_off": Phrase("这一班或这个岗位已取消", "the shift or role is off"),
    "dropped_out": Phrase("本人不能来", "cannot come"),
    "unavailable": Phrase("改期后本人没有时间", "not available at the new time"),
    "too_far": Phrase("改地点后太远", "too far from the new place"),
    "overlap": Phrase("与已答应的时间冲突", "the time is promised elsewhere"),
    "rest": Phrase("与已答应的班次间休息不足", "too little rest beside what is promised"),
    "limit": Phrase("已达本人上限", "a limit of the person is reached"),
    "seat_taken": Phrase("席位已答应给别人", "the seat is promised to somebody"),
    "apart": Phrase("已答应不能同班的人", "somebody apart is promised there"),
    "freed": Phrase("调去别处", "freed for another seat"),
}
ADDED: Mapping[str, Phrase] = {
    "claimed": Phrase("报名", "claimed"),
    "fills": Phrase("补上空位", "fills an open seat"),
    "moved": Phrase("调来", "moved here"),
}
LACKS: Mapping[str, Phrase] = {
    "minimum": Phrase("人数不到最低", "people to the minimum"),
    "team": Phrase("所需技能", "a skill of its team"),
    "adults": Phrase("陪同未成年人的成年人", "adults for its minors"),
    "together": Phrase("同组的伙伴", "friends who serve together"),
}


def quality(found: Repaired, freed_most: int) -> Phrase:
    """What is proven: best of all that free as few, best in seats, or neither."""
    if found.is_best:
        return Phrase(
            f"在至多调动 {freed_most} 人的方案中已证明最优。",
            f"Proven best of all plans that free at most {freed_most}.",
        )
    if found.are_seats_best:
        return Phrase(
            f"已证明：至多调动 {freed_most} 人时不可能补上更多席位。",
            f"Proven: no plan that frees at most {freed_most} fills more seats.",
        )
    return Phrase(
        "只搜索了空位附近的人，未证明最优。",
        "Only people near the open seats were looked at: not proven best.",
    )

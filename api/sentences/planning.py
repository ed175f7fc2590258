"""Rounds that cannot be planned, published or put away."""

from collections.abc import Mapping

from api.sentences.forms import Sentence

PLANNING: Mapping[str, Sentence] = {
    "round_not_solvable": Sentence(
        409,
        "此编排不能重新计算",
        "Round cannot be planned",
        "只有草稿或已过时的编排可以重新计算。",
        "Only a draft or a stale round can be planned again.",
    ),
    "round_not_solving": Sentence(
        409,
        "编排不在计算中",
        "Round is not being planned",
        "这次编排不在计算中，无须停止。",
        "This round is not being planned, so there is nothing to stop.",
    ),
    "round_not_proposed": Sentence(
        409,
        "没有待定的方案",
        "No plan to decide on",
        "只有待定的方案可以发布或放弃。",
        "Only a proposed plan can be published or discarded.",
    ),
    "round_publishing": Sentence(
        409,
        "正在发出邀约",
        "Offers are being sent",
        "这份方案正在发布，不能再放弃。",
        "This plan is being published; it can no longer be put away.",
    ),
    "round_stale": Sentence(
        409,
        "方案已过时",
        "Plan is stale",
        "方案算好之后数据有变化，请重新编排。没有发出任何邀约。",
        "The data moved after the plan was made; plan again. Nobody was offered anything.",
    ),
    "round_too_large": Sentence(
        409,
        "编排人数过多",
        "Too many people",
        "人数超过 {most} 的编排请用 mulin explain 查看原因。",
        "For rounds of more than {most} people, ask mulin explain.",
    ),
}

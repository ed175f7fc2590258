"""Why somebody cannot dispute a stay, or decide about a dispute."""

from collections.abc import Mapping

from api.sentences.forms import Sentence

RECORDS: Mapping[str, Sentence] = {
    "no_stay": Sentence(
        409,
        "没有到场记录",
        "Nothing is noted",
        "这个班次没有你的到场记录，没有可更正的内容。",
        "No coming or going is noted for this seat, so there is nothing to dispute.",
    ),
    "disputed_already": Sentence(
        409,
        "已申请更正",
        "Disputed already",
        "这条记录已有一个更正申请在处理，等答复后再说。",
        "A dispute about this record is open already; please wait for its answer.",
    ),
    "dispute_answered": Sentence(
        409,
        "已答复",
        "Answered already",
        "这条记录的更正申请已经答复，之后记录没有再变。",
        "The dispute about this record was answered, and nothing has changed since.",
    ),
    "dispute_too_late": Sentence(
        409,
        "更正期已过",
        "Too late to dispute",
        "申请更正的期限已在 {until} 结束。",
        "The time to dispute this record ended at {until}.",
    ),
    "dispute_decided": Sentence(
        409,
        "已处理",
        "Decided already",
        "这个更正申请已经处理。",
        "This dispute was decided already.",
    ),
    "dispute_needs_another": Sentence(
        409,
        "要由别人处理",
        "Somebody else decides",
        "带过这个班次、记过或改过这条记录的人，以及本人和监护人，不能处理，请由别的组织者处理。",
        "Whoever led the shift, entered or changed this record, or is its person or guardian, "
        "leaves the decision to another organiser.",
    ),
    "stay_running": Sentence(
        409,
        "还没结束",
        "Not over yet",
        "人还在场，签退之后才能更正；忘了签退，班次结束后会自动记上。",
        "This stay still goes on. It can be changed once it is over; one that is forgotten ends "
        "by itself after the shift.",
    ),
    "outside_shift": Sentence(
        409,
        "超出班次时间",
        "Outside the shift",
        "更正后的时间要在 {first} 到 {last} 之间。",
        "The corrected times have to lie between {first} and {last}.",
    ),
}

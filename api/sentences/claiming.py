"""When and how seats are had: opening, modes, waiting lists, insurance and blocks."""

from collections.abc import Mapping

from api.sentences.forms import Pair, Sentence

CLAIMING: Mapping[str, Sentence] = {
    "opens_at": Sentence(
        409,
        "报名尚未开始",
        "Not open yet",
        "这个班次从 {opens_at} 起接受报名。",
        "This shift can be claimed from {opens_at} on.",
    ),
    "blocked_until": Sentence(
        409,
        "暂停报名中",
        "Claims are paused for you",
        "“{organisation_name}”在 {until} 前不接受你的报名，原因：{reason}。"
        "如有异议，请联系该组织。",
        "{organisation_name} takes no claims of yours until {until}, because: {reason}. "
        "If that is wrong, please speak to them.",
    ),
    "insurance": Sentence(
        409,
        "保险尚未到位",
        "Insurance is missing",
        "这项活动有较大人身风险，须有保险覆盖全程和每一个人；目前的保险不够，组织者补齐后即可报名。",
        "This activity is dangerous: insurance has to cover the whole time and everybody. "
        "It does not yet; you can claim once the organiser has seen to it.",
    ),
    "agreement_missing": Sentence(
        409,
        "需要先签协议",
        "Agreement not signed",
        "这是高风险活动，参加前须签署书面协议。请打开班次页面上的“志愿服务协议”，读完后签名。",
        "This activity carries heavy risk: whoever takes part signs a written agreement first. "
        "Open “Agreement” on the page of the shift, read it and sign it there.",
    ),
    "agreement_reworded": Sentence(
        409,
        "协议已更新",
        "The agreement was reworded",
        "你看到的是第 {shown} 版协议，现在是第 {version} 版。请读过新的再签名。",
        "You were shown version {shown} of the agreement; it is version {version} now. "
        "Please read it and sign that one.",
    ),
    "agreement_not_needed": Sentence(
        409,
        "不需要签协议",
        "Nothing to sign",
        "这项活动不需要签署书面协议。",
        "This activity asks for no written agreement.",
    ),
    "agreement_for_adults": Sentence(
        409,
        "仅限成年人",
        "For grown-ups only",
        "高风险活动只面向年满 {age} 岁的志愿者，协议也只能由成年人签署。",
        "Activities of heavy risk are for people of {age} and over, and so is their agreement.",
    ),
    "heavy_risk_is_dangerous": Sentence(
        409,
        "高风险活动须有保险",
        "Heavy risk is dangerous too",
        "这个项目已标为高风险，不能同时取消“有人身风险”。请先取消高风险。",
        "The project is marked as of heavy risk, which is dangerous as well; unmark that first.",
    ),
    "risk_statement_changed": Sentence(
        409,
        "风险说明已更新",
        "The risks were reworded",
        "你看到的是第 {shown} 版风险说明，现在是第 {version} 版。请读过新的再报名。",
        "You were shown version {shown} of the risks; it is version {version} now. "
        "Please read it and claim again.",
    ),
    "claim_mode_in_use": Sentence(
        409,
        "已有人按原方式报名",
        "Asked for under the present mode",
        "已有 {claims} 人按原来的方式报名，等他们有了结果再改报名方式。",
        "{claims:person has|people have} asked under the present mode; change it once that is "
        "answered.",
    ),
    "already_drawn": Sentence(
        409,
        "已经抽签",
        "Drawn already",
        "这个班次已经抽过签，报名方式不能再改。",
        "This shift has been drawn; its mode stays as it is.",
    ),
    "not_drawn": Sentence(
        404, "还没有抽签", "Not drawn", "这个班次没有抽签记录。", "This shift has not been drawn."
    ),
    "draw_out_of_time": Sentence(
        409,
        "抽签时间不对",
        "Draw out of time",
        "抽签须在开放报名之后、班次开始之前。",
        "The draw has to be after claims open and before the shift begins.",
    ),
    "opens_too_late": Sentence(
        409,
        "开放时间太晚",
        "Opens too late",
        "开放报名须早于班次结束。",
        "Claims have to open before the shift ends.",
    ),
    "cannot_be_taken": Sentence(
        409,
        "此人目前无法参加",
        "Cannot be taken now",
        "此人目前无法接下这个名额（时间、条件或另有安排）。具体原因只告诉本人，可以请其看一看。",
        "As things stand this person cannot have the seat. Why is theirs to know; "
        "you may ask them to look.",
    ),
    "not_requested": Sentence(
        409,
        "不在待审核状态",
        "Nothing to decide",
        "这份报名现在是“{state:claim}”，不用再审核。",
        "This claim stands at “{state:claim}” and waits for nobody's decision.",
    ),
    "waiting_over": Sentence(
        409,
        "班次已开始",
        "The shift has begun",
        "班次已经开始，候补的人不再递补。",
        "The shift has begun; nobody who waits is asked any more.",
    ),
    "blocked_already": Sentence(
        409,
        "已暂停其报名",
        "Blocked already",
        "已经暂停了这个人的报名；要改期限，请先解除。",
        "This person is blocked already; lift that first to set another end.",
    ),
    "policy_number_taken": Sentence(
        409,
        "保单号已存在",
        "Policy is there already",
        "这个项目已有同号的保单。",
        "The project has a policy of this number already.",
    ),
    "policy_needed": Sentence(
        409,
        "保险仍有人需要",
        "Policy is still needed",
        "没有这份保险，将有 {shifts} 个已有人报名的班次失去保障。请先补上另一份。",
        "Without it {shifts:shift|shifts} with people on them would not be insured; add another "
        "first.",
    ),
}
CLAIMING_DEFECTS: Mapping[str, Pair] = {
    "agreement_without_words": Pair(
        "高风险活动须写明协议内容", "Heavy risk needs the words of its agreement"
    ),
    "draw_without_moment": Pair("抽签方式须写明抽签时间", "A draw needs its moment"),
    "draw_without_mode": Pair("只有抽签方式才有抽签时间", "Only the mode draw has one"),
    "draw_out_of_time": Pair(
        "抽签须在开放报名之后、班次开始之前",
        "Must be after claims open and not after the shift begins",
    ),
    "opens_too_late": Pair("开放报名须早于班次结束", "Must be before the shift ends"),
    "block_too_long": Pair("最长 {days} 天", "At most {days:day|days}"),
    "block_in_past": Pair("期限须在将来", "Must be in the future"),
}

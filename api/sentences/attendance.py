"""Why somebody cannot check in or out, object, evaluate or report."""

from collections.abc import Mapping

from api.sentences.forms import Pair, Sentence

ATTENDANCE: Mapping[str, Sentence] = {
    "check_in_not_open": Sentence(
        409,
        "还没到签到时间",
        "Too early to check in",
        "{opens_at} 开始可以签到。",
        "You can check in from {opens_at} on.",
    ),
    "already_checked_in": Sentence(
        409, "已签到", "Checked in already", "你已经签到了。", "You have checked in already."
    ),
    "handed_over": Sentence(
        409,
        "名额已由别人接手",
        "Somebody stands in",
        "已有人顶替你来，这个名额不再是你的。还有空位时，可以再报名一次；谢谢你赶来。",
        "Somebody stands in for you, so this seat is theirs now. If there is a free one you can "
        "take it; thank you for coming.",
    ),
    "marked_absent": Sentence(
        409,
        "已被标记为未到",
        "Marked as absent",
        "负责人已把你标记为未到。你在现场，请直接找负责人；也可以在“我的班次”提出异议。",
        "The lead has marked you as absent. If you are there, speak to the lead; you can also "
        "object under “My shifts”.",
    ),
    "not_confirmed": Sentence(
        409,
        "名额没有确认",
        "No confirmed seat",
        "你在这个班次没有已确认的名额，不能签到。",
        "You have no confirmed seat on this shift, so there is nothing to check in to.",
    ),
    "not_checked_in": Sentence(
        409,
        "还没有签到",
        "Not checked in",
        "先签到，再签退。没有赶上签到，请找负责人。",
        "Check in first. If you could not, speak to the lead.",
    ),
    "out_before_in": Sentence(
        409,
        "早于签到时间",
        "Before you came",
        "签退时间早于签到时间（{in_at}）。",
        "That is before you checked in, at {in_at}.",
    ),
    "check_out_over": Sentence(
        409,
        "签退已截止",
        "Too late to check out",
        "签退已在 {closed_at} 截止，时间先记到计划结束时，由负责人确认。",
        "Checking out ended at {closed_at}. The planned end stands for now; the lead confirms it.",
    ),
    "code_unreadable": Sentence(
        409,
        "不是签到码",
        "Not a check-in code",
        "扫到的不是签到码，请对准负责人手机上的码。",
        "That is no check-in code. Please scan the one on the lead's phone.",
    ),
    "code_not_genuine": Sentence(
        409,
        "签到码无效",
        "Not a valid code",
        "这个签到码不是负责人展示的码，请当场再扫一次。",
        "No lead has shown this code. Please scan again on the spot.",
    ),
    "code_from_future": Sentence(
        409,
        "签到码还没到时间",
        "Not shown yet",
        "这个签到码的时间还没到，请扫负责人此刻展示的码。",
        "This code is of a moment to come. Please scan the one that is shown just now.",
    ),
    "scan_too_old": Sentence(
        409,
        "扫码已过久",
        "Scanned too long ago",
        "离线扫的码要在 {hours} 小时内上传。请找负责人补记。",
        "A scan that was kept on the phone has to be sent within {hours} hours. Please ask the "
        "lead to note it.",
    ),
    "no_seat_here": Sentence(
        409,
        "你没有报这个班次",
        "No seat on this shift",
        "这个签到码对应的班次里没有你的名额。",
        "You have no seat on the shift whose code this is.",
    ),
    "name_the_person": Sentence(
        409,
        "给谁签到",
        "Who is it for?",
        "你监护的几个人都在这个班次，请在各自的班次页面签到。",
        "Several people you answer for are on this shift; please check in on each one's own page.",
    ),
    "digits_wrong": Sentence(
        409,
        "数字不对",
        "Wrong digits",
        "数字不对，请看负责人此刻展示的六位数字，还可以试 {left} 次。",
        "These are not the digits that are shown just now. You can try {left} more times.",
    ),
    "digits_not_six": Sentence(
        409,
        "要六位数字",
        "Six digits",
        "请输入负责人手机上的六位数字。",
        "Please type the six digits on the lead's phone.",
    ),
    "position_needed": Sentence(
        409,
        "需要位置",
        "Your position is needed",
        "用数字码签到要在地点 {metres} 米以内。请允许使用位置（只作比对，不保存），或改为扫码。",
        "On this shift the six-digit code is taken within {metres} m. Allow the use of your "
        "position, which is compared and not kept, or scan the code.",
    ),
    "not_near": Sentence(
        409,
        "不在现场附近",
        "Not near",
        "你的位置不在班次地点 {metres} 米以内。在现场的话，请扫码，或请负责人代签。",
        "Your position is not within {metres} m of the place. If you are there, scan the code or "
        "ask the lead.",
    ),
    "no_position": Sentence(
        409,
        "班次没有地点坐标",
        "No place on the map",
        "这个班次没有在地图上标出地点，不能按距离签到。",
        "This shift has no place on the map, so nearness cannot be asked for.",
    ),
    "own_attendance": Sentence(
        409,
        "不能给自己代签",
        "Not for oneself",
        "负责人不能给自己代签或确认，请扫码或输入数字码。",
        "A lead does not check themselves in by hand; please scan or type the code.",
    ),
    "nothing_to_confirm": Sentence(
        409,
        "没有要确认的",
        "Nothing to confirm",
        "这条记录没有待确认的签退时间。",
        "No time of leaving waits to be confirmed here.",
    ),
    "out_after_end": Sentence(
        409,
        "晚于计划结束",
        "After the planned end",
        "补记的签退时间不能晚于 {ends_at}。",
        "A time that is noted afterwards cannot be after {ends_at}.",
    ),
    "too_early_to_mark": Sentence(
        409,
        "还不能标记未到",
        "Too early to mark",
        "{first} 之后才能标记未到。",
        "Nobody is marked as absent before {first}.",
    ),
    "not_marked": Sentence(
        409,
        "没有被标记未到",
        "Not marked as absent",
        "你没有被标记为未到，不用提出异议。",
        "You are not marked as absent, so there is nothing to object to.",
    ),
    "objected_already": Sentence(
        409,
        "已提出异议",
        "Objected already",
        "你已经提出异议，等组织者处理。",
        "You have objected; the organiser will decide.",
    ),
    "objection_too_late": Sentence(
        409,
        "异议期已过",
        "Too late to object",
        "异议期已在 {until} 结束。",
        "The time to object ended at {until}.",
    ),
    "no_objection": Sentence(
        409,
        "没有异议",
        "No objection",
        "对方没有提出异议。",
        "Nobody has objected.",
    ),
    "objection_needs_another": Sentence(
        409,
        "要由别人处理",
        "Somebody else decides",
        "登记缺席的人、本人和监护人不能处理这项异议，请由别的组织者处理。",
        "Whoever made the mark, or is its person or guardian, leaves the decision to another "
        "organiser.",
    ),
    "objection_decided": Sentence(
        409, "异议已处理", "Decided already", "这项异议已经处理。", "This was decided already."
    ),
    "lead_already": Sentence(
        409,
        "已经是负责人",
        "Leads already",
        "这个账号已经是本班次的负责人。",
        "This account leads the shift already.",
    ),
    "lead_too_young": Sentence(
        409,
        "负责人须已成年",
        "Too young to lead",
        "班次负责人要满 {age} 周岁。",
        "Whoever leads a shift is {age} or older.",
    ),
    "has_no_account": Sentence(
        409,
        "没有登录账号",
        "No account",
        "这位志愿者还没有登录过，不能担任负责人。",
        "This person has never signed in, so they cannot lead.",
    ),
    "not_served": Sentence(
        409,
        "还不能评价",
        "Not yet",
        "签退之后才能评价。",
        "An evaluation can be given once the service is over.",
    ),
    "evaluation_closed": Sentence(
        409,
        "评价已截止",
        "Closed",
        "班次结束 {days} 天后不再收评价。",
        "Evaluations are taken for {days} days after a shift.",
    ),
    "too_many_reports": Sentence(
        409,
        "今天提交得太多",
        "Too many today",
        "一天最多提交 {most} 份报告。情况紧急请拨打 110、120。",
        "At most {most} reports a day. In an emergency call 110 or 120.",
    ),
    "report_not_taken": Sentence(
        409,
        "还没有受理",
        "Not taken yet",
        "先受理，再办结。",
        "Take the report before you close it.",
    ),
    "report_closed": Sentence(
        409, "已办结", "Closed already", "这份报告已经办结。", "This report is closed already."
    ),
}
ATTENDANCE_DEFECTS: Mapping[str, Pair] = {
    "name_one_lead": Pair(
        "在报名者和账号名中选一个", "name either somebody with a seat or an account"
    ),
    "word_not_of_this": Pair("“{word}”不用于这里", "“{word}” is not for this"),
}

"""Single defects of an input; their places are told beside them."""

from collections.abc import Mapping

from api.sentences.forms import Pair

DEFECTS: Mapping[str, Pair] = {
    "unknown_key": Pair("没有名为“{key}”的项", "There is no key {key}"),
    "missing_key": Pair("缺少必填项“{key}”", "The key {key} is required"),
    "given_twice": Pair("参数“{key}”只能出现一次", "The parameter {key} may be given once"),
    "no_offset": Pair("时间须带时区，如 +08:00 或 Z", "A time needs an offset such as +08:00 or Z"),
    "not_a_time": Pair(
        "不是时间，应如 2026-11-21T09:00:00+08:00",
        "Not a time such as 2026-11-21T09:00:00+08:00",
    ),
    "not_a_date": Pair("不是日期，应如 2026-11-21", "Not a date such as 2026-11-21"),
    "not_an_id": Pair("不是编号（UUID）", "Not an id (UUID)"),
    "not_allowed": Pair("不是可选的值", "Not one of the values allowed"),
    "wrong_length": Pair("长度不符，应为 {expected}", "Wrong length, must be of {expected}"),
    "too_small": Pair("过小，最小为 {least}", "Too small, must be at least {least}"),
    "too_big": Pair("过大，最大为 {most}", "Too big, must be at most {most}"),
    "wrong_format": Pair("格式不符", "Not in the form asked for"),
    "wrong_type": Pair("类型不符，应为 {expected}", "Wrong type, must be {expected}"),
    "nul": Pair("文字中不能有空字符（NUL）", "A text cannot hold the character NUL"),
    "not_unicode": Pair("文字中有不成对的代理字符", "A text holds half a character"),
    "position_missing": Pair(
        "不知道从哪里算起：请给出位置，或在个人资料里填写大致住处",
        "Nothing to measure from: give a position, or say in your profile roughly where you live",
    ),
    "unknown_id": Pair("没有这个编号，或你的账号看不到它", "No such id, or not for this account"),
    "account_unknown": Pair("没有用这个登录名的账号", "No account signs in by this name"),
    "name_the_node": Pair(
        "你在几个组织都有这项权限，请写明是哪一个",
        "Your roles allow this at several nodes; name the one that is meant",
    ),
    "listed_twice": Pair("同一项列了两次", "The same thing is listed twice"),
    "end_not_after_start": Pair("结束须晚于开始", "The end must be after the start"),
    "not_whole_minutes": Pair("时间须为整分钟", "Times are whole minutes"),
    "time_out_of_range": Pair("时间超出范围", "The time is out of range"),
    "horizon_too_long": Pair("最长 {days} 天", "At most {days} days"),
    "deadline_in_past": Pair("期限须在将来", "The deadline must be in the future"),
    "no_roles": Pair("至少要有一个岗位", "There must be at least one role"),
    "seats_out_of_order": Pair(
        "须满足：最少 ≤ 目标 ≤ 最多", "Must satisfy minimum ≤ target ≤ maximum"
    ),
    "ages_out_of_order": Pair("最小年龄不能大于最大年龄", "The least age is above the greatest"),
    "cannot_change": Pair("创建之后不能更改", "Cannot be changed once it is made"),
    "not_a_birth_date": Pair("不是可能的出生日期", "Not a possible date of birth"),
    "bad_cursor": Pair("不是上一页给出的 next", "Not a cursor that a page gave as its next"),
}

"""What `mulin solve`, `check` and `explain` say, in Chinese beside the matcher's own English."""

import unicodedata
from collections.abc import Mapping

from cli.words import Language, Phrase
from matcher.defects import Defect
from matcher.plan import Reason
from matcher.violation import Violation

DEFECTS_ZH: Mapping[str, str] = {
    "too_large": "文件超过 {limit_bytes} 字节的上限",
    "not_utf8": "不是 UTF-8 文本（第 {byte} 字节）",
    "not_json": "不是 JSON：{detail}（第 {line} 行，第 {column} 列）",
    "not_finite": "{value} 不是 JSON 认得的数",
    "too_deep": "嵌套过深，无法读取",
    "duplicate_key": "键 {key} 在同一对象中出现两次",
    "unknown_key": "不认识的键 {key}",
    "missing_key": "缺少必填的键 {key}",
    "null": "不能写 null；没有值就不要写这个键",
    "wrong_type": "应为{expected}，而不是 {found}",
    "half_character": "含有半个字符（孤立代理项），不成文本",
    "wrong_format": "应为 {expected}，而不是 {found}",
    "wrong_length": "应有 {expected} 项，而不是 {found} 项",
    "empty_text": "不能为空",
    "too_small": "至少为 {least}，而不是 {found}",
    "too_big": "至多为 {most}，而不是 {found}",
    "not_a_time": "不是带日期和时区偏移的 ISO 8601 时间：{found}",
    "no_offset": "时间要写时区偏移，例如 +08:00 或 Z：{found}",
    "not_whole_minutes": "时间须为整分钟：{found}",
    "end_not_after_start": "必须晚于开始时间",
    "outside_horizon": "班次必须在编排时段之内",
    "duplicate_id": "编号 {id} 用了两次，第一次在 {first}",
    "duplicate_member": "{member} 在这个列表中出现两次，第一次在 {first}",
    "duplicate_line": "同一行出现两次，第一次在 {first}",
    "unknown_volunteer": "没有编号为 {id} 的志愿者",
    "unknown_shift": "没有编号为 {id} 的班次",
    "unknown_role": "班次 {shift} 没有岗位 {id}",
    "same_person": "{id} 不能与自己成对",
    "not_one_of": "应为 {words} 之一，而不是 {found}",
    "min_above_max": "最少人数 {min} 大于最多人数 {max}",
    "fixed_clash": "这些已定的行不能同时成立，违反 {rule}：{lines}",
    "missing_table": "缺少必需的表 {table}",
    "unknown_table": "这里没有叫 {table} 的东西",
    "not_parquet": "不是 Parquet 表：{detail}",
    "null_value": "这里不能是 null",
    "more": "另有 {count} 处问题未列出",
    "unread": "另有 {count} 处问题未列出，其余未读",
}

TYPES_ZH: Mapping[str, str] = {
    "an object": "对象",
    "a list": "列表",
    "text": "文本",
    "a whole number": "整数",
    "a number": "数",
    "true or false": " true 或 false",
    "an ISO 8601 time as text": " ISO 8601 时间文本",
    "a time with a time zone": "带时区的时间",
    "a map of names": "以名称为键的映射",
    "a record": "记录",
}

VIOLATIONS_ZH: Mapping[str, str] = {
    "unknown_volunteer": "没有编号为 {volunteer} 的志愿者",
    "unknown_shift": "没有编号为 {shift} 的班次",
    "unknown_role": "班次 {shift} 没有岗位 {role}",
    "duplicate_line": "同一行出现两次，第一次在 {first}",
    "skills": "{volunteer} 缺少 {shift} 的 {role} 要求的技能",
    "age": "{volunteer} {age} 岁；{shift} 的 {role} 要求 {least} 至 {most} 岁",
    "group": "{volunteer} 不属于 {shift} 的 {role} 要求的任何团体",
    "unavailable": "{volunteer} 不能全程参加 {shift}",
    "too_far": "{shift} 距 {volunteer} {metres} 米，其上限为 {most} 米",
    "overlap": "{volunteer} 同时在 {shift} 和 {other}",
    "transfer": "{volunteer} 从 {shift} 到 {other} 只有 {gap} 分钟，需要 {needed} 分钟",
    "rest": "{volunteer} 在 {shift} 与 {other} 之间只休息 {gap} 分钟，需要 {needed} 分钟",
    "max_minutes": "{volunteer} 在时段内超过 {most} 分钟",
    "max_minutes_per_day": "{volunteer} 有一天超过 {most} 分钟",
    "max_shifts": "{volunteer} 超过 {most} 个班次",
    "too_many": "{shift} 的 {role} 有 {people} 人，至多 {most} 人",
    "two_roles": "{volunteer} 在 {shift} 有 {roles} 个岗位",
    "below_minimum": "{shift} 的 {role} 只有 {people} 人，少于 {least} 人，却没有取消",
    "team": "{shift} 缺 {missing} 名 {skill} 达到 {level} 级的人",
    "adults": "{shift} 的未成年人缺 {missing} 名成年人陪同",
    "apart": "{volunteer} 与 {other} 都在 {shift}",
    "together": "{group} 这一组只有一部分人在 {shift}",
    "fixed": "已答应 {volunteer} 担任 {shift} 的 {role}",
    "forbidden": "{volunteer} 不得参加 {shift}",
    "score": "方案写的是 {said}，实际是 {true}",
    "bound_above_score": "界 {bound} 高于得分 {score}",
    "bound_beaten": "界为 {bound}，但还有人能担任 {shift} 的 {role}，可达 {possible}",
    "unproven": "方案写的是 {said}，松弛只能证明 {true}",
    "unproven_by_certificate": "方案写的是 {said}，其证明书只能证明 {true}",
    "negative": "界最低为 0，而不是 {bound}",
    "status": "方案写的是 {said}，按其界应为 {true}",
    "unfilled_missing": "{shift} 的 {role} 缺 {missing} 人，却没有列出",
    "unfilled_unknown": "{shift} 的 {role} 已满员或不存在",
    "unfilled_twice": "{shift} 的 {role} 列了两次",
    "unfilled_count": "方案写缺 {said} 人，实际缺 {true} 人",
    "unfilled_reasons": "方案写的是 {said}，实际是 {true}",
    "no_reasons": "志愿者不超过 {most} 人时必须写明原因",
}

REASONS: Mapping[Reason, Phrase] = {
    "forbidden": Phrase("不得参加", "not to serve here"),
    "skills": Phrase("缺少技能", "without the skills"),
    "age": Phrase("年龄不符", "not of the age"),
    "group": Phrase("不属于所要求的团体", "in none of the groups"),
    "unavailable": Phrase("时间不合", "not available"),
    "too_far": Phrase("太远", "too far away"),
    "busy": Phrase("已有安排或已达上限", "busy, or at a limit"),
    "team": Phrase("会破坏这一班的组成", "would break the team's rules"),
    "free": Phrase("有空", "free"),
}

STAGES: Mapping[str, Phrase] = {
    "greedy": Phrase("初步方案", "first plan"),
    "shortfall": Phrase("最少人数", "least seats"),
    "open": Phrase("空位", "open seats"),
    "cost": Phrase("意愿", "wishes"),
    "done": Phrase("完成", "done"),
}


def defect_line(defect: Defect, language: Language) -> str:
    """`place: message`, or the message alone where the whole file is meant."""
    parameters = dict(defect.parameters)
    english = defect.message
    if "expected" in parameters:
        expected = str(parameters["expected"])
        parameters["expected"] = TYPES_ZH.get(expected, expected)
    chinese = DEFECTS_ZH[defect.code].format(**parameters)
    message = Phrase(chinese, english).in_language(language)
    return f"{defect.place}: {message}" if defect.place else message


def violation_line(violation: Violation, language: Language) -> str:
    """`rule place: message`."""
    chinese = VIOLATIONS_ZH[violation.code].format(**violation.parameters)
    message = Phrase(chinese, violation.message).in_language(language)
    return f"{violation.rule} {violation.place}: {message}"


def visible(text: str) -> str:
    """The text on one line, with nothing in it that a terminal would act upon.

    Ids are other people's texts: one may hold a line break, or a command to the terminal.
    """
    return "".join(
        letter if unicodedata.category(letter) != "Cc" else f"\\u{ord(letter):04x}"
        for letter in text
    )


def reason_words(reason: Reason, language: Language) -> str:
    """What keeps people from a role."""
    return REASONS[reason].in_language(language)

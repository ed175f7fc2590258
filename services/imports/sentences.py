"""The sentences of an import's defects and notes, in Chinese and in English, by their codes."""

from collections.abc import Mapping
from typing import NamedTuple

from matcher.defects import MESSAGES
from services.errors import Defect
from services.imports.views import Note, RowDefect


class Sentence(NamedTuple):
    """One sentence in both languages, with the names of its facts in braces."""

    zh: str
    en: str


# The file as a whole.
FILE_SENTENCES: Mapping[str, Sentence] = {
    "empty_file": Sentence("文件是空的", "the file is empty"),
    "not_a_sheet": Sentence(
        "这不是表格；请用 CSV 或 Excel 的 .xlsx 文件",
        "this is not a sheet; use a CSV file or an Excel .xlsx file",
    ),
    "not_a_problem": Sentence(
        "这不是 JSON 格式的编排问题，像是表格；表格请选择“人员”或“班次”",
        "this is not a problem in JSON but looks like a sheet; import it as people or shifts",
    ),
    "old_excel": Sentence(
        "旧式 .xls 或加密的 Excel 文件；请去掉密码并另存为 .xlsx",
        "an old .xls file or one with a password; save it as .xlsx without a password",
    ),
    "broken_workbook": Sentence(
        "Excel 文件已损坏，读不出来（{part}）", "the Excel file is damaged at {part}"
    ),
    "unpacks_too_large": Sentence(
        "Excel 文件解压后超过 {limit_bytes} 字节",
        "the Excel file unpacks to more than {limit_bytes} bytes",
    ),
    "forbidden_xml": Sentence(
        "Excel 文件里有不允许的 XML 声明（{part}）",
        "the Excel file declares XML entities, which is not allowed ({part})",
    ),
    "unknown_encoding": Sentence(
        "不是 UTF-8、UTF-16 或 GB18030 文字（第 {byte} 字节）",
        "the text is neither UTF-8, UTF-16 nor GB18030 (byte {byte})",
    ),
    "not_text": Sentence("不是文字文件（第 {byte} 字节）", "not a text file (byte {byte})"),
    "bad_csv": Sentence("CSV 第 {line} 行读不出来", "line {line} cannot be read as CSV"),
    "no_header": Sentence(
        "前 {rows} 行中没有表头。需要的列：{expected}",
        "no header row in the first {rows} rows. Columns needed: {expected}",
    ),
    "missing_column": Sentence(
        "缺少“{column}”列；可用的列名：{expected}",
        "the column {column} is missing; it may be headed {expected}",
    ),
    "column_twice": Sentence(
        "“{column}”与“{first}”是同一列，只能有一个",
        "{column} and {first} are the same column; only one may stand",
    ),
    "no_rows": Sentence("表头下面没有数据", "there are no rows below the header"),
    "too_many_rows": Sentence(
        "超过 {most} 行；请分开导入", "more than {most} rows; import in parts"
    ),
}

# One cell.
CELL_SENTENCES: Mapping[str, Sentence] = {
    "formula": Sentence(
        "是公式，不会计算；请改为数值或文字",
        "is a formula, which is not evaluated; paste its value instead",
    ),
    "error_value": Sentence("是 Excel 的错误值 {found}", "is the Excel error {found}"),
    "digits_lost": Sentence(
        "{found} 是数字，超过 15 位的数位已丢失；请把该列设为文本后重新填写",
        "{found} is a number that lost its digits past the fifteenth; "
        "make the column text and type it again",
    ),
    "blank": Sentence("不能为空", "must not be blank"),
    "text_too_long": Sentence(
        "最多 {most} 个字符，现在 {found} 个", "at most {most} characters, not {found}"
    ),
    "control_character": Sentence(
        "含有不可见的控制字符", "holds a control character, which cannot be seen"
    ),
    "not_whole_number": Sentence(
        "应为整数（{unit}），如 {example}，而不是 {found}",
        "must be a whole number of {unit} such as {example}, not {found}",
    ),
    "not_number": Sentence(
        "应为数字，如 {example}，而不是 {found}", "must be a number such as {example}, not {found}"
    ),
    "below_least": Sentence(
        "最小为 {least}，现在是 {found}", "must be at least {least}, not {found}"
    ),
    "above_most": Sentence("最大为 {most}，现在是 {found}", "must be at most {most}, not {found}"),
    "swapped_position": Sentence(
        "纬度在 −90 到 90 之间；经度和纬度是否填反了？",
        "latitude lies between −90 and 90; are longitude and latitude swapped?",
    ),
    "not_coordinate_system": Sentence(
        "坐标系应为 WGS-84、GCJ-02 或 BD-09，而不是 {found}",
        "the coordinate system is WGS 84, GCJ-02 or BD-09, not {found}",
    ),
    "half_position": Sentence(
        "经度和纬度要么都填，要么都不填", "give both longitude and latitude, or neither"
    ),
    "not_date": Sentence(
        "应为日期，如 2008-05-17，而不是 {found}", "must be a date such as 2008-05-17, not {found}"
    ),
    "not_date_time": Sentence(
        "应为日期和时间，如 2026-05-17 09:00，而不是 {found}",
        "must be a date and a time such as 2026-05-17 09:00, not {found}",
    ),
    "not_clock_time": Sentence(
        "应为时刻，如 09:30，而不是 {found}", "must be a time of day such as 09:30, not {found}"
    ),
    "not_whole_minute": Sentence(
        "时间应为整分钟，而不是 {found}", "times are whole minutes, not {found}"
    ),
    "end_before_start": Sentence("结束应晚于开始：{found}", "must end after it starts: {found}"),
    "end_before_start_of_day": Sentence(
        "结束应晚于开始：{found}；跨过午夜请写成 22:00-26:00",
        "must end after it starts: {found}; past midnight is written 22:00-26:00",
    ),
    "not_availability": Sentence(
        "应写成“周一 09:00-12:00; 2026-05-17 14:00-18:00”，而不是 {found}",
        "is written Mon 09:00-12:00; 2026-05-17 14:00-18:00, not {found}",
    ),
    "not_level": Sentence(
        "“{name}”的等级应为 1–5，而不是 {found}", "the level of {name} is 1 to 5, not {found}"
    ),
    "not_evidence": Sentence(
        "应写成“急救:急救证书:红十字会 2026”（技能:凭证种类:看到了什么），而不是 {found}",
        "is written first aid:first aid certificate:what you have seen, not {found}",
    ),
    "evidence_without_skill": Sentence(
        "有“{name}”的凭证，却没有列出这项技能", "there is evidence for {name}, but not that skill"
    ),
    "not_liking": Sentence(
        "“{name}”的喜好应为 0–3，而不是 {found}", "the liking of {name} is 0 to 3, not {found}"
    ),
    "not_team_line": Sentence(
        "应写成“急救:3*2”（技能:等级*人数），而不是 {found}",
        "is written first aid:3*2 (skill:level*people), not {found}",
    ),
    "named_twice": Sentence("“{name}”写了两次", "{name} stands twice"),
    "not_yes_or_no": Sentence("应为“是”或“否”，而不是 {found}", "must be yes or no, not {found}"),
    "unknown_group": Sentence(
        "“{name}”不是本组织下的组织；已有：{known}",
        "{name} is no organisation under this one; there are {known}",
    ),
    "ambiguous_group": Sentence("有多个组织叫“{name}”", "several organisations are called {name}"),
}

# One row against the others, and against what is stored.
ROW_SENTENCES: Mapping[str, Sentence] = {
    "not_a_phone": Sentence(
        "不是手机号，应如 138 0013 8000 或 +852 9123 4567",
        "not a mobile number such as 138 0013 8000 or +852 9123 4567",
    ),
    "phone_proven": Sentence(
        "此人已用验证码验证过手机号，只能由本人更换",
        "the person has proven their number by a code; only they change it",
    ),
    "person_closed": Sentence(
        "此编号的记录已删除，或已并入其他单位登记的人",
        "the record of this key was erased, or merged into a person registered elsewhere",
    ),
    "merged_with_row": Sentence(
        "此编号的记录已与第 {first} 行的人合并，只能保留一行",
        "the record of this key was merged with the person of row {first}: keep one of the rows",
    ),
    "no_age": Sentence("出生日期和年龄至少填一个", "give the birth date or the age"),
    "born_too_early": Sentence("出生不早于 1900 年", "nobody here was born before 1900"),
    "not_yet_born": Sentence(
        "出生日期在今天之后：{found}", "the birth date {found} is after today"
    ),
    "duplicate_key": Sentence(
        "编号“{key}”已在第 {first} 行用过", "the key {key} already stands in row {first}"
    ),
    "duplicate_role": Sentence(
        "该班次的岗位“{role}”已在第 {first} 行写过",
        "the role {role} of this shift already stands in row {first}",
    ),
    "differs_from_first": Sentence(
        "同一编号的各行，“{column}”应与第 {first} 行相同或留空",
        "{column} must be as in row {first}, which has the same key, or blank",
    ),
    "min_above_max": Sentence("最少人数 {min} 大于最多人数 {max}", "min {min} is above max {max}"),
    "min_age_above_max_age": Sentence(
        "最小年龄 {min} 大于最大年龄 {max}", "min age {min} is above max age {max}"
    ),
    "nobody_named": Sentence("编号和姓名至少填一个", "give the number or the name"),
    "unknown_person": Sentence(
        "本组织及下级没有“{found}”这个人", "there is nobody called {found} at or under this one"
    ),
    "ambiguous_person": Sentence(
        "有不止一个“{found}”，请填编号和姓名",
        "there is more than one {found}; give the number and the name",
    ),
    "name_differs": Sentence(
        "编号“{key}”登记的是另一个姓名", "the number {key} is registered under another name"
    ),
    "unknown_tag": Sentence(
        "本级没有标签“{name}”；已有：{known}", "this level has no tag {name}; there are {known}"
    ),
    "retired_tag": Sentence("标签“{name}”已停用", "the tag {name} is retired"),
    "too_early_or_late": Sentence(
        "时间须在 1900 年到 2200 年之间", "times lie between the years 1900 and 2200"
    ),
    "offset_too_large": Sentence(
        "时差最多 14 小时，现在是 {found} 分钟",
        "the offset is at most 14 hours, not {found} minutes",
    ),
    "ambiguous_project": Sentence(
        "有多个项目叫“{name}”；请填写类别", "several projects are called {name}; give the category"
    ),
    "ambiguous_shift": Sentence(
        "本组织的多个项目里都有编号为“{key}”的班次",
        "several projects have a shift with the key {key}",
    ),
    "shift_called_off": Sentence("该班次已取消，不能再改", "the shift has been called off"),
    "shift_has_claims": Sentence(
        "已有人报名，不能通过导入改时间或地点",
        "people hold seats, so an import cannot move it to another time or place",
    ),
    "role_has_claims": Sentence(
        "岗位“{role}”已有报名，不能删除", "the role {role} has claims and cannot be left out"
    ),
    "seats_held": Sentence(
        "岗位“{role}”已有 {held} 人，不能少于此数",
        "{held} people hold seats in the role {role}, which cannot have fewer",
    ),
    "fixed_on_other_role": Sentence(
        "此人已在该班次的另一岗位报名",
        "this person already has a claim in another role of the shift",
    ),
    "fixed_overlaps": Sentence(
        "此人在同一时间已有别的班次", "this person already holds a seat elsewhere at that time"
    ),
    "fixed_over_maximum": Sentence(
        "岗位已满：最多 {maximum} 人", "the role is full: it has at most {maximum} seats"
    ),
    "child_needs_guardian": Sentence(
        "未满 {age} 周岁须由监护人注册，名单不能代为注册",
        "who is under {age} is registered by a guardian, not by a list",
    ),
    "fixed_needs_guardian": Sentence(
        "此人未满 18 周岁，监护人还没有同意参加这个班次",
        "this person is under 18, and no guardian has agreed to this shift",
    ),
    "refused_volunteer": Sentence("所指志愿者被拒绝", "the volunteer that it names is refused"),
    "refused_shift": Sentence("所指班次被拒绝", "the shift that it names is refused"),
}

NOTE_SENTENCES: Mapping[str, Sentence] = {
    "header_found": Sentence("表头在第 {row} 行", "the header is row {row}"),
    "sheet_read": Sentence("读取了工作表“{name}”", "the sheet {name} was read"),
    "column_ignored": Sentence(
        "忽略了不认识的列“{column}”", "the column {column} is not known and was left out"
    ),
    "groups_new": Sentence("将新建 {count} 个服务队", "{count} service teams will be made"),
    "projects_new": Sentence("将新建 {count} 个项目", "{count} projects will be made"),
    "projects_draft": Sentence(
        "{count} 个项目没有风险告知，发布之前不会进入编排",
        "{count} projects have no risk statement; they are planned once they are published",
    ),
    "together_dropped": Sentence(
        "{count} 个不再列出的同行组将删除",
        "{count} groups that serve together are no longer listed and will go",
    ),
    "apart_dropped": Sentence(
        "{count} 对不再列出的回避关系将删除",
        "{count} pairs to keep apart are no longer listed and will go",
    ),
    "fixed_given_up": Sentence(
        "{count} 条已定岗位，本人后来退出，不再恢复",
        "{count} fixed lines were since given up by the person and stay so",
    ),
    "current_dropped": Sentence(
        "上一方案中 {count} 行的人员、班次或岗位已不存在，未保存；它们只使成本增加一个定值",
        "{count} lines of the last plan name what no longer exists and are not kept; "
        "they only add a constant to the cost",
    ),
    "current_joined": Sentence(
        "上一方案中 {count} 行是同一人同一班次的第二个岗位，未保存",
        "{count} lines of the last plan give one person a second role on one shift "
        "and are not kept",
    ),
}

# What the matcher says about a problem, for readers of Chinese.
_PROBLEM_IN_CHINESE: Mapping[str, str] = {
    "too_large": "超过 {limit_bytes} 字节的上限",
    "not_utf8": "不是 UTF-8 文字（第 {byte} 字节）",
    "not_json": "不是 JSON：{detail}（第 {line} 行第 {column} 列）",
    "not_finite": "{value} 不是 JSON 的数字",
    "too_deep": "嵌套太深，读不出来",
    "duplicate_key": "同一对象里键 {key} 出现了两次",
    "unknown_key": "不认识的键 {key}",
    "missing_key": "缺少键 {key}",
    "null": "不允许 null；请去掉这个键",
    "wrong_type": "应为 {expected}，而不是 {found}",
    "wrong_format": "应为 {expected}，而不是 {found}",
    "wrong_length": "应有 {expected} 项，而不是 {found}",
    "empty_text": "不能为空",
    "too_small": "最小为 {least}，现在是 {found}",
    "too_big": "最大为 {most}，现在是 {found}",
    "not_a_time": "不是带日期和时差的 ISO 8601 时间：{found}",
    "no_offset": "时间缺少时差，如 +08:00 或 Z：{found}",
    "not_whole_minutes": "时间应为整分钟：{found}",
    "end_not_after_start": "应晚于开始",
    "outside_horizon": "班次应在规划期之内",
    "duplicate_id": "编号 {id} 用了两次，第一次在 {first}",
    "duplicate_member": "{member} 在列表里出现两次，第一次在 {first}",
    "duplicate_line": "同一行出现两次，第一次在 {first}",
    "unknown_volunteer": "没有编号为 {id} 的志愿者",
    "unknown_shift": "没有编号为 {id} 的班次",
    "unknown_role": "班次 {shift} 没有岗位 {id}",
    "same_person": "{id} 不能与自己配对",
    "min_above_max": "最少 {min} 大于最多 {max}",
    "fixed_clash": "这些已定的行不能同时成立，违反 {rule}：{lines}",
    "half_character": "含有半个字符（孤立代理项），不成文字",
    "more": "另有 {count} 处错误未列出",
    "unread": "另有 {count} 处错误未列出，其余未读",
}

SENTENCES: Mapping[str, Sentence] = {
    **FILE_SENTENCES,
    **CELL_SENTENCES,
    **ROW_SENTENCES,
    **NOTE_SENTENCES,
}


PROBLEM_SENTENCES: Mapping[str, Sentence] = {
    code: Sentence(_PROBLEM_IN_CHINESE[code], english)
    for code, english in MESSAGES.items()
    if code in _PROBLEM_IN_CHINESE
}


def file_defect(code: str, place: str = "", /, **parameters: str | int) -> Defect:
    """A defect of the file as a whole, with its English sentence."""
    return Defect(place, code, SENTENCES[code].en.format(**parameters), parameters)


def row_defect(place: str, code: str, /, **parameters: str | int) -> RowDefect:
    """A defect of one row or cell, with its English sentence."""
    message = SENTENCES[code].en.format(**parameters)
    return RowDefect(place=place, code=code, message=message, parameters=parameters)


def note(code: str, /, **parameters: str | int) -> Note:
    """A note with its English sentence."""
    return Note(code=code, message=SENTENCES[code].en.format(**parameters), parameters=parameters)


def in_chinese(code: str, parameters: Mapping[str, object], otherwise: str) -> str:
    """The Chinese sentence for a code of ours or of the matcher; `otherwise` for an unknown one."""
    words = SENTENCES.get(code) or PROBLEM_SENTENCES.get(code)
    return words.zh.format(**parameters) if words else otherwise

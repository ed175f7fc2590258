"""The table of sentences. A code is stable; its words may be made better at any time."""

from collections.abc import Mapping
from typing import NamedTuple


class Sentence(NamedTuple):
    """A refusal: its status, and its title and sentence in both languages."""

    status: int
    title_zh: str
    title_en: str
    detail_zh: str
    detail_en: str


class Pair(NamedTuple):
    """A sentence in both languages."""

    zh: str
    en: str


_READING: Mapping[str, Sentence] = {
    "not_json": Sentence(
        400,
        "内容不是 JSON",
        "Not JSON",
        "第 {line} 行第 {column} 列起无法按 JSON 读取。",
        "The body cannot be read as JSON from line {line}, column {column}.",
    ),
    "not_utf8": Sentence(
        400,
        "不是 UTF-8 文本",
        "Not UTF-8",
        "内容须为 UTF-8 编码，第 {byte} 个字节不是。",
        "The body must be UTF-8; byte {byte} is not.",
    ),
    "not_finite": Sentence(
        400,
        "不是 JSON 数字",
        "Not a number of JSON",
        "JSON 中没有 {value} 这个值。",
        "JSON has no value {value}.",
    ),
    "number_too_long": Sentence(
        400,
        "数字过长",
        "Number too long",
        "内容中有一个数字位数过多。",
        "A number in the body has too many digits.",
    ),
    "json_too_deep": Sentence(
        400,
        "嵌套过深",
        "Nested too deeply",
        "内容的嵌套不得超过 {depth_max} 层。",
        "The body may be nested {depth_max} levels deep at most.",
    ),
    "duplicate_key": Sentence(
        400,
        "键重复",
        "Key given twice",
        "同一个对象里“{key}”出现了两次。",
        "The key {key} stands twice in one object.",
    ),
    "idempotency_key_missing": Sentence(
        400,
        "缺少 Idempotency-Key",
        "Idempotency-Key missing",
        "新建请求须带 Idempotency-Key，以便重试时不会重复新建。",
        "A request that creates needs an Idempotency-Key, so that a retry does not do it twice.",
    ),
    "idempotency_key_malformed": Sentence(
        400,
        "Idempotency-Key 有误",
        "Idempotency-Key malformed",
        "Idempotency-Key 须为 1 至 {length_max} 个可见的 ASCII 字符。",
        "An Idempotency-Key is 1 to {length_max} visible ASCII characters.",
    ),
    "method_refused": Sentence(
        405,
        "不支持此方法",
        "Method not allowed",
        "此地址不支持该方法，可用的方法见 Allow。",
        "This address does not take that method; Allow names those it takes.",
    ),
    "too_large": Sentence(
        413,
        "内容过大",
        "Too large",
        "内容不得超过 {limit_bytes} 字节。",
        "The body may have {limit_bytes} bytes at most.",
    ),
    "media_type_refused": Sentence(
        415,
        "不支持此类型",
        "Media type not supported",
        "Content-Type 须为：{allowed}。",
        "Content-Type must be one of: {allowed}.",
    ),
    "invalid": Sentence(
        422,
        "内容有误",
        "Invalid input",
        "请改正下列各处后重试。",
        "Correct the places listed and try again.",
    ),
    "key_reused": Sentence(
        422,
        "键已用于其他请求",
        "Key used for another request",
        "这个键已用于内容不同的请求，请换一个新的。",
        "This key was used for a request with other content; take a new one.",
    ),
    "still_running": Sentence(
        409,
        "前一次请求仍在处理",
        "First request still running",
        "同一个键的前一次请求仍在处理，请稍后再试。",
        "The first request with this key is still being carried out; try again shortly.",
    ),
    "if_match_missing": Sentence(
        428,
        "缺少 If-Match",
        "If-Match missing",
        "修改须带 If-Match，写明所依据的版本（读取时的 ETag）。",
        "An edit needs If-Match with the version it changes (the ETag it was read with).",
    ),
    "changed_meanwhile": Sentence(
        412,
        "内容已被他人修改",
        "Changed meanwhile",
        "读取之后内容已有变化，请重新读取后再改。",
        "It has changed since it was read; read it again and repeat the edit.",
    ),
}

_ACCESS: Mapping[str, Sentence] = {
    "not_signed_in": Sentence(
        401,
        "请先登录",
        "Not signed in",
        "此操作需要登录，或登录已过期。",
        "This needs a session; there is none or it has ended.",
    ),
    "wrong_name_or_password": Sentence(
        401,
        "用户名或密码有误",
        "Wrong name or password",
        "用户名或密码有误，请检查后重试。",
        "The name or the password is wrong; check both and try again.",
    ),
    "too_many_attempts": Sentence(
        429,
        "尝试次数过多",
        "Too many attempts",
        "密码输错次数过多，请过一会儿再试。",
        "Too many wrong passwords for this name; wait a little and try again.",
    ),
    "forbidden": Sentence(
        403,
        "无权进行此操作",
        "Not allowed",
        "您的账号不能进行此操作。",
        "Your account may not do this.",
    ),
    "cross_site": Sentence(
        403,
        "请求来自其他网站",
        "Request from another site",
        "此请求由其他网站发起，已拒绝。",
        "Another site made the browser send this request; it was refused.",
    ),
    "not_found": Sentence(
        404,
        "找不到",
        "Not found",
        "没有这一项，或您的账号看不到它。",
        "There is no such thing, or not for this account.",
    ),
    "no_such_path": Sentence(
        404,
        "没有这个地址",
        "No such address",
        "没有这个地址，接口说明见 /api/docs。",
        "There is nothing at this address; /api/docs describes the interface.",
    ),
}

_GENERAL: Mapping[str, Sentence] = {
    "refused": Sentence(
        409, "请求被拒绝", "Refused", "此请求未被接受。", "The request was not accepted."
    ),
    "conflict": Sentence(
        409,
        "与当前状态冲突",
        "Conflict",
        "当前状态不允许此操作。",
        "The present state of things does not allow this.",
    ),
    "internal": Sentence(
        500,
        "服务出错",
        "Internal error",
        "服务出了问题，已记录。请稍后再试，并在报告时附上编号。",
        "Something went wrong here and has been noted. Try again; when reporting, give the id.",
    ),
    "unavailable": Sentence(
        503,
        "服务暂不可用",
        "Unavailable",
        "数据库暂时没有回应，请稍后再试。",
        "The database does not answer at the moment; try again shortly.",
    ),
}

SENTENCES: Mapping[str, Sentence] = {**_READING, **_ACCESS, **_GENERAL}

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
    "not_allowed": Pair("不是可选的值：{found}", "Not one of the values allowed: {found}"),
    "wrong_length": Pair("长度不符，应为 {expected}", "Wrong length, must be of {expected}"),
    "too_small": Pair("过小，最小为 {least}", "Too small, must be at least {least}"),
    "too_big": Pair("过大，最大为 {most}", "Too big, must be at most {most}"),
    "wrong_format": Pair("格式不符", "Not in the form asked for"),
    "wrong_type": Pair("类型不符，应为 {expected}", "Wrong type, must be {expected}"),
    "nul": Pair("文字中不能有空字符（NUL）", "A text cannot hold the character NUL"),
    "not_unicode": Pair("文字中有不成对的代理字符", "A text holds half a character"),
    "bad_cursor": Pair("不是上一页给出的 next", "Not a cursor that a page gave as its next"),
}

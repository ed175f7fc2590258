"""Requests that cannot be read or are not well made."""

from collections.abc import Mapping

from api.sentences.forms import Sentence

READING: Mapping[str, Sentence] = {
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

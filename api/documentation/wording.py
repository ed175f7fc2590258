"""The words around the documentation, in both languages."""

import re
from typing import Final

from markupsafe import Markup, escape

from api.layer.language import Language
from api.sentences import SENTENCES, Pair
from api.sentences.forms import with_plain_facts

_WORDS: Final = {
    "title": Pair("接口说明", "The interface"),
    "lead": Pair(
        "给程序使用的接口。这些说明由接口本身生成，与它始终一致。",
        "For programs. These pages are made from the interface itself and always agree with it.",
    ),
    "document": Pair("OpenAPI 3.1 文件", "OpenAPI 3.1 document"),
    "problems": Pair("所有拒绝代码", "Every refusal"),
    "conventions": Pair("通则", "Conventions"),
    "contents": Pair("目录", "Contents"),
    "operations": Pair("操作", "Operations"),
    "schemas": Pair("数据结构", "Schemas"),
    "parameters": Pair("参数", "Parameters"),
    "body": Pair("请求内容", "Body"),
    "answers": Pair("答复", "Answers"),
    "refusals": Pair("可能的拒绝", "Refusals"),
    "name": Pair("名称", "Name"),
    "type": Pair("类型", "Type"),
    "about": Pair("说明", "About"),
    "required": Pair("必填", "required"),
    "default": Pair("默认", "default"),
    "example": Pair("示例", "Example"),
    "open": Pair("无须登录", "no session needed"),
    "signed_in": Pair("须登录", "session needed"),
    "empty": Pair("没有内容", "no content"),
    "status": Pair("状态码", "Status"),
    "code": Pair("代码", "Code"),
    "meaning": Pair("含义", "Meaning"),
    "back": Pair("接口说明", "The interface"),
    "facts_named": Pair(
        "花括号里的名称，在真正的答复里是具体的值，例如 {seats} 处是一个数字。",
        "A name in braces stands for the value that an answer has there: for {seats}, a number.",
    ),
    "one_problem": Pair(
        "程序请依据 code 判断；文字可能改进，代码不变。",
        "Programs go by the code: its words may be made better, the code stays.",
    ),
}

_FACT: Final = re.compile(r"(\{\w+\})")

_CONVENTIONS: Final = (
    Pair(
        "登录：POST /api/v1/sessions 取得令牌，之后每次请求带上 Authorization: Bearer 令牌。",
        "Sign in: POST /api/v1/sessions gives a token; send it as Authorization: Bearer.",
    ),
    Pair(
        "新建：须带 Idempotency-Key。同一个键重试，得到第一次的答复，不会重复新建。",
        "Creating needs an Idempotency-Key. A repeat with it gets the first answer, nothing else.",
    ),
    Pair(
        "修改：须带 If-Match，值为读取时的 ETag；内容已变则答 412。",
        "Editing needs If-Match with the ETag that was read; 412 if it has changed since.",
    ),
    Pair(
        "列表：用 limit 和 after 翻页，答复里的 next 即下一页的 after；没有 next 就是最后一页。",
        "Lists: limit and after; the answer's next is the after of the next page, none at the end.",
    ),
    Pair(
        "时间为带时区的 RFC 3339；编号是不透明的文字。",
        "Times are RFC 3339 with offset; ids are opaque.",
    ),
    Pair(
        "坐标为 [经度, 纬度]，答复一律为 WGS 84；送来的可用 position_system 注明 gcj02 或 bd09。",
        "Positions are [longitude, latitude] in WGS 84; position_system says which else is sent.",
    ),
    Pair(
        "拒绝：RFC 9457 的 application/problem+json，程序看 code，人看 detail，errors 逐处列出。",
        "Refusals: RFC 9457 problem+json; programs read code, people detail; errors has places.",
    ),
)


class Chrome:
    """The words of the documentation's pages for one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, name: str) -> str:
        return self._pick(_WORDS[name])

    @property
    def conventions(self) -> list[str]:
        return [self._pick(each) for each in _CONVENTIONS]

    def title(self, code: str) -> str:
        """The title of a refusal."""
        return SENTENCES[code].title_zh if self.language == "zh" else SENTENCES[code].title_en

    def detail(self, code: str) -> str:
        """The sentence of a refusal, with its facts still as names."""
        said = SENTENCES[code]
        return with_plain_facts(said.detail_zh if self.language == "zh" else said.detail_en)

    def marked(self, code: str) -> Markup:
        """The same, with the names of facts marked as code."""
        said = escape(self.detail(code))
        return Markup(_FACT.sub(r'<code class="fact-name">\1</code>', str(said)))

    def _pick(self, pair: Pair) -> str:
        return pair.zh if self.language == "zh" else pair.en

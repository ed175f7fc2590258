"""Forms that are sent again, machines and their tokens, providers of other houses."""

from collections.abc import Mapping

from api.sentences.forms import Sentence

TOKENS: Mapping[str, Sentence] = {
    "form_foreign": Sentence(
        403,
        "请重新打开页面",
        "Please open the page again",
        "这个表单不是为你现在的登录打开的：页面打开之后，你可能登录或退出过。什么都没有改变。",
        "This form was not opened for your present session: you may have signed in or out since. "
        "Nothing was changed.",
    ),
    "form_old": Sentence(
        409,
        "页面打开太久了",
        "This page was open for long",
        "页面是 12 小时以前打开的，为了安全没有提交。请再试一次，什么都没有改变。",
        "The page was opened more than 12 hours ago, so to be safe it was not sent. "
        "Please try again; nothing was changed.",
    ),
    "form_used": Sentence(
        409,
        "这个表单已经提交过",
        "This form was sent already",
        "第一次提交已经收到，没有重复处理。",
        "The first time counted; nothing was done twice.",
    ),
}

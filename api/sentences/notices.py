"""Why an answer from a message, or a wish about messages, is not taken."""

from collections.abc import Mapping

from api.sentences.forms import Pair, Sentence

NOTICES: Mapping[str, Sentence] = {
    "link_unknown": Sentence(
        404,
        "链接无效",
        "No such link",
        "这个链接不对，可能没复制完整。登录后在“消息”里也可以回答。",
        "This link leads nowhere; perhaps a part is missing. You can answer in your inbox as well.",
    ),
    "link_used": Sentence(
        409,
        "已经回答过了",
        "Answered already",
        "这个链接已经用过一次。想看现在的情况或改变主意，请登录后打开“我的班次”。",
        "This link has been used. Sign in and open “My shifts” to see how things stand.",
    ),
    "too_many_streams": Sentence(
        429,
        "打开的页面太多",
        "Too many pages follow along",
        "一个账号最多 {per_account} 个页面同时接收新消息，其余页面刷新即可看到。",
        "At most {per_account} pages of one account are told at once; reload the others.",
    ),
    "robot_test_too_soon": Sentence(
        409,
        "刚刚试发过",
        "Tested a moment ago",
        "刚刚试发过一条，请过 {seconds} 秒再试。",
        "A test was posted a moment ago; please wait {seconds} seconds.",
    ),
    "push_refused": Sentence(
        403,
        "不是约定的推送",
        "Not from the provider",
        "推送地址、签名或格式不对，没有处理。",
        "The address, signature or form of this push is wrong; nothing was done.",
    ),
}
NOTICE_DEFECTS: Mapping[str, Pair] = {
    "robot_address": Pair(
        "不是企业微信群机器人的 Webhook 地址", "This is not the webhook address of a WeCom robot"
    ),
    "mail_shape": Pair("不像一个邮箱地址", "This does not look like an e-mail address"),
    "quiet_needs_both": Pair("请同时填写开始和结束", "Please give both the start and the end"),
    "quiet_is_empty": Pair("开始和结束不能相同", "The start and the end cannot be the same"),
}

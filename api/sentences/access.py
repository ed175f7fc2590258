"""Who may ask for what, and what is not there."""

from collections.abc import Mapping

from api.sentences.forms import Sentence

ACCESS: Mapping[str, Sentence] = {
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
        "你的账号不能进行此操作。",
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
        "没有这一项，或你的账号看不到它。",
        "There is no such thing, or not for this account.",
    ),
    "no_such_path": Sentence(
        404,
        "没有这个地址",
        "No such address",
        "没有这个地址，接口说明见 /api/docs。",
        "There is nothing at this address; /api/docs describes the interface.",
    ),
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
        "睦邻暂时无法访问",
        "Mulin can't be reached right now",
        "请过一会儿再试。",
        "Please try again in a moment.",
    ),
}

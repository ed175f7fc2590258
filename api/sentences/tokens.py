"""Forms that are sent again, machines and their tokens, providers of other houses."""

from collections.abc import Mapping

from api.sentences.forms import Pair, Sentence

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
    "token_refused": Sentence(
        401,
        "令牌无效",
        "Token refused",
        "这个令牌不是本服务签发的，或已被改动。请重新获取令牌。",
        "This token was not issued by this service, or it was changed. Get a new one.",
    ),
    "token_expired": Sentence(
        401,
        "令牌已过期",
        "Token run out",
        "令牌最长有效 15 分钟，这一个已经过期。请重新获取令牌。",
        "A token is good for 15 minutes at most, and this one has run out. Get a new one.",
    ),
    "token_audience": Sentence(
        401,
        "令牌不是给本服务的",
        "Token for another service",
        "这个令牌是发给另一个服务的，在这里不能使用。",
        "This token was issued for another service and is of no use here.",
    ),
    "client_revoked": Sentence(
        401,
        "程序已停用",
        "Client revoked",
        "这个程序已被停用，它的令牌随之失效。请联系管理员。",
        "This client was revoked, and its tokens with it. Ask whoever administers it.",
    ),
    "client_unknown": Sentence(
        401,
        "程序编号或密钥有误",
        "Wrong client or secret",
        "没有这个程序，它已停用，或密钥不对。",
        "There is no such client, it is revoked, or the secret is not its own.",
    ),
    "client_waits": Sentence(
        401,
        "程序等待批准",
        "The client waits for approval",
        "这个程序还没有经第二个人批准，批准后才能获取令牌。",
        "A second person has not approved this client yet; it gets tokens once they have.",
    ),
    "scope_too_wide": Sentence(
        400,
        "超出程序的权限范围",
        "Scope too wide",
        "请求的权限范围超出了这个程序所有的：{scopes}。",
        "More is asked for than the scopes of this client, which are: {scopes}.",
    ),
    "other_target": Sentence(
        400,
        "目标不是本服务",
        "Another target",
        "本服务只为 {resource} 签发令牌。",
        "Tokens are issued here for {resource} only.",
    ),
    "grant_type_unknown": Sentence(
        400,
        "不支持的授权方式",
        "Unknown grant type",
        "grant_type 只能是 client_credentials。",
        "The grant_type has to be client_credentials.",
    ),
    "token_request_malformed": Sentence(
        400,
        "令牌请求有误",
        "Malformed token request",
        "字段 {field} 缺失、重复，或程序身份给了两次；请求须为表单格式。",
        "The field {field} is missing or comes twice, or the client is named twice; "
        "the request has to be a form.",
    ),
    "client_ended": Sentence(
        409,
        "程序已停用",
        "Client revoked",
        "这个程序已被停用，不能再给它密钥。请登记一个新的。",
        "This client was revoked and cannot get a secret any more. Register a new one.",
    ),
    "provider_denied": Sentence(
        409,
        "你没有同意登录",
        "You said no there",
        "你在 {provider} 没有同意登录，所以这里也没有登录。",
        "You did not agree to sign in at {provider}, so nobody was signed in here.",
    ),
    "provider_away": Sentence(
        503,
        "对方暂时没有回应",
        "No answer from there",
        "{provider} 的登录服务暂时没有回应。请过一会儿再试，或换一种方式登录。",
        "The sign-in of {provider} does not answer at the moment. Try again shortly, or sign in "
        "another way.",
    ),
    "provider_faulty": Sentence(
        409,
        "对方的回应有误",
        "Something is wrong there",
        "{provider} 的登录服务给出的回应无法使用。请换一种方式登录，并告诉那里的管理员。",
        "The sign-in of {provider} gave an answer that cannot be used. Sign in another way, and "
        "tell whoever runs it.",
    ),
    "proof_refused": Sentence(
        409,
        "登录凭证未通过核验",
        "The proof was not accepted",
        "{provider} 给出的登录凭证没有通过核验：签名、对象、时间或一次性编号不对。没有登录。",
        "The proof from {provider} was not accepted: its signature, audience, time or one-time "
        "number is wrong. Nobody was signed in.",
    ),
    "provider_state": Sentence(
        409,
        "这次登录已经结束",
        "This sign-in is over",
        "这次登录不是在这个浏览器里开始的，已经用过，或等得太久。请重新登录。",
        "This sign-in was not begun in this browser, was used already, or waited too long. "
        "Please begin again.",
    ),
    "provider_refused": Sentence(
        409,
        "未能登录",
        "Not signed in",
        "通过 {provider} 登录没有成功，请换一种方式登录。",
        "The sign-in through {provider} did not work; sign in another way.",
    ),
    "identity_taken": Sentence(
        409,
        "已关联到另一个账号",
        "Linked to another account",
        "你在 {provider} 的账号已经关联到这里的另一个账号。请用它登录，或先在那里解除关联。",
        "Your account at {provider} is linked to another account here. Sign in with it, or undo "
        "the link there first.",
    ),
    "last_sign_in": Sentence(
        409,
        "这是唯一的登录方式",
        "The only way in",
        "没有别的办法登录这个账号。请先绑定手机号，再解除关联。",
        "Nothing else lets you into this account. Give your mobile number first, then undo it.",
    ),
    "guardian_signs_in": Sentence(
        403,
        "请由监护人登录",
        "A guardian signs in",
        "未满 14 周岁的孩子没有自己的登录，由监护人登录后代为办理。",
        "Children below 14 have no sign-in of their own; a guardian signs in and acts for them.",
    ),
}
TOKEN_DEFECTS: Mapping[str, Pair] = {
    "not_over_tls": Pair("地址须以 https:// 开头", "The address has to begin with https://"),
}

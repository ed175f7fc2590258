"""Signing in, registering, and one's own sessions."""

from collections.abc import Mapping

from api.sentences.forms import Pair, Sentence

SIGNING: Mapping[str, Sentence] = {
    "session_ended": Sentence(
        401,
        "登录已失效",
        "Your session has ended",
        "{reason:ended}请重新登录。",
        "{reason:ended} Please sign in again.",
    ),
    "sign_in_again": Sentence(
        403,
        "请先重新登录",
        "Sign in again first",
        "为了安全，这一步只能在登录后 {minutes} 分钟内进行。请重新登录再试。",
        "To be safe, this works only within {minutes} minutes of a sign-in. Sign in again first.",
    ),
    "account_locked": Sentence(
        403,
        "账号已停用",
        "Account locked",
        "这个账号已被停用，请联系你所在的社区或学校。",
        "This account is locked; ask your community or school.",
    ),
    "code_too_soon": Sentence(
        429,
        "请稍后再发",
        "Wait a moment",
        "刚刚已经发过验证码，{again_at} 后可以再发。",
        "A code was sent a moment ago; another can be sent after {again_at}.",
    ),
    "too_many_codes": Sentence(
        429,
        "验证码发送次数过多",
        "Too many codes",
        "同一号码每小时最多 {per_hour} 次、每天最多 {per_day} 次验证码，请过一会儿再试。",
        "At most {per_hour} codes an hour and {per_day} a day go to one number; try again later.",
    ),
    "too_many_codes_here": Sentence(
        429,
        "验证码发送次数过多",
        "Too many codes",
        "这个网络发送的验证码过多，请过一小时再试。",
        "Too many codes were asked for from this network; try again in an hour.",
    ),
    "code_malformed": Sentence(
        422,
        "应为 6 位数字",
        "Six digits",
        "请输入 6 位数字。",
        "Enter the 6 digits.",
    ),
    "code_wrong": Sentence(
        401,
        "验证码不对",
        "Wrong code",
        "验证码不对，还可以试 {left} 次。",
        "The code is wrong; {left} more tries.",
    ),
    "code_spent": Sentence(
        401,
        "请重新获取验证码",
        "Ask for a new code",
        "输错次数过多，这个验证码已作废，请重新获取。",
        "Too many wrong tries: this code is void. Ask for a new one.",
    ),
    "code_expired": Sentence(
        401,
        "验证码已过期",
        "The code is too old",
        "验证码已超过 10 分钟，请重新获取。",
        "The code is more than 10 minutes old; ask for a new one.",
    ),
    "code_used": Sentence(
        401,
        "验证码已用过",
        "The code was used",
        "这个验证码已经用过，每个验证码只能用一次，请重新获取。",
        "This code was used already; each is good once. Ask for a new one.",
    ),
    "sign_in_step_gone": Sentence(
        410,
        "请重新开始登录",
        "Begin again",
        "登录已过期，请重新开始。",
        "Your sign-in ran out; please start again.",
    ),
    "account_choice_needed": Sentence(
        401,
        "请选择登录的人",
        "Who are you?",
        "这个手机号由几个人共用，请选择是谁在登录。",
        "Several people share this number; say who signs in.",
    ),
    "birth_date_needed": Sentence(
        401,
        "还需确认出生日期",
        "Your birth date is needed",
        "验证码正确。为确认是你本人，请再填写登记的出生日期。",
        "The code is right. To be sure that it is you, give the birth date on record.",
    ),
    "birth_date_wrong": Sentence(
        401,
        "出生日期不符",
        "Not the birth date on record",
        "与登记的出生日期不符，还可以试 {left} 次。",
        "This is not the birth date on record; {left} more tries.",
    ),
    "ask_your_organisation": Sentence(
        403,
        "请联系你的组织",
        "Ask your organisation",
        "为保护账号，不能再试了。请联系登记你的社区或学校，核对并更新手机号后即可登录。",
        "To protect the account there are no more tries. Ask the community or school that "
        "registered you: once it has checked your number, you can sign in.",
    ),
    "password_needed": Sentence(
        401,
        "还需密码",
        "Your password is needed",
        "这个号码很久没有登录，请再输入密码和动态验证码。",
        "This number was silent for long; give password and authenticator code too.",
    ),
    "registration_needed": Sentence(
        401,
        "请完成注册",
        "Register to go on",
        "验证码正确。这个号码还没有账号，请完成注册。",
        "The code is right. There is no account yet; register to go on.",
    ),
    "registration_needs_guardian": Sentence(
        409,
        "未满 {age} 岁由监护人注册",
        "A guardian registers first",
        "未满 {age} 岁不能自己注册。请监护人用自己的手机号注册，再为你登记并同意。",
        "Below {age} one does not register oneself. A guardian registers with their own number, "
        "then registers you and consents.",
    ),
    "totp_needed": Sentence(
        401,
        "还需动态验证码",
        "Authenticator code needed",
        "密码正确，请再输入验证器显示的 6 位动态码。",
        "The password is right; now give the six digits that your authenticator shows.",
    ),
    "totp_enrolment_needed": Sentence(
        401,
        "请先绑定验证器",
        "Set up an authenticator first",
        "工作人员登录需要动态验证码。请用验证器扫描二维码，再输入它显示的 6 位数字。",
        "Staff sign in with an authenticator. Scan the QR code with one, then give its six digits.",
    ),
    "totp_wrong": Sentence(
        401,
        "动态码不对",
        "Wrong authenticator code",
        "动态码不对或已用过。请等验证器显示下一个再输入，并检查手机时间是否准确。",
        "This code is wrong or was used. Wait for the next one, and check the phone's clock.",
    ),
    "no_password": Sentence(
        403,
        "此账号没有密码",
        "No password here",
        "这个账号用手机号登录，没有密码。",
        "This account signs in by phone and has no password.",
    ),
    "phone_same": Sentence(
        409,
        "号码没有变化",
        "Already your number",
        "这已经是你的登录手机号。",
        "This is the number you sign in with already.",
    ),
}
SIGNING_DEFECTS: Mapping[str, Pair] = {
    "phone_malformed": Pair(
        "不是可用的手机号；中国大陆号码为 11 位，其他地区请加国际区号，如 +852",
        "Not a mobile number; outside the mainland begin with the country code, such as +852",
    ),
    "password_short": Pair("密码至少 {least} 个字符", "A password has at least {least} characters"),
    "password_is_name": Pair("密码不能和用户名相同", "The password cannot be the name"),
    "terms_not_accepted": Pair(
        "需要同意《使用说明》才能注册", "Registering needs your consent to the terms of use"
    ),
    "birth_date_impossible": Pair("不是可能的出生日期", "Not a possible birth date"),
    "name_missing": Pair("请填写姓名", "Give your name"),
    "home_unknown": Pair(
        "请选择你居住的居委会或村委会", "Choose the neighbourhood in which you live"
    ),
}
ENDINGS: Mapping[str, Pair] = {
    "signed_out": Pair("你已退出登录。", "You signed out."),
    "signed_out_elsewhere": Pair(
        "你在另一台设备上退出了这里的登录。", "You signed this device out from another one."
    ),
    "replaced": Pair("这里已用新的登录代替。", "A newer sign-in here took its place."),
    "expired": Pair("登录已到期。", "The session was over after its time."),
    "role_lost": Pair(
        "你的一项职责已结束，为安全起见已退出登录。",
        "One of your roles has ended, so you were signed out.",
    ),
    "phone_changed": Pair(
        "登录手机号已更换，其他设备都已退出。",
        "The number of this account was changed, and other devices signed out.",
    ),
    "password_changed": Pair(
        "密码或验证器已更换，其他设备都已退出。",
        "The password or authenticator was changed, and other devices signed out.",
    ),
    "account_closed": Pair("账号已停用或注销。", "The account was closed."),
}
"""Why a session ended, by `services.accounts.EndReason`."""

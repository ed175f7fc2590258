"""What stands in the log, in words."""

from collections.abc import Mapping

from api.sentences.forms import Pair
from services.audit import Act

ACT_WORDS: Mapping[Act, Pair] = {
    Act.ACCESS_DENIED: Pair("访问被拒绝", "access denied"),
    Act.SIGNED_IN: Pair("登录", "signed in"),
    Act.SIGN_IN_REFUSED: Pair("登录未成功", "sign-in refused"),
    Act.SESSION_ENDED: Pair("会话结束", "session ended"),
    Act.ACCOUNT_MADE: Pair("建立账号", "account made"),
    Act.ACCOUNT_CHANGED: Pair("账号变动", "account changed"),
    Act.CREDENTIAL_CHANGED: Pair("更换登录凭据", "credential changed"),
    Act.PERSONAL_DATA_READ: Pair("查看个人资料", "personal data read"),
    Act.PERSONAL_DATA_CHANGED: Pair("更改个人资料", "personal data changed"),
    Act.CONSENT_GIVEN: Pair("同意", "consent given"),
    Act.CONSENT_REFUSED: Pair("不同意", "consent refused"),
    Act.CONSENT_WITHDRAWN: Pair("撤回同意", "consent withdrawn"),
    Act.GUARDIAN_DECIDED: Pair("核实监护人", "guardian decided"),
    Act.ROLE_GRANTED: Pair("授予角色", "role granted"),
    Act.ROLE_ENDED: Pair("收回角色", "role ended"),
    Act.APPROVAL_REQUESTED: Pair("提出申请", "approval requested"),
    Act.APPROVAL_DECIDED: Pair("审批", "approval decided"),
    Act.SEAT_TAKEN: Pair("占用名额", "seat taken"),
    Act.SEAT_GIVEN_BACK: Pair("退出名额", "seat given back"),
    Act.EXPORTED: Pair("导出", "exported"),
    Act.DISCLOSED: Pair("对外提供", "disclosed"),
    Act.ERASURE_ASKED: Pair("申请注销", "erasure asked for"),
    Act.ERASURE_WITHDRAWN: Pair("撤回注销", "erasure withdrawn"),
    Act.ERASED: Pair("已注销", "erased"),
    Act.RETENTION_RUN: Pair("到期清理", "retention run"),
    Act.PEOPLE_MERGED: Pair("合并人员", "people merged"),
    Act.SKILL_DECIDED: Pair("核实技能", "skill decided"),
    Act.TREE_CHANGED: Pair("组织变动", "tree changed"),
    Act.TAG_CHANGED: Pair("标签变动", "tag changed"),
    Act.TOKEN_ISSUED: Pair("发出程序令牌", "token issued"),
    Act.CLIENT_CHANGED: Pair("接入程序变动", "client changed"),
    Act.PROVIDER_CHANGED: Pair("外部登录变动", "provider changed"),
    Act.KEYS_ROTATED: Pair("更换密钥", "keys rotated"),
}

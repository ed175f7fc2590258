"""What the facts of the log's lines say, in words.

A code can mean different things in different facts, so those of `BY_FACT` come first.
"""

from collections.abc import Mapping
from typing import Final

from api.sentences.forms import Pair
from api.sentences.organisations import EVENT_WORDS, KIND_WORDS
from api.sentences.rights import APPROVAL_KINDS, RIGHT_WORDS, ROLE_WORDS
from api.sentences.skills import EVIDENCE_WORDS

VALUE_WORDS: Final[Mapping[str, Pair]] = {
    "absent": Pair("记为未到", "noted as absent"),
    "accepted": Pair("已接受", "accepted"),
    "account_closed": Pair("账号关闭", "account closed"),
    "activated": Pair("启用", "switched on"),
    "added": Pair("添加", "added"),
    "approved": Pair("同意", "approved"),
    "assigned": Pair("给某人加上", "given to somebody"),
    "authenticator": Pair("验证器", "authenticator"),
    "authenticator_forgotten": Pair("重置验证器", "authenticator forgotten"),
    "birth_date": Pair("出生日期", "date of birth"),
    "closed": Pair("结案", "closed"),
    "command line": Pair("命令行", "command line"),
    "confirmed": Pair("确认", "confirmed"),
    "corrected": Pair("已更正", "corrected"),
    "deactivated": Pair("停用", "switched off"),
    "defined": Pair("定义", "defined"),
    "document": Pair("证件", "document"),
    "document_asked": Pair("要求提供证件", "document asked for"),
    "document_closed": Pair("不再需要证件", "document no longer needed"),
    "edited": Pair("修改", "edited"),
    "email": Pair("邮箱", "e-mail address"),
    "email_forgotten": Pair("移除邮箱", "e-mail address removed"),
    "ended": Pair("结束", "ended"),
    "excused": Pair("免责", "excused"),
    "expired": Pair("过期", "expired"),
    "grant_withdrawn": Pair("不再给下级看", "no longer shown below"),
    "granted": Pair("给下级看", "shown below"),
    "imported": Pair("按表格加上", "given by a sheet"),
    "in": Pair("签到", "check-in"),
    "invitation": Pair("邀请码", "invitation"),
    "invited": Pair("邀请", "invited"),
    "kept": Pair("保留", "kept"),
    "lead": Pair("由班次负责人", "by the shift lead"),
    "lifted": Pair("恢复报名", "ended"),
    "made": Pair("新建", "made"),
    "memberships": Pair("归属", "memberships"),
    "merged": Pair("并入", "merged"),
    "named": Pair("指定", "named"),
    "offered": Pair("发出邀约", "offered"),
    "organisation_ended": Pair("组织已撤销或合并", "the organisation has ended"),
    "out": Pair("签退", "check-out"),
    "own_data": Pair("个人资料副本", "a copy of their data"),
    "password": Pair("密码", "password"),
    "password_changed": Pair("已换密码", "password changed"),
    "phone": Pair("手机号", "phone"),
    "phone_changed": Pair("已换手机号", "phone changed"),
    "phone_taken_off": Pair("移除手机号", "phone number removed"),
    "proof_refused": Pair("登录凭证无效", "proof refused"),
    "provider": Pair("外部登录", "provider"),
    "provider_away": Pair("外部登录无响应", "provider did not answer"),
    "provider_denied": Pair("外部登录拒绝", "provider said no"),
    "provider_faulty": Pair("外部登录出错", "provider answered wrongly"),
    "provider_linked": Pair("绑定外部登录", "provider linked"),
    "provider_unlinked": Pair("解除外部登录", "provider unlinked"),
    "ran out": Pair("到期", "ran out"),
    "refused": Pair("不同意", "refused"),
    "removed": Pair("移除", "removed"),
    "replaced": Pair("已替换", "replaced"),
    "requested": Pair("提出申请", "requested"),
    "retired": Pair("停用", "retired"),
    "revoked": Pair("撤销", "revoked"),
    "role_lost": Pair("失去角色", "role lost"),
    "secret": Pair("更换密钥", "new secret"),
    "served": Pair("确认到场", "found to have served"),
    "signed_out": Pair("退出", "signed out"),
    "signed_out_elsewhere": Pair("在别处退出", "signed out elsewhere"),
    "somebody else has it": Pair("已属于别人", "somebody else has it"),
    "stands": Pair("维持", "stands"),
    "struck": Pair("已划去", "struck out"),
    "taken": Pair("接手处理", "taken up"),
    "taken_back": Pair("撤回", "taken back"),
    "tested": Pair("试发", "tested"),
    "totp": Pair("验证码错误", "wrong authenticator code"),
    "verified": Pair("核实", "verified"),
    "waitlist": Pair("候补", "waiting list"),
    "waitlisted": Pair("进入候补", "put on the waiting list"),
    "wechat": Pair("绑定微信", "WeChat linked"),
    "wechat_forgotten": Pair("解除微信", "WeChat unlinked"),
    "withdrawn": Pair("撤回", "withdrawn"),
}

_PURPOSES: Final[Mapping[str, Pair]] = {
    "activity": Pair("参加这次活动", "taking part in the shift"),
    "child": Pair("14 岁以下儿童的信息", "data of a child under 14"),
    "contact": Pair("联系本人", "to get in touch"),
    "correction": Pair("更正资料", "to correct data"),
    "destination": Pair("报送平台", "for a platform"),
    "emergency": Pair("应急集结", "emergencies"),
    "export": Pair("报送时长", "reporting hours"),
    "identity": Pair("核对身份", "to check who it is"),
    "insurance": Pair("投保", "for insurance"),
    "matching": Pair("推荐和编排", "recommendations and planning"),
    "publicity": Pair("宣传", "publicity"),
    "safety": Pair("保障安全", "for somebody's safety"),
    "service": Pair("提供服务", "the service itself"),
    "share_total": Pair("分享合计时长", "sharing the sum of hours"),
}
_SCOPES: Final[Mapping[str, Pair]] = {
    "work:read": Pair("读取项目和班次", "see projects and shifts"),
    "work:write": Pair("修改项目和班次", "change projects and shifts"),
    "people:read": Pair("读取人员", "see people"),
    "people:write": Pair("登记人员", "register people"),
    "tags:write": Pair("贴标签", "give tags"),
    "points:write": Pair("发放积分", "award points"),
    "hours:export": Pair("导出时长", "export hours"),
    "audit:read": Pair("读取日志", "read the log"),
}
_DISCLOSED: Final[Mapping[str, Pair]] = {
    "volunteer_number": Pair("志愿者编号", "volunteer number"),
    "student_number": Pair("学号", "student number"),
    "name": Pair("姓名", "name"),
    "masked_name": Pair("只留姓的姓名", "name with only the first character"),
    "services": Pair("服务内容、时间和地点", "what was done, when and where"),
    "minutes": Pair("时长", "hours"),
    "shift": Pair("班次", "shift"),
}

BY_FACT: Final[Mapping[str, Mapping[str, Pair]]] = {
    "basis": {
        "consent": Pair("本人同意", "consent"),
        "statute": Pair("法律规定", "a law"),
    },
    "before": {
        "declared": Pair("待核实", "declared"),
        "refused": Pair("未核实", "not confirmed"),
    },
    "change": {name: Pair(pair.zh, pair.en.lower()) for name, pair in EVENT_WORDS.items()}
    | {"made": VALUE_WORDS["made"]},
    "decision": {"refused": Pair("未同意", "refused")},
    "evidence": {
        "household_register": Pair("户口本", "household register"),
        "birth_certificate": Pair("出生证明", "birth certificate"),
        "court_decision": Pair("法院裁定", "court decision"),
        "school_record": Pair("学校登记", "school record"),
    },
    "evidence_kind": EVIDENCE_WORDS,
    "fields": _DISCLOSED,
    "how": {"phone": Pair("手机验证码", "by phone"), "ended": Pair("收回", "ended by somebody")},
    "kind": {**KIND_WORDS, **APPROVAL_KINDS},
    "method": {
        "phone": Pair("手机验证码", "code to the phone"),
        "password": Pair("密码", "password"),
    },
    "purpose": _PURPOSES,
    "right": {right.value: pair for right, pair in RIGHT_WORDS.items()},
    "role": {role.value: pair for role, pair in ROLE_WORDS.items()},
    "scopes": _SCOPES,
}


def words_for(fact: str, value: str) -> Pair | None:
    """What a code in a fact says; nothing where it is no code that has words."""
    return BY_FACT.get(fact, {}).get(value) or VALUE_WORDS.get(value)

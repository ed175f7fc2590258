"""Roles and rights in words, and what is said where one is missing or two people are needed."""

from collections.abc import Mapping

from api.sentences.forms import Pair, Sentence
from services.rights import Right, RoleName

ROLE_WORDS: Mapping[RoleName, Pair] = {
    RoleName.ORGANISER: Pair("组织者", "organiser"),
    RoleName.SHIFT_LEAD: Pair("班次负责人", "shift lead"),
    RoleName.REPORTER: Pair("团委统计员", "reporter of the Youth League"),
    RoleName.COORDINATOR: Pair("应急协调员", "emergency coordinator"),
    RoleName.AUDITOR: Pair("审计员", "auditor"),
    RoleName.NODE_ADMINISTRATOR: Pair("本级管理员", "administrator of an organisation"),
    RoleName.SYSTEM_ADMINISTRATOR: Pair("系统管理员", "system administrator"),
    RoleName.SECURITY_ADMINISTRATOR: Pair("安全管理员", "security administrator"),
    RoleName.AUDIT_ADMINISTRATOR: Pair("审计管理员", "audit administrator"),
}
ROLE_ABOUT: Mapping[RoleName, Pair] = {
    RoleName.ORGANISER: Pair(
        "办项目、排班次、看报名、登记人员",
        "runs projects and shifts, plans, registers people",
    ),
    RoleName.SHIFT_LEAD: Pair(
        "带班：签到、看谁来了", "leads shifts: checks people in, sees who comes"
    ),
    RoleName.REPORTER: Pair("看合计、导出时长", "sees totals, exports hours"),
    RoleName.COORDINATOR: Pair("应急集结", "calls up teams in an emergency"),
    RoleName.AUDITOR: Pair("看日志", "reads the log"),
    RoleName.NODE_ADMINISTRATOR: Pair(
        "管组织、标签、角色、合并重复人员",
        "looks after the tree, tags, roles and duplicates",
    ),
    RoleName.SYSTEM_ADMINISTRATOR: Pair(
        "管账号、接入程序和外部登录，不给权限、不看日志",
        "looks after accounts, programs and providers; gives no rights, reads no log",
    ),
    RoleName.SECURITY_ADMINISTRATOR: Pair(
        "给和收回角色，不碰数据、不看日志",
        "gives and ends roles; touches no data, reads no log",
    ),
    RoleName.AUDIT_ADMINISTRATOR: Pair(
        "看全部日志，不能改任何东西", "reads the whole log and changes nothing"
    ),
}
RIGHT_WORDS: Mapping[Right, Pair] = {
    Right.SEE_TREE: Pair("查看组织", "see organisations"),
    Right.EDIT_TREE: Pair("修改组织", "change organisations"),
    Right.SEE_WORK: Pair("查看项目和班次", "see projects and shifts"),
    Right.RUN_WORK: Pair("办项目和班次", "run projects and shifts"),
    Right.PLAN_ROUNDS: Pair("编排", "plan rounds"),
    Right.SEE_CLAIMS: Pair("查看报名", "see claims"),
    Right.SEE_PEOPLE: Pair("查看人员", "see people"),
    Right.REGISTER_PEOPLE: Pair("登记人员", "register people"),
    Right.REVEAL_PEOPLE: Pair("查看人员的敏感信息", "reveal people's personal data"),
    Right.MERGE_PEOPLE: Pair("合并重复人员", "merge duplicate people"),
    Right.VERIFY_SKILLS: Pair("核实技能", "verify skills"),
    Right.VERIFY_GUARDIANS: Pair("核实监护人", "verify guardians"),
    Right.AWARD_POINTS: Pair("发放积分", "award points"),
    Right.SEE_TOTALS: Pair("查看合计", "see totals"),
    Right.EXPORT_HOURS: Pair("导出时长", "export hours"),
    Right.DEFINE_TAGS: Pair("定义标签", "define tags"),
    Right.ASSIGN_TAGS: Pair("贴标签", "assign tags"),
    Right.SEE_ROLES: Pair("查看角色", "see roles"),
    Right.GRANT_ROLES: Pair("申请授予角色", "ask for roles to be given"),
    Right.APPROVE_ROLES: Pair("审批角色", "approve roles"),
    Right.MANAGE_ACCOUNTS: Pair("管理账号", "manage accounts"),
    Right.MANAGE_CLIENTS: Pair("管理接入程序", "manage machine clients"),
    Right.MANAGE_PROVIDERS: Pair("管理外部登录", "manage identity providers"),
    Right.RUN_RETENTION: Pair("执行到期清理", "run the retention"),
    Right.SEE_AUDIT: Pair("查看日志", "read the log"),
    Right.CALL_UP: Pair("应急集结", "call up in an emergency"),
    Right.LEAD_SHIFTS: Pair("带班签到", "lead shifts and check people in"),
    Right.READ_SAFETY_REPORTS: Pair("查看安全报告", "read safety reports"),
}
APPROVAL_WORDS: Mapping[str, Pair] = {
    "requested": Pair("待审批", "waiting"),
    "approved": Pair("已同意", "approved"),
    "refused": Pair("未同意", "refused"),
    "withdrawn": Pair("已撤回", "taken back"),
    "expired": Pair("已过期", "expired"),
}
APPROVAL_KINDS: Mapping[str, Pair] = {
    "role_grant": Pair("授予角色", "giving a role"),
    "mass_export": Pair("批量导出", "a mass export"),
    "back_fill": Pair("补录", "a back-fill"),
    "mass_call_up": Pair("大规模集结", "a mass call-up"),
    "machine_client": Pair("让一个程序接入", "a program that is let in"),
    "child_data": Pair("查看 14 岁以下儿童的信息", "a look at the data of a child below 14"),
}

TWO_PEOPLE: Mapping[str, Sentence] = {
    "second_person_needed": Sentence(
        403,
        "要由另一个人审批",
        "A second person decides",
        "这件事是你提出的，要由另一个有审批权的人决定。",
        "You asked for this; somebody else who may approve it has to decide.",
    ),
    "not_for_oneself": Sentence(
        403,
        "不能给自己",
        "Not for oneself",
        "没有人能给自己授予角色，也不能审批给自己的角色。",
        "Nobody gives a role to themselves, or approves one that is for them.",
    ),
    "not_your_request": Sentence(
        403,
        "不是你提出的",
        "Not your request",
        "只有提出的人能撤回；你可以不同意。",
        "Only whoever asked can take it back; you may refuse it.",
    ),
    "people_only": Sentence(
        403,
        "程序不能做这件事",
        "Not for programs",
        "这件事要由人来做，接入程序不能代劳。",
        "This needs a person; a program cannot do it.",
    ),
    "role_not_yours": Sentence(
        403,
        "你的角色不能授予它",
        "Not yours to give",
        "你的角色不能授予、审批或收回“{role:role}”。",
        "Your own roles do not let you give, approve or end the role of {role:role}.",
    ),
    "top_only": Sentence(
        403,
        "只能在顶层由安全管理员办理",
        "At the top only",
        "“{role:role}”是三员之一，只能在市一级、由安全管理员授予、审批或收回。",
        "The {role:role} is one of three that are kept apart: given, approved and ended at the "
        "city only, by a security administrator.",
    ),
    "approval_decided": Sentence(
        409,
        "已有结果",
        "Decided already",
        "这项申请已有结果（{state:approval}），不能再改。",
        "This request has been decided ({state:approval}) and cannot be changed any more.",
    ),
    "approval_expired": Sentence(
        409,
        "已过期",
        "Too late",
        "这项申请已于 {expires_at} 过期；需要的话请重新提出。",
        "This request ended at {expires_at}; ask again if it is still needed.",
    ),
    "already_asked": Sentence(
        409,
        "已在等待审批",
        "Asked already",
        "同样的申请正在等待审批。",
        "The same request is waiting for a decision.",
    ),
    "already_held": Sentence(
        409,
        "已有这个角色",
        "Held already",
        "这个账号在这里已有“{role:role}”角色。",
        "This account holds the role of {role:role} there already.",
    ),
    "three_apart": Sentence(
        409,
        "三员必须分开",
        "Three kept apart",
        "系统管理员、安全管理员、审计管理员必须是不同的人；这个账号已是其中之一。",
        "System, security and audit administrator are three people; this account is one of them.",
    ),
    "last_of_its_kind": Sentence(
        409,
        "最后一位",
        "The last one",
        "这是最后一位“{role:role}”；先由两个人授予下一位，再收回这一位。",
        "This is the last {role:role}; let two people give the role to another one first.",
    ),
    "role_ended": Sentence(
        409,
        "角色已结束",
        "Ended already",
        "这个角色已经结束。",
        "This role has ended already.",
    ),
    "account_not_active": Sentence(
        409,
        "账号已停用",
        "Account not in use",
        "这个账号已锁定或已关闭，不能授予角色。",
        "This account is locked or closed; it can be given no role.",
    ),
    "account_unknown": Sentence(
        404,
        "没有这个账号",
        "No such account",
        "没有用这个登录名的账号；请核对，或先邀请他。",
        "No account signs in by this name; check it, or invite its owner first.",
    ),
    "invitation_over": Sentence(
        409,
        "已设密码",
        "Has a password already",
        "账号的主人已设好密码，不再需要邀请码。",
        "The account's owner has set a password; no code is needed any more.",
    ),
    "invitation_unknown": Sentence(
        404,
        "邀请码无效",
        "The code is no good",
        "邀请码不对、已用过或已过三天；请向邀请你的人要一个新的。",
        "The code is wrong, used, or older than three days; ask whoever invited you for a new one.",
    ),
}

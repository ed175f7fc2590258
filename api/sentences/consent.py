"""Consents, guardians, erasure: why something is refused, and what to do about it."""

from collections.abc import Mapping

from api.sentences.forms import Pair, Sentence

CONSENT: Mapping[str, Sentence] = {
    "consent_text_changed": Sentence(
        409,
        "文本已更新",
        "The words have changed",
        "你看到的文本已有新版本，请重新阅读后再回答。",
        "There is a newer wording than the one you read; please read it and answer again.",
    ),
    "leave_by_erasure": Sentence(
        409,
        "这一项不能单独拒绝",
        "This cannot be refused by itself",
        "没有这一项账号就不能使用；不想再被保存，请注销账号。",
        "There is no account without it; to have the data gone, delete the account.",
    ),
    "adults_only": Sentence(
        409,
        "仅限成年人",
        "For grown-ups",
        "未满 {age} 岁不会被列入紧急召集名单。",
        "Nobody below {age} is on an emergency list.",
    ),
    "matching_refused": Sentence(
        409,
        "已关闭推荐",
        "Recommendations are off",
        "你没有同意为你推荐班次，所以没有“最合适”的顺序；可以按时间、距离或紧急程度查看，或在“同意”里打开推荐。",
        "You said no to being matched, so there is no order by fit. Sort by time, distance or "
        "urgency, or allow it under “Consents”.",
    ),
    "guardian_answers": Sentence(
        403,
        "由监护人回答",
        "The guardian answers",
        "未满 {age} 岁，这一项由监护人登录后回答。",
        "Below {age} years a guardian answers this, with their own sign-in.",
    ),
    "guardian_code_wrong": Sentence(
        409,
        "绑定码无效",
        "This code is not good",
        "绑定码不对、用过了或已过期（30 分钟有效），请让对方再生成一个。",
        "The code is wrong, was used, or is older than 30 minutes; ask the other side for a new "
        "one.",
    ),
    "nobody_is_a_minor": Sentence(
        409,
        "双方都已成年",
        "Nobody here is a minor",
        "两个账号都不是未满 {age} 岁的志愿者，不需要监护人。",
        "Neither account is a volunteer below {age}; no guardian is needed.",
    ),
    "two_minors": Sentence(
        409,
        "双方都未成年",
        "Both are minors",
        "监护人须是成年人。",
        "A guardian has to be a grown-up.",
    ),
    "own_request": Sentence(
        403,
        "不能核验自己",
        "Not over yourself",
        "这是你自己的申请，请由其他工作人员核验。",
        "This is your own request; somebody else has to look at it.",
    ),
    "paper_missing": Sentence(
        409,
        "请选择看过的证明",
        "Which paper was it?",
        "请写明看过哪种证明（户口簿、出生证明、法院文书或学籍）。",
        "Please say which paper you saw: household register, birth certificate, court decision or "
        "school record.",
    ),
    "last_guardian": Sentence(
        409,
        "唯一的监护人",
        "The only guardian",
        "未满 {age} 岁的孩子须有一位监护人；可以先绑定另一位，或注销孩子的账号。",
        "A child below {age} keeps one guardian: add another first, or delete the child's account.",
    ),
    "check_waits": Sentence(
        409,
        "已有申请在等待核验",
        "A request waits already",
        "你的核验申请还在等待处理；要换地方，请先撤回。",
        "Your request is still waiting; to ask elsewhere, take it back first.",
    ),
    "guardian_not_checked": Sentence(
        409,
        "监护人尚未核验",
        "The guardian is not checked",
        "请先在“监护”页申请核验，带上证明到社区或学校；证明上的孩子才能登记。",
        "Ask to be checked under “Guardian” first and bring your papers; only the children they "
        "name can be registered.",
    ),
    "registers_themself": Sentence(
        409,
        "可以自己登记",
        "Old enough to register",
        "满 {age} 岁可以用自己的手机号登记，再和监护人绑定。",
        "From {age} years on one registers with one's own number and is then tied to a guardian.",
    ),
    "no_consent_needed": Sentence(
        409,
        "不需要监护人同意",
        "No guardian needed",
        "满 {age} 岁不需要监护人同意，直接报名即可。",
        "From {age} years on no guardian is asked; just take a seat.",
    ),
    "no_guardian": Sentence(
        409,
        "还没有监护人",
        "No guardian yet",
        "未满 {age} 岁参加活动须监护人同意。请先在“监护”页和监护人绑定并完成核验。",
        "Below {age} years a guardian has to agree. Link your guardian to you under “Guardian” "
        "first, and have it checked.",
    ),
    "guardian_said_no": Sentence(
        409,
        "监护人没有同意",
        "Your guardian said no",
        "监护人看过这个班次的风险后没有同意。可以和监护人商量，由监护人改回答。",
        "Your guardian has read the risks and said no. Talk it over; they can change the answer.",
    ),
    "risks_reworded": Sentence(
        409,
        "风险说明已更新",
        "The risks were reworded",
        "风险说明已更新为第 {version} 版，请看过新版后再回答。",
        "The statement of risks is now version {version}; please read it before you answer.",
    ),
    "roles_first": Sentence(
        409,
        "请先交出角色",
        "Give up your roles first",
        "这个账号还担任工作角色，请管理员收回后再注销。",
        "The account still holds a role; ask an administrator to end it before you delete the "
        "account.",
    ),
    "wards_first": Sentence(
        409,
        "你是孩子唯一的监护人",
        "You are a child's only guardian",
        "请先为孩子绑定另一位监护人，或注销孩子的账号。",
        "Link another guardian to the child first, or delete the child's account.",
    ),
    "already_erased": Sentence(
        409, "已经注销", "Already gone", "已经删除，不能恢复。", "The data are gone for good."
    ),
}
CONSENT_DEFECTS: Mapping[str, Pair] = {
    "form_incomplete": Pair("有几项没有填或填得不对", "something is missing or not in its form"),
    "notice_not_agreed": Pair(
        "请读过儿童个人信息告知并勾选同意",
        "please read the children's notice and tick that you agree",
    ),
    "guardian_code_wrong": Pair("绑定码是 10 位字母和数字", "the code has ten letters and digits"),
    "unknown_recipient": Pair(
        "没有这个接收方，或这一项不需要接收方", "there is no such recipient, or none is asked for"
    ),
}

"""Skills: what counts, who confirms it, and how to get one that is missing."""

from collections.abc import Mapping

from api.sentences.forms import Pair, Sentence

SKILLS: Mapping[str, Sentence] = {
    "skills": Sentence(
        409,
        "缺少所需技能",
        "Skill missing",
        "这个岗位还需要：{missing}。{steps:steps}",
        "This role also asks for: {missing}. {steps:steps}",
    ),
    "claim_start_unqualified": Sentence(
        409,
        "技能已失效，不能签到",
        "No valid skill to start with",
        "这个岗位需要的技能目前不计入（已到期、未确认或未获确认），不能签到。请先补交凭证并确认。",
        "A skill that this role asks for does not count now: it has ended or is not confirmed. "
        "It has to be confirmed before the shift can begin.",
    ),
    "skill_listed": Sentence(
        409,
        "技能已在列表中",
        "Skill is listed already",
        "“{skill}”已在技能列表中，可直接修改。",
        "{skill} is on the list already; change it there.",
    ),
    "too_many_skills": Sentence(
        409,
        "技能太多",
        "Too many skills",
        "最多列 {most} 项技能，请先删去不用的。",
        "At most {most} skills can be listed; take one off first.",
    ),
    "own_skill": Sentence(
        403,
        "不能确认自己的技能",
        "Not one's own skill",
        "不能确认自己或被监护人的技能，请由其他组织者确认。",
        "Nobody confirms their own skill or that of their ward; another organiser has to.",
    ),
    "confirmed_higher": Sentence(
        403,
        "须由上级确认",
        "Confirmed at a higher level",
        "这项技能须由{level_kind}或以上级别的组织者确认。",
        "This skill is confirmed by an organiser at {level_kind} level or above.",
    ),
    "evidence_missing": Sentence(
        409,
        "缺少凭证说明",
        "Evidence missing",
        "确认“{skill}”须写明看到了什么凭证。",
        "Say what evidence you have seen before you confirm {skill}.",
    ),
}
SKILL_DEFECTS: Mapping[str, Pair] = {
    "day_is_over": Pair("这一天已过", "That day is over"),
    "later_than_rule": Pair("最晚到 {latest}", "{latest} at the latest"),
    "evidence_not_for_skill": Pair(
        "这类凭证不能证明此项技能", "Evidence of this kind does not prove the skill"
    ),
    "name_the_skill": Pair("请写技能名称（80 字以内）", "Please name the skill"),
    "choose_a_level": Pair("请选择熟练程度", "Please choose a level"),
    "too_long": Pair("最多 {most} 个字", "{most} characters at most"),
    "say_why": Pair("请写明原因（400 字以内）", "Please say why, in 400 characters at most"),
    "times_missing": Pair("请填写从几点到几点", "Please give both times"),
    "last_day_before_first": Pair("最后一天早于第一天", "The last day is before the first"),
    "too_many_days": Pair("一次最多 {most} 天", "{most} days at most at once"),
    "number_between": Pair("请填 0 至 {most} 之间的数", "Please give a number from 0 to {most}"),
    "not_a_position": Pair(
        "不是经纬度，应如 121.445 和 31.216", "Not a position such as 121.445 and 31.216"
    ),
    "choose_a_day": Pair("请选择日期", "Please choose a day"),
    "name_stays": Pair(
        "名称不能改，请删去后另行添加", "The name stays; take it off and add another"
    ),
}

EVIDENCE_WORDS: Mapping[str, Pair] = {
    "first_aid_certificate": Pair("急救证书", "first aid certificate"),
    "medical_licence": Pair("医护执业证", "medical licence"),
    "driving_licence": Pair("驾驶证", "driving licence"),
    "background_check": Pair("入职查询结果（无违法犯罪记录）", "background check"),
}
"""Kinds of evidence in words."""

STEP_WORDS: Mapping[str, Pair] = {
    "declare": Pair(
        "如果你会“{skill}”，在“时间与技能”里填上即可",
        "If you can do {skill}, add it under “Time and skills”",
    ),
    "declare_restricted": Pair(
        "在“时间与技能”里填上“{skill}”并写明{evidence}，由{office}或以上的组织者确认",
        "Add {skill} with your {evidence} under “Time and skills”; an organiser of a {office} or "
        "above confirms it",
    ),
    "raise_level": Pair(
        "你填的“{skill}”级别低于要求",
        "Your level of {skill} is below what is asked for",
    ),
    "show_evidence": Pair(
        "你的“{skill}”还缺凭证（{evidence}），补上后由{office}或以上的组织者确认",
        "Your {skill} has no evidence yet ({evidence}); add it, and an organiser of a {office} or "
        "above confirms it",
    ),
    "wait": Pair(
        "你的“{skill}”已提交，正等{office}或以上的组织者确认",
        "Your {skill} waits for an organiser at {office} level or above to confirm it",
    ),
    "refused": Pair(
        "你的“{skill}”未获确认，原因见“时间与技能”，可补交后重新申报",
        "Your {skill} was not confirmed; see the reason under “Time and skills” and declare it "
        "again",
    ),
    "renew": Pair(
        "你的“{skill}”到那天已过有效期，请先补交新的凭证",
        "Your {skill} will have ended by then; show new evidence first",
    ),
}
"""What to do about a missing skill, by the kind of step."""

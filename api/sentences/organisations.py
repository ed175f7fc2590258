"""The tree, memberships and tags: why something cannot be as asked."""

from collections.abc import Mapping

from api.sentences.forms import Pair, Sentence

ORGANISATIONS: Mapping[str, Sentence] = {
    "organisation_not_active": Sentence(
        409,
        "组织已不再活动",
        "Not active any more",
        "这个组织已被合并或撤销，不能再更改，也不能再接收下级。",
        "This organisation was merged or closed; it cannot change or take anything in any more.",
    ),
    "city_stays": Sentence(
        409,
        "市级不能移动",
        "A city stays",
        "市是整棵树的顶端，不能移动、合并或撤销。",
        "A city is the top of its tree; it cannot be moved, merged or closed.",
    ),
    "merge_other_kind": Sentence(
        409,
        "类别不同，不能合并",
        "Not of the same kind",
        "只有同类组织才能合并：一个是 {kind}，另一个是 {other_kind}。",
        "Only organisations of the same kind can merge: one is a {kind}, the other a {other_kind}.",
    ),
    "names_clash": Sentence(
        409,
        "合并后会重名",
        "Names would clash",
        "合并后会有 {count} 个重名：{names}。请先改名。",
        "After the merger {count} names would stand twice: {names}. Rename them first.",
    ),
    "has_active_below": Sentence(
        409,
        "还有下级组织",
        "Something lies below",
        "还有 {count} 个下级组织在活动，请先移走、合并或撤销它们。",
        "{count} active organisations lie below; move, merge or close them first.",
    ),
    "shifts_to_come": Sentence(
        409,
        "还有未结束的班次",
        "Shifts are still to come",
        "还有 {count} 个未结束的班次，请先取消它们或等到结束。",
        "{count:shift is|shifts are} still to come; call off what is left, or wait for the end.",
    ),
    "code_taken": Sentence(
        409,
        "区划代码已被使用",
        "Region code taken",
        "另一个组织已经使用这个区划代码。",
        "Another organisation has this region code.",
    ),
    "credit_code_taken": Sentence(
        409,
        "信用代码已被使用",
        "Credit code taken",
        "另一个组织已经使用这个统一社会信用代码。",
        "Another organisation has this unified social credit code.",
    ),
    "member_already": Sentence(
        409,
        "已经是成员",
        "A member already",
        "此人在这段时间已属于这个组织，或已提出申请。",
        "This person belongs there in that time already, or has asked to.",
    ),
    "has_home": Sentence(
        409,
        "已有居住社区",
        "Has a home community",
        "此人在这段时间已有一个居住社区；同一时间只能有一个。",
        "This person has a home community in that time; there is one at a time.",
    ),
    "membership_kind_elsewhere": Sentence(
        409,
        "这种归属不适用",
        "Not that kind of membership",
        "“{kind}”这种归属不能设在 {organisation_kind} 类组织。",
        "A membership of kind {kind} cannot be at a {organisation_kind}.",
    ),
    "membership_over": Sentence(
        409,
        "归属已经结束",
        "Membership is over",
        "这条归属已经结束，不能再更改。",
        "This membership is over and cannot change any more.",
    ),
    "membership_not_requested": Sentence(
        409,
        "没有待处理的申请",
        "Nothing to answer",
        "这条归属没有待处理的申请。",
        "Nobody waits for an answer about this membership.",
    ),
    "membership_requested": Sentence(
        409,
        "申请还没有答复",
        "Not answered yet",
        "这条归属还在等待答复。",
        "This membership still waits for its answer.",
    ),
    "tag_owner_not_a_level": Sentence(
        409,
        "只有市、区、街镇、居村能设标签",
        "Only levels own tags",
        "标签属于市、区、街镇或居村；{kind} 类组织不能设标签。",
        "A tag belongs to a city, district, street or neighbourhood; not to a {kind}.",
    ),
    "tag_name_taken": Sentence(
        409,
        "标签已存在",
        "Tag exists",
        "这一级已有同名标签。",
        "This level has a tag of that name.",
    ),
    "tag_of_other_level": Sentence(
        403,
        "标签属于另一级",
        "Another level's tag",
        "这个标签属于“{owner}”，只有它或它的上级才能更改或添加。",
        "This tag belongs to {owner}; only there or above it can it be changed or given.",
    ),
    "tag_retired": Sentence(
        409,
        "标签已停用",
        "Tag retired",
        "标签“{tag}”已停用，不能再添加。",
        "The tag {tag} is retired; nobody gets it any more.",
    ),
    "tag_grant_not_below": Sentence(
        409,
        "只能授权给下级",
        "Only to lower levels",
        "标签只能授权给所属组织的下级查看。",
        "A tag can be shown only to organisations below the one that owns it.",
    ),
}

ORGANISATION_DEFECTS: Mapping[str, Pair] = {
    "region_code_shape": Pair(
        "{kind} 的区划代码应为 {digits} 位数字（末尾的 0 可省略）",
        "The region code of a {kind} has {digits} digits (zeros at its end may be left out)",
    ),
    "region_code_of_other_level": Pair(
        "这是上一级的区划代码，不是 {kind} 的",
        "This is the region code of a higher level, not of a {kind}",
    ),
    "region_code_of_a_level": Pair(
        "区划代码只用于市、区、街镇、居村；其他组织请填统一社会信用代码",
        "Only levels have a region code; any other body has a unified social credit code",
    ),
    "code_not_of_parent": Pair(
        "区划代码须以上级“{parent}”的 {parent_code} 开头",
        "The region code must begin with {parent_code}, that of {parent} above it",
    ),
    "codes_below_differ": Pair(
        "下级“{name}”的代码 {code} 不以这个代码开头；请先更改下级的代码",
        "The code {code} of {name} below does not begin with this one; change it first",
    ),
    "credit_code_shape": Pair(
        "统一社会信用代码应为 18 位数字或大写字母（不含 I、O、Z、S、V）",
        "A unified social credit code has 18 digits or capital letters, without I, O, Z, S and V",
    ),
    "credit_code_check_digit": Pair(
        "统一社会信用代码的校验位不符，请核对每一位",
        "The check digit of the unified social credit code is wrong; compare every character",
    ),
    "starts_after_it_ends": Pair("开始日期晚于结束日期", "It would start after it ends"),
}

KIND_WORDS: Mapping[str, Pair] = {
    "city": Pair("市", "city"),
    "district": Pair("区", "district"),
    "street": Pair("街镇", "street"),
    "neighbourhood": Pair("居村", "neighbourhood"),
    "school": Pair("学校", "school"),
    "employer": Pair("单位", "employer"),
    "social_organisation": Pair("社会组织", "social organisation"),
    "service_team": Pair("服务队", "service team"),
    "home": Pair("居住社区", "home community"),
    "unit": Pair("所在单位", "unit"),
    "team": Pair("服务队员", "team member"),
    "student": Pair("在读学生", "student"),
}
"""How kinds of organisations and memberships are called in sentences and on pages."""

EVENT_WORDS: Mapping[str, Pair] = {
    "made": Pair("设立", "Set up"),
    "renamed": Pair("更名", "Renamed"),
    "recoded": Pair("代码变更", "Code changed"),
    "moved": Pair("划转", "Moved"),
    "merged": Pair("合并", "Merged"),
    "closed": Pair("撤销", "Closed"),
}
"""How the events of an organisation are called on pages."""

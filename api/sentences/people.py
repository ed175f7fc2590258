"""People, their personal data, and people who are there twice."""

from collections.abc import Mapping

from api.sentences.forms import Pair, Sentence

PEOPLE: Mapping[str, Sentence] = {
    "phone_changes_by_code": Sentence(
        403,
        "手机号凭验证码更换",
        "A phone number is changed by a code",
        "此手机号已由本人验证，只能由本人凭新号码收到的验证码更换。",
        "The person has proven this number; only they change it, by a code sent to the new one.",
    ),
    "person_closed": Sentence(
        409,
        "此人的记录已并入他人或已删除",
        "This record was merged or erased",
        "此人的记录已并入另一条记录，或已按本人要求删除，不能再修改。",
        "The record was merged into another one, or erased; it is not changed any more.",
    ),
    "document_not_needed": Sentence(
        409,
        "目前不需要证件号码",
        "No document is needed",
        "目前没有事项需要此人的证件号码，因此不收集。",
        "Nothing asks for the number of a document of this person now, so none is taken.",
    ),
    "document_need_open": Sentence(
        409,
        "已经问过了",
        "It has been asked already",
        "已为同一用途和接收方请此人填写证件号码，尚未结束。",
        "This person is being asked already, for the same purpose and recipient.",
    ),
    "approval_needed": Sentence(
        403,
        "需要另一人批准",
        "A second person has to approve",
        "查看 14 岁以下儿童的个人信息，须先申请并由另一位有权限的人批准。",
        "To see data of a child below 14, ask first and have a second person approve it.",
    ),
    "same_person": Sentence(
        409,
        "这是同一条记录",
        "This is one record",
        "两边是同一条记录，没有可合并的。",
        "Both sides are the same record; there is nothing to merge.",
    ),
    "merge_claims_clash": Sentence(
        409,
        "两条记录的报名时间冲突",
        "Their seats clash",
        "两条记录各自报了时间冲突的班次（{shifts} 个），请先请本人退掉其中一边。",
        "The two records hold seats on shifts that clash ({shifts}). One side has to be given "
        "back first.",
    ),
    "merge_account_has_roles": Sentence(
        409,
        "其中一个账号有管理角色",
        "One account holds roles",
        "要并入的记录的账号担任管理角色，请先结束这些角色，或把另一边并入它。",
        "The account of the record to be merged holds roles. End them first, or merge the other "
        "way round.",
    ),
    "erasure_under_way": Sentence(
        409,
        "其中一人正在注销",
        "One of them is being erased",
        "其中一条记录已申请删除，处理完之前不能合并。",
        "One of the records is to be erased; until that is settled they are not merged.",
    ),
}
PEOPLE_DEFECTS: Mapping[str, Pair] = {
    "document_shape": Pair("位数或格式与证件类型不符", "Not how a number of this kind is written"),
    "document_check_digit": Pair(
        "校验码不对：请对照证件逐位核对，常见是抄错或调换了数字",
        "The check digit does not fit: compare it with the document, digit by digit",
    ),
    "document_region": Pair(
        "前几位不是签发这类证件的地区", "Its first digits are no region that issues this kind"
    ),
    "document_birth_date": Pair(
        "号码中的出生日期与登记的不一致，请核对号码，或请登记单位更正出生日期",
        "The date of birth in it is not the one on record: check the number, or have the record "
        "put right",
    ),
    "person_merged_elsewhere": Pair(
        "此编号的记录已并入其他单位登记的人",
        "This number was merged into a person registered elsewhere",
    ),
}

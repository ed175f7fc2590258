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
}
PEOPLE_DEFECTS: Mapping[str, Pair] = {}

"""Organisations, people, projects, shifts and points that cannot be written as asked."""

from collections.abc import Mapping

from api.sentences.forms import Sentence

DEMAND: Mapping[str, Sentence] = {
    "organisers_only": Sentence(
        403,
        "仅限组织者",
        "For organisers",
        "此操作只对组织者账号开放。",
        "Only an organiser's account may do this.",
    ),
    "volunteers_only": Sentence(
        403,
        "仅限志愿者",
        "For volunteers",
        "此操作只对志愿者账号开放。",
        "Only a volunteer's account may do this.",
    ),
    "name_taken": Sentence(
        409,
        "名称已被使用",
        "Name taken",
        "这个名称已被使用，请换一个。",
        "This name is in use; take another one.",
    ),
    "key_taken": Sentence(
        409,
        "编号已被使用",
        "Key taken",
        "这个编号（external_key）已被使用。",
        "This external_key is in use.",
    ),
    "organisation_cycle": Sentence(
        409,
        "组织不能隶属于自己",
        "Organisation under itself",
        "组织不能隶属于自己的下级。",
        "An organisation cannot lie below itself.",
    ),
    "role_key_taken": Sentence(
        409,
        "岗位编号重复",
        "Role key taken",
        "同一班次内每个岗位的 key 不得重复。",
        "Each role of a shift has a key of its own.",
    ),
    "seats_out_of_order": Sentence(
        409,
        "名额数不一致",
        "Seats out of order",
        "名额须满足：最少 ≤ 目标 ≤ 最多。",
        "Seats must satisfy minimum ≤ target ≤ maximum.",
    ),
    "risk_statement_missing": Sentence(
        409,
        "缺少风险告知",
        "Risk statement missing",
        "项目须先写明风险告知，才能发布。",
        "A project needs a risk statement before it is published.",
    ),
    "already_reversed": Sentence(
        409,
        "已冲回",
        "Already reversed",
        "这笔积分已经冲回，不能再次冲回。",
        "This transfer has been reversed and cannot be reversed twice.",
    ),
    "reversal_differs": Sentence(
        409,
        "冲回与原记录不符",
        "Reversal differs",
        "冲回必须与原记录的账户和数额一致。",
        "A reversal mirrors its original's accounts and points.",
    ),
}

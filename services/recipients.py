"""Who outside of the service may receive something about a person, and on what ground."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from services.words import Words


class Basis(StrEnum):
    """Why data may go to somebody: the person agreed, or a law that is named asks for it."""

    CONSENT = "consent"
    STATUTE = "statute"


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """One outside recipient. `statute` names the law where no consent is asked."""

    key: str
    name: Words
    purpose: Words
    fields: tuple[str, ...]
    statute: Words | None = None

    @property
    def basis(self) -> Basis:
        return Basis.CONSENT if self.statute is None else Basis.STATUTE


RECIPIENTS: Mapping[str, Recipient] = {
    each.key: each
    for each in (
        Recipient(
            key="youth_league",
            name=Words("共青团组织", "Youth League"),
            purpose=Words(
                "把你的志愿服务时长报给团组织，用于评优和第二课堂成绩单。",
                "Reports your hours to the Youth League, for awards and your record there.",
            ),
            fields=("volunteer_number", "masked_name", "services", "minutes"),
        ),
        Recipient(
            key="school_record",
            name=Words("学校社会实践记录", "Your school's service record"),
            purpose=Words(
                "把你的志愿服务时长报给学校，计入社会实践。",
                "Reports your hours to your school, where they count as social practice.",
            ),
            fields=("student_number", "masked_name", "services", "minutes"),
        ),
        Recipient(
            key="volunteer_platform",
            name=Words("其他志愿服务平台", "Another volunteer platform"),
            purpose=Words(
                "把你的志愿服务时长同步到你绑定的志愿服务平台。",
                "Carries your hours over to the volunteer platform that you linked.",
            ),
            fields=("volunteer_number", "services", "minutes"),
        ),
        Recipient(
            key="insurer",
            name=Words("志愿者保险承保机构", "The insurer of volunteers"),
            purpose=Words(
                "给你参加的活动投保时，保险机构需要知道被保险人是谁。",
                "To insure you on a shift, the insurer has to know who you are.",
            ),
            fields=("name", "document", "shift"),
        ),
        Recipient(
            key="municipal_record",
            name=Words("市志愿服务信息系统", "The city's volunteer record system"),
            purpose=Words(
                "按规定记录志愿服务信息。", "Records voluntary service, as the rules ask."
            ),
            fields=("volunteer_number", "services", "minutes"),
            statute=Words(
                "《志愿服务条例》第十九条、《志愿服务记录与证明出具办法（试行）》",
                "Regulations on Voluntary Service, article 19; Measures for Records and "
                "Certificates of Voluntary Service (trial)",
            ),
        ),
    )
}
"""The outside recipients that this service knows. Whoever is not listed here receives nothing."""

"""What the people and accounts of a side were told, and how they want to be told."""

from datetime import timedelta

from services.notifications.telling import FACTS_PLACE
from services.notifications.wording import packed
from services.vault import keyring
from tests.rights.side import Side


def add_notices(here: Side) -> None:
    """Ada, Kid and the chief of the street were each told something that only they may read."""
    for name, column in (("ada", "volunteer_id"), ("kid", "volunteer_id")):
        _add_notice(here, name, column, name, persons=(name,))
    _add_notice(here, "chief", "account_id", "account of chief", accounts=("account of chief",))
    for name in ("ada", "kid"):
        here.add(
            "notification_choice",
            f"choice of {name}",
            volunteer_id=here.id(name),
            channels="sms",
            language="zh",
            changed_at=here.now,
            persons=(name,),
        )
    here.add(
        "message_permit",
        "permit of ada",
        volunteer_id=here.id("ada"),
        persons=("ada",),
    )
    here.add(
        "answer_link",
        "link of ada",
        offer_id=here.id("offer to ada"),
        volunteer_id=here.id("ada"),
        token_digest=f"{here.id('link of ada').hex}{here.id('other').hex}",
        expires_at=here.now + timedelta(days=1),
    )
    here.add(
        "inbound_answer",
        "answer of ada",
        volunteer_id=here.id("ada"),
        channel="sms",
        meaning="declined",
        persons=("ada",),
    )
    here.add("channel_pace", "pace", next_at=here.now)
    robot = here.id("robot")
    secret = keyring().encrypt("group_robot.address_cipher", robot, here.bird())
    here.add(
        "group_robot",
        "robot",
        organisation_id=here.id("hood"),
        address_cipher="\\x" + secret.hex(),
        opens=(("work", "hood"),),
    )


def _add_notice(here: Side, name: str, column: str, owner: str, **seen: tuple[str, ...]) -> None:
    notice = here.id(f"notice of {name}")
    facts = keyring().encrypt(FACTS_PLACE, notice, packed({"skill": here.bird()}))
    here.add(
        "notification",
        f"notice of {name}",
        **{column: here.id(owner)},
        kind="skill_confirmed",
        once=None,
        facts_cipher="\\x" + facts.hex(),
        good_until=here.now + timedelta(days=1),
        written_in=1,
        **seen,
    )

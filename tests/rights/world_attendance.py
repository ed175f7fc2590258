"""What is left of a shift that is over: who came and who did not, and what was said of it.

The people's seats are still to come in this world, but rows do not ask what time it is.
"""

from datetime import timedelta
from typing import Any

from services.attendance.keys import PLACE as KEY_PLACE
from services.attendance.own import DISPUTE_PLACE
from services.attendance.reading import OBJECTION_PLACE
from services.safety_reports.reading import TEXT_PLACE
from services.vault import keyring
from tests.rights.side import Side

WORK: Any = {"opens": (("work", "hood"),)}


def add_attendance(here: Side) -> None:
    """Ada came; Kid was marked as absent and came after all; both dispute it. Ada reported to the
    street; the chief leads the draft."""
    _checks(here)
    for name in ("ada", "kid"):
        of_claim: Any = {
            "claim_id": here.id(f"confirmed {name}"),
            "volunteer_id": here.id(name),
            "persons": (name,),
        }
        if name == "kid":
            key = here.id("absence of kid")
            here.add(
                "absence",
                "absence of kid",
                marked_by=here.id("account of chief"),
                object_until=here.now + timedelta(days=2),
                objected_at=here.now,
                objection_cipher=_sealed(OBJECTION_PLACE, key, here.bird()),
                outcome=None,
                **of_claim,
                **WORK,
            )
        here.add(
            "attendance",
            f"attendance of {name}",
            in_evidence="qr",
            in_place="unknown",
            in_by=here.id("account of ada" if name == "ada" else "account of guardian"),
            out_evidence=None,
            out_place=None,
            **of_claim,
            **WORK,
        )
        _dispute(here, name, of_claim)
        if name == "kid":
            continue
        for about in ("shift", "volunteer"):
            here.add(
                "evaluation",
                f"{about} of ada evaluated",
                about=about,
                stars=4,
                words="[]",
                given_by=here.id("account of ada" if about == "shift" else "account of chief"),
                **of_claim,
                **(WORK if about == "volunteer" else {}),
            )
    _report(here)


def _dispute(here: Side, name: str, of_claim: Any) -> None:
    """Something that the stay said before, and what its person says against it."""
    here.add(
        "attendance_version",
        f"attendance of {name} before",
        number=1,
        in_evidence="qr",
        in_by=here.id("account of chief"),
        out_evidence="lead",
        out_by=here.id("account of chief"),
        **of_claim,
        **WORK,
    )
    here.add(
        "dispute",
        f"dispute of {name}",
        state="open",
        text_cipher=_sealed(DISPUTE_PLACE, here.id(f"dispute of {name}"), here.bird()),
        due_at=here.now + timedelta(days=7),
        **of_claim,
        **WORK,
    )


def _checks(here: Side) -> None:
    for shift in ("draft 1", "project 1"):
        here.add(
            "shift_check",
            f"check of {shift}",
            shift_id=here.id(shift),
            key_cipher=_sealed(KEY_PLACE, here.id(f"check of {shift}"), "0" * 32),
        )
    here.add(
        "shift_lead",
        "lead of draft 1",
        shift_id=here.id("draft 1"),
        account_id=here.id("account of ben"),
        named_by=here.id("account of chief"),
        ended_at=here.now,
        accounts=("account of ben",),
        **WORK,
    )


def _report(here: Side) -> None:
    key = here.id("report of ada")
    here.add(
        "safety_report",
        "report of ada",
        kind="accident",
        state="sent",
        shift_id=here.id("project 1"),
        recipient_id=here.id("street"),
        account_id=here.id("account of ada"),
        text_cipher=_sealed(TEXT_PLACE, key, here.bird()),
        accounts=("account of ada",),
        opens=(("reports", "street"),),
    )


def _sealed(place: str, key: Any, text: str) -> str:
    return "\\x" + keyring().encrypt(place, key, text).hex()

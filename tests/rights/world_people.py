"""The tree of a side, its people and their accounts, and what they agreed to."""

from datetime import timedelta
from typing import Any

from services.personal import PLACE
from services.vault import keyring
from tests.rights.side import AGES, CITY_ID, DAY, REGISTERED, SEEN, Side


def add_people(here: Side) -> None:
    """Everything but what they do."""
    _tree(here)
    _people(here)
    _accounts(here)


def _tree(here: Side) -> None:
    for name, kind, parent in (
        ("district", "district", None),
        ("street", "street", "district"),
        ("hood", "neighbourhood", "street"),
        ("team", "service_team", "street"),
    ):
        is_level = kind != "service_team"
        here.add(
            "organisation",
            name,
            kind=kind,
            parent_id=here.id(parent) if parent else CITY_ID,
            name=f"{kind} {here.side}" if is_level else here.bird(),
            code=None,
            credit_code=None,
            state="active",
            is_public=is_level,
            persons=("ada",),
            opens=(("tree", name),),
        )
    here.add(
        "organisation_event",
        "event of the street",
        organisation_id=here.id("street"),
        kind="renamed",
        before=f'{{"name": "{here.bird()}"}}',
        after=f'{{"name": "{here.bird()}"}}',
        opens=(("tree", "street"),),
    )


def _people(here: Side) -> None:
    """Ada serves at the neighbourhood's shift and belongs to a home and a unit; Kid is 12."""
    for name, age in AGES.items():
        here.add(
            "volunteer",
            name,
            organisation_id=here.id("street"),
            age=age,
            state="active",
            max_minutes=100_000,
            max_minutes_per_day=1440,
            max_shifts=100,
            is_matched=True,
            persons=(name,),
            opens=SEEN[name],
        )
        _about(here, name)
    for group, kind in (("hood", "home"), ("team", "unit")):
        here.add(
            "membership",
            f"ada in {group}",
            volunteer_id=here.id("ada"),
            organisation_id=here.id(group),
            kind=kind,
            starts_on="2026-01-01",
            persons=("ada",),
            opens=(("people", group),),
        )
    here.add(
        "volunteer_skill",
        "first aid of ben",
        volunteer_id=here.id("ben"),
        skill="急救",
        level=2,
        evidence_kind="first_aid_certificate",
        expires_on=(here.now + 300 * DAY).date(),
        state="declared",
        reason="",
        persons=("ben",),
        opens=SEEN["ben"],
    )
    here.add("together_group", "group", organisation_id=here.id("street"), opens=REGISTERED)
    of_ada: Any = {"persons": ("ada",), "opens": SEEN["ada"]}
    here.add(
        "together_member",
        "ada together",
        group_id=here.id("group"),
        volunteer_id=here.id("ada"),
        **of_ada,
    )
    one, other = sorted(("ada", "ben"), key=here.id)
    of_one: Any = {"persons": (one,), "opens": SEEN[one]}
    pair = {"one_id": here.id(one), "other_id": here.id(other)}
    here.add("apart_pair", "apart", **pair, **of_one)
    here.add("distinct_pair", "distinct", **pair, account_id=here.id("chief"), **of_one)


def _about(here: Side, name: str) -> None:
    """What is known of a person."""
    counted: Any = {
        "volunteer_id": here.id(name),
        "persons": (name,),
        "opens": SEEN[name],
    }
    soon = {"starts_at": here.now + 9 * DAY, "ends_at": here.now + 9 * DAY + timedelta(hours=1)}
    here.add(
        "volunteer_skill",
        f"skill of {name}",
        level=3,
        state="declared",
        reason="",
        evidence_kind="",
        **counted,
    )
    here.add("volunteer_liking", f"liking of {name}", liking=2, **counted)
    here.add("availability_window", f"window of {name}", end_minute=900, **counted)
    here.add("availability_exception", f"day off of {name}", kind="off", **soon, **counted)
    here.add("engagement", f"{name} elsewhere", **soon, **counted)
    here.add("points_account", f"points of {name}", kind="volunteer", **counted)
    held = {**counted, "opens": REGISTERED}
    for kind, text in (("phone", here.phone(name)), ("birth_date", here.birth_date(name))):
        key = here.id(f"{kind} of {name}")
        here.add(
            "personal_datum",
            f"{kind} of {name}",
            kind=kind,
            subkind="",
            cipher="\\x" + keyring().encrypt(PLACE, key, text).hex(),
            lookup=keyring().index(kind, text),
            key_id=keyring().current,
            **held,
        )


def _accounts(here: Side) -> None:
    """Ada's, Ben's, Kid's guardian's, and those of a chief and a program at the street."""
    for name in ("ada", "ben", "guardian", "chief", "robot"):
        here.add(
            "account",
            f"account of {name}",
            volunteer_id=here.id(name) if name in AGES else None,
            password_hash=None,
            state="active",
            accounts=(f"account of {name}",),
            opens=(("rights", "street"),) if name == "chief" else (),
        )
        mine: Any = {
            "account_id": here.id(f"account of {name}"),
            "accounts": (f"account of {name}",),
        }
        here.add(
            "sign_in_session",
            f"session of {name}",
            method="phone",
            expires_at=here.now + DAY,
            ended_reason="",
            **mine,
        )
        here.add("idempotency_record", f"answer to {name}", **mine)
    here.add(
        "approval",
        "request",
        kind="role_grant",
        state="requested",
        organisation_id=here.id("street"),
        command=f'{{"role": "shift_lead", "account_id": "{here.id("account of ben")}"}}',
        requested_by=here.id("account of chief"),
        concerns=here.id("account of ben"),
        expires_at=here.now + 30 * DAY,
        accounts=("account of chief", "account of ben"),
        opens=(("tree", "street"),),
    )
    here.add(
        "role_grant",
        "chief at the street",
        account_id=here.id("account of chief"),
        role="node_administrator",
        organisation_id=here.id("street"),
        accounts=("account of chief",),
        opens=(("rights", "street"),),
    )
    here.add(
        "machine_client",
        "program",
        organisation_id=here.id("street"),
        scopes='["work:read"]',
        account_id=here.id("account of robot"),
        opens=(("rights", "street"),),
    )
    here.add(
        "identity_provider",
        "provider",
        organisation_id=here.id("street"),
        key=f"school-{here.side}",
        title=f"School {here.side}",
        issuer="https://school.example",
        client_id="mulin",
        number_claim="",
        is_active=False,
        is_public=True,
        opens=(("rights", "street"),),
    )
    here.add(
        "identity",
        "ada at the provider",
        provider_id=here.id("provider"),
        account_id=here.id("account of ada"),
        accounts=("account of ada",),
    )
    _proofs(here)


def _proofs(here: Side) -> None:
    """What proves who somebody is, and messages on their way: only the service reads these."""
    then = here.now + timedelta(minutes=5)
    here.add("sign_in_code", "code", expires_at=then)
    here.add("sign_in_step", "step", expires_at=then)
    here.add("sign_in_failure", "failure")
    here.add("form_use", "form", expires_at=then)
    here.add("key_check", "key", key_id=f"none-{here.side}")
    here.add("outbox_message", "job", sent_at=here.now)
    here.add(
        "message",
        "message",
        channel="sms",
        reference=None,
        text_cipher=None,
        address_cipher=None,
        sent_at=here.now,
    )
    here.add("retention_run", "retention")


def add_consents(here: Side) -> None:
    """Ada's answers, and who answers for Kid."""
    for name in ("ada", "kid"):
        mine: Any = {"volunteer_id": here.id(name), "persons": (name,)}
        who = here.id("account of ada" if name == "ada" else "account of guardian")
        here.add(
            "consent",
            f"consent of {name}",
            purpose="matching",
            recipient="",
            text_version="1",
            is_given=True,
            account_id=who,
            opens=SEEN[name],
            **mine,
        )
        here.add(
            "disclosure",
            f"disclosure of {name}",
            fields_given='["name"]',
            basis="consent",
            account_id=who,
            opens=REGISTERED,
            **mine,
        )
        here.add(
            "document_need",
            f"need of {name}",
            purpose="insurance",
            organisation_id=here.id("street"),
            account_id=who,
            opens=REGISTERED,
            **mine,
        )
    here.add(
        "guardianship",
        "guardianship",
        ward_id=here.id("kid"),
        guardian_id=here.id("account of guardian"),
        relation="mother",
        state="verified",
        evidence_kind="household_book",
        decided_by=here.id("account of chief"),
        decided_at=here.now,
        persons=("kid",),
        accounts=("account of guardian",),
        opens=REGISTERED,
    )
    here.add(
        "guardian_check",
        "check",
        account_id=here.id("account of guardian"),
        organisation_id=here.id("street"),
        state="requested",
        evidence_kind="",
        accounts=("account of guardian",),
        opens=REGISTERED,
    )
    here.add(
        "activity_consent",
        "kid may come",
        volunteer_id=here.id("kid"),
        shift_id=here.id("project 1"),
        state="given",
        risk_statement_version=1,
        guardian_id=here.id("account of guardian"),
        answered_at=here.now,
        persons=("kid",),
        opens=(("work", "hood"),),
    )
    here.add(
        "recommendation",
        "for ada",
        volunteer_id=here.id("ada"),
        shift_id=here.id("project 1"),
        because="[]",
        persons=("ada",),
    )
    here.add(
        "erasure",
        "erasure of ben",
        volunteer_id=here.id("ben"),
        reason="asked",
        due_at=here.now + 7 * DAY,
        persons=("ben",),
        opens=REGISTERED,
    )

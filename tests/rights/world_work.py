"""What the people of a side do: projects, seats, plans, tags, points, and the log of it."""

import zlib
from datetime import timedelta
from typing import Any

from tests.rights.side import AGES, DAY, ISSUER_ID, REGISTERED, SEEN, Side

PROOF = b'{"format": "mulin.bound/1", "problem": "", "proofs": []}'
TAGGED = (*REGISTERED, ("people", "hood"))


def add_demand(here: Side) -> None:
    """The neighbourhood's published project with two shifts, and a draft with one."""
    for project, state in (("project", "published"), ("draft", "draft")):
        seen: Any = {"is_public": state == "published", "opens": (("work", "hood"),)}
        here.add(
            "project",
            project,
            organisation_id=here.id("hood"),
            state=state,
            risk_statement_version=1,
            **seen,
        )
        for number in (1, 2):
            start = here.now + number * 3 * DAY + timedelta(hours=len(project))
            here.add(
                "shift",
                f"{project} {number}",
                project_id=here.id(project),
                starts_at=start,
                ends_at=start + timedelta(hours=2),
                priority=5,
                state="open",
                claim_mode="instant",
                version=1,
                **seen,
            )
            of_shift = {"shift_id": here.id(f"{project} {number}")}
            here.add(
                "role",
                f"role of {project} {number}",
                key="helper",
                target=5,
                maximum=9,
                max_age=150,
                **of_shift,
                **seen,
            )
            of_role = {"role_id": here.id(f"role of {project} {number}")}
            here.add("team_line", f"team of {project} {number}", level=1, **of_shift, **seen)
            if project == "draft":
                here.add("role_skill", f"aid for {number}", level=1, **of_role, **seen)
                here.add(
                    "role_group",
                    f"team for {number}",
                    organisation_id=here.id("team"),
                    **of_role,
                    **seen,
                )


def add_limits(here: Side) -> None:
    """The published project is insured and agreed to, one of its shifts was drawn, and Ben is not
    taken there."""
    here.add(
        "insurance_policy",
        "policy",
        project_id=here.id("project"),
        covers_from=here.now,
        covers_until=here.now + 90 * DAY,
        opens=(("work", "hood"),),
    )
    here.add(
        "agreement",
        "agreement",
        project_id=here.id("project"),
        version=1,
        is_public=True,
        opens=(("work", "hood"),),
    )
    here.add(
        "agreement_signature",
        "signature of ada",
        volunteer_id=here.id("ada"),
        agreement_id=here.id("agreement"),
        persons=("ada",),
        opens=(("work", "hood"),),
    )
    here.add(
        "shift_draw",
        "draw",
        shift_id=here.id("project 1"),
        seed="0a" * 16,
        entered=2,
        seated=2,
        is_public=True,
        opens=(("work", "hood"),),
    )
    here.add(
        "block",
        "block of ben",
        organisation_id=here.id("hood"),
        volunteer_id=here.id("ben"),
        ends_at=here.now + 30 * DAY,
        persons=("ben",),
        opens=(("work", "hood"),),
    )


def add_seats(here: Side) -> None:
    """Ada and Kid have seats on the first shift and offers for the second, by a round."""
    _add_round(here)
    of_round: Any = {"opens": (("work", "hood"),)}
    first, second = here.id("project 1"), here.id("project 2")
    for name in ("ada", "kid"):
        mine: Any = {
            "volunteer_id": here.id(name),
            "persons": (name,),
            "opens": (("work", "hood"),),
        }
        for shift, state in (("project 1", "confirmed"), ("project 2", "offered")):
            here.add(
                "claim",
                f"{state} {name}",
                shift_id=here.id(shift),
                role_id=here.id(f"role of {shift}"),
                organisation_id=here.id("hood"),
                state=state,
                version=1,
                **mine,
            )
        here.add(
            "offer",
            f"offer to {name}",
            claim_id=here.id(f"offered {name}"),
            source="round",
            round_id=here.id("round"),
            deadline_at=here.now + 2 * DAY,
            persons=(name,),
            opens=(("work", "hood"),),
        )
        here.add("invitation", f"invitation of {name}", shift_id=first, **mine)
        here.add(
            "plan_line",
            f"line of {name}",
            plan_id=here.id("plan"),
            shift_id=second,
            role_id=here.id("role of project 2"),
            volunteer_id=here.id(name),
            **of_round,
        )
    _add_gap_and_part(here)
    here.add(
        "exclusion",
        "exclusion",
        shift_id=second,
        volunteer_id=here.id("ben"),
        persons=("ben",),
        opens=(("work", "hood"),),
    )


def _add_round(here: Side) -> None:
    here.add(
        "round",
        "round",
        organisation_id=here.id("hood"),
        horizon_start=here.now,
        horizon_end=here.now + 20 * DAY,
        offset_minutes=480,
        seconds_max=5,
        state="draft",
        problem_digest=None,
        requested_by_id=None,
        opens=(("work", "hood"),),
    )
    of_round: Any = {"opens": (("work", "hood"),)}
    here.add(
        "plan",
        "plan",
        round_id=here.id("round"),
        status="optimal",
        bound_from='{"shortfall": "lp", "open": "lp", "cost": "lp"}',
        certificate="\\x" + zlib.compress(PROOF).hex(),
        **of_round,
    )


def _add_gap_and_part(here: Side) -> None:
    """What the plan leaves open, and a part of the round's problem, which only the service sees."""
    here.add(
        "plan_gap",
        "gap",
        plan_id=here.id("plan"),
        shift_id=here.id("project 2"),
        role_id=here.id("role of project 2"),
        missing=1,
        opens=(("work", "hood"),),
    )
    here.add(
        "plan_part",
        "part",
        round_id=here.id("round"),
        attempt=1,
        number=0,
        seats=1,
        problem=b"columns",
        ends_at=here.now + DAY,
        tries=0,
    )


def add_tags_and_points(here: Side) -> None:
    """A tag of the street, read by the neighbourhood; points given to everybody."""
    here.add(
        "tag", "tag", organisation_id=here.id("street"), opens=(*REGISTERED, ("people", "hood"))
    )
    here.add(
        "tag_grant",
        "tag for the neighbourhood",
        tag_id=here.id("tag"),
        organisation_id=here.id("hood"),
        is_public=True,
        opens=REGISTERED,
    )
    here.add(
        "volunteer_tag",
        "tag of ada",
        tag_id=here.id("tag"),
        volunteer_id=here.id("ada"),
        persons=("ada",),
        opens=TAGGED,
    )
    for name in AGES:
        here.add(
            "points_transfer",
            f"award to {name}",
            debit_id=ISSUER_ID,
            credit_id=here.id(f"points of {name}"),
            points=10,
            persons=(name,),
            opens=SEEN[name],
        )


def add_log(here: Side) -> None:
    """One line of the log."""
    here.add(
        "audit_event",
        "line",
        act="tree_changed",
        account_id=here.id("account of chief"),
        subject_kind="organisation",
        subject_id=here.id("street"),
        organisation_id=here.id("street"),
        facts=f'{{"change": "{here.bird()}"}}',
        opens=(("audit", "street"),),
    )
    here.add("audit_seal", "seal", number=1 if here.side == "a" else 2, event_id=here.id("line"),
             digest="0" * 64)  # fmt: skip

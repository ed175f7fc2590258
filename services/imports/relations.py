"""The lists of a problem that tie people to shifts and to each other, beside what is stored."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from matcher.problem import Forbidden, Line, Problem
from models.core import (
    LIVE_STATES,
    SEAT_STATES,
    ApartPair,
    Claim,
    ClaimState,
    Exclusion,
    TogetherGroup,
    TogetherMember,
    new_id,
)
from services.birth import GROWN_UP_FROM_AGE
from services.database import rows
from services.imports.problems import SHORT_MAX, Checker
from services.imports.sentences import note, row_defect
from services.imports.storing import write
from services.imports.views import Note, Outcome, RowDefect, RowReport
from services.imports.wanted import WantedShift, WantedVolunteer

_CLAIMS = (
    "SELECT c.id, c.volunteer_id, c.shift_id, c.role_id, c.state, c.starts_at, c.ends_at "
    "FROM claim c WHERE c.volunteer_id = ANY($1::uuid[])"
)
_AGREED = (
    "SELECT a.volunteer_id, a.shift_id FROM activity_consent a JOIN shift s ON s.id = a.shift_id "
    "JOIN project p ON p.id = s.project_id WHERE a.volunteer_id = ANY($1::uuid[]) "
    "AND a.state = 'given' AND a.risk_statement_version = p.risk_statement_version"
)
_EXCLUSIONS = (
    "SELECT shift_id, volunteer_id, reason FROM exclusion "
    "WHERE shift_id = ANY($1::uuid[]) AND volunteer_id = ANY($2::uuid[])"
)
_TOGETHER = (
    "SELECT g.id, array_agg(m.volunteer_id) AS members FROM together_group g "
    "JOIN together_member m ON m.group_id = g.id WHERE g.organisation_id = $1 "
    "AND g.buddy_group_id IS NULL GROUP BY g.id"
)
_APART = (
    "SELECT id, one_id, other_id FROM apart_pair "
    "WHERE one_id = ANY($1::uuid[]) AND other_id = ANY($1::uuid[])"
)
# A person can still be confirmed from these; from the others of a claim's states they said no.
_CONFIRMABLE = {ClaimState.OFFERED, ClaimState.REQUESTED, ClaimState.ENTERED}


@dataclass(slots=True)
class Relations:
    """What is to be added or dropped, and the report's lines."""

    claims: list[tuple[UUID, UUID, WantedShift]] = field(default_factory=list)
    confirmed: list[UUID] = field(default_factory=list)
    exclusions: list[tuple[UUID, UUID, str]] = field(default_factory=list)
    together: list[frozenset[UUID]] = field(default_factory=list)
    together_gone: list[UUID] = field(default_factory=list)
    apart: list[frozenset[UUID]] = field(default_factory=list)
    apart_gone: list[UUID] = field(default_factory=list)
    rows: list[RowReport] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def report(
        self, name: str, index: int, outcome: Outcome, defects: Iterable[RowDefect] = ()
    ) -> None:
        """A line of the report for one line of a list."""
        found = list(defects)
        place = f"{name}[{index}]"
        self.rows.append(
            RowReport(
                row=index + 1,
                place=place,
                outcome="refused" if found else outcome,
                defects=found,
            )
        )

    def remark(self, code: str, count: int) -> None:
        """A note, if there is anything to count."""
        if count:
            self.notes.append(note(code, count=count))


async def match_relations(
    organisation_id: UUID,
    problem: Problem,
    people: Mapping[str, WantedVolunteer],
    shifts: Mapping[str, WantedShift],
) -> Relations:
    """Every line of `fixed`, `forbidden`, `together` and `apart`, and what becomes of it."""
    found = Relations()
    await _match_fixed(found, problem.fixed, people, shifts)
    await _match_forbidden(found, problem.forbidden, people, shifts)
    ids = {each.id for each in people.values()}
    groups = [frozenset(people[each].id for each in group) for group in problem.together]
    stored = await rows(_TOGETHER, organisation_id)
    known = {frozenset(row["members"]): row["id"] for row in stored}
    found.together, found.together_gone = _sets("together", found, groups, known, ids)
    found.remark("together_dropped", len(found.together_gone))
    pairs = [frozenset(people[each].id for each in pair) for pair in problem.apart]
    stored = await rows(_APART, list(ids))
    known = {frozenset((row["one_id"], row["other_id"])): row["id"] for row in stored}
    found.apart, found.apart_gone = _sets("apart", found, pairs, known, ids)
    found.remark("apart_dropped", len(found.apart_gone))
    return found


def _sets(
    name: str,
    found: Relations,
    wanted: Sequence[frozenset[UUID]],
    known: Mapping[frozenset[UUID], UUID],
    people: set[UUID],
) -> tuple[list[frozenset[UUID]], list[UUID]]:
    """The sets to add, and the stored ones to drop: all their people are here and they are not."""
    for index, each in enumerate(wanted):
        found.report(name, index, "same" if each in known or len(each) < 2 else "new")
    gone = [id_ for members, id_ in known.items() if members <= people and members not in wanted]
    # One person is always together with himself: a smaller group says nothing.
    return [each for each in wanted if each not in known and len(each) > 1], gone


async def _match_fixed(
    found: Relations,
    lines: Sequence[Line],
    people: Mapping[str, WantedVolunteer],
    shifts: Mapping[str, WantedShift],
) -> None:
    known = {people[line.volunteer].id for line in lines if people[line.volunteer].stored}
    claims: dict[UUID, list[dict[str, Any]]] = {}
    for row in await rows(_CLAIMS, list(known)):
        claims.setdefault(row["volunteer_id"], []).append(row)
    agreed = {(row["volunteer_id"], row["shift_id"]) for row in await rows(_AGREED, list(known))}
    added: dict[UUID, int] = {}
    given_up = 0
    for index, line in enumerate(lines):
        volunteer, shift = people[line.volunteer], shifts[line.shift]
        role_id = shift.role_ids[line.role]
        own = claims.get(volunteer.id, [])
        before = _newest(each for each in own if each["shift_id"] == shift.id)
        defects = _refusals(index, volunteer, shift, role_id, own)
        outcome: Outcome = "new"
        is_agreed = not _is_minor(volunteer) or (volunteer.id, shift.id) in agreed
        if before is None or before["state"] == ClaimState.EXPIRED:
            found.claims.append((volunteer.id, role_id, shift))
            added[role_id] = added.get(role_id, 0) + 1
            defects += _over_maximum(index, shift, line.role, added[role_id])
            defects += _unagreed(index, is_agreed)
        elif before["state"] in _CONFIRMABLE:
            outcome = "changed"
            found.confirmed.append(before["id"])
            defects += _unagreed(index, is_agreed)
        else:
            outcome = "same"
            given_up += before["state"] not in LIVE_STATES | SEAT_STATES
        found.report("fixed", index, outcome, defects)
    found.remark("fixed_given_up", given_up)


def _newest(claims: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """The live claim of a person on a shift, else the last one; ids are in the order of time."""
    live_last = sorted(claims, key=lambda each: (each["state"] in LIVE_STATES, each["id"]))
    return live_last[-1] if live_last else None


def _refusals(
    index: int,
    volunteer: WantedVolunteer,
    shift: WantedShift,
    role_id: UUID,
    claims: Sequence[dict[str, Any]],
) -> list[RowDefect]:
    place = f"fixed[{index}]"
    if volunteer.defects:
        return [row_defect(f"{place}.volunteer", "refused_volunteer")]
    if shift.defects:
        return [row_defect(f"{place}.shift", "refused_shift")]
    starts_at, ends_at = shift.complete["starts_at"], shift.complete["ends_at"]
    for each in claims:
        if each["shift_id"] == shift.id:
            if each["state"] in LIVE_STATES and each["role_id"] != role_id:
                return [row_defect(place, "fixed_on_other_role")]
        elif (
            each["state"] in SEAT_STATES
            and each["starts_at"] < ends_at
            and starts_at < each["ends_at"]
        ):
            return [row_defect(place, "fixed_overlaps")]
    return []


def _over_maximum(index: int, shift: WantedShift, role: str, added: int) -> list[RowDefect]:
    held = shift.stored.roles[role].held if shift.stored and role in shift.stored.roles else 0
    maximum = shift.fields["roles"][role]["maximum"]
    if held + added <= maximum:
        return []
    return [row_defect(f"fixed[{index}]", "fixed_over_maximum", maximum=maximum)]


def _is_minor(volunteer: WantedVolunteer) -> bool:
    return volunteer.age is not None and volunteer.age < GROWN_UP_FROM_AGE


def _unagreed(index: int, is_agreed: bool) -> list[RowDefect]:
    """A minor's seat needs a guardian's yes to this shift, wherever it was promised."""
    return [] if is_agreed else [row_defect(f"fixed[{index}]", "fixed_needs_guardian")]


async def _match_forbidden(
    found: Relations,
    lines: Sequence[Forbidden],
    people: Mapping[str, WantedVolunteer],
    shifts: Mapping[str, WantedShift],
) -> None:
    shift_ids = {shifts[line.shift].id for line in lines}
    volunteer_ids = {people[line.volunteer].id for line in lines}
    known = {
        (row["volunteer_id"], row["shift_id"], row["reason"])
        for row in await rows(_EXCLUSIONS, list(shift_ids), list(volunteer_ids))
    }
    for index, line in enumerate(lines):
        each = (people[line.volunteer].id, shifts[line.shift].id, line.reason)
        checker = Checker([])
        checker.name(f"forbidden[{index}].reason", line.reason, SHORT_MAX)
        found.report("forbidden", index, "same" if each in known else "new", checker.defects)
        if each not in known:
            found.exclusions.append(each)


async def write_relations(organisation_id: UUID, found: Relations) -> None:
    """All of it, once the people and the shifts are there and locked."""
    await rows("DELETE FROM together_group WHERE id = ANY($1::uuid[])", found.together_gone)
    await rows("DELETE FROM apart_pair WHERE id = ANY($1::uuid[])", found.apart_gone)
    groups = {new_id(): members for members in found.together}
    await write([TogetherGroup(id=each, organisation_id=organisation_id) for each in groups])
    await write(
        [
            TogetherMember(group_id=group_id, volunteer_id=volunteer_id)
            for group_id, members in groups.items()
            for volunteer_id in members
        ]
    )
    pairs = [sorted(pair) for pair in found.apart]
    await write([ApartPair(one_id=one, other_id=other) for one, other in pairs])
    await write(
        [
            Exclusion(volunteer_id=volunteer_id, shift_id=shift_id, reason=reason)
            for volunteer_id, shift_id, reason in found.exclusions
        ]
    )
    await _write_claims(found)


async def _write_claims(found: Relations) -> None:
    await rows(
        "UPDATE claim SET state = 'confirmed', changed_at = now(), version = version + 1 "
        "WHERE id = ANY($1::uuid[])",
        found.confirmed,
    )
    await write(
        [
            Claim(
                shift_id=shift.id,
                role_id=role_id,
                volunteer_id=volunteer_id,
                state=ClaimState.CONFIRMED,
                starts_at=shift.complete["starts_at"],
                ends_at=shift.complete["ends_at"],
            )
            for volunteer_id, role_id, shift in found.claims
        ]
    )

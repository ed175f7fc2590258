"""The input beside what is stored: which rows are new, changed, the same, or refused."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from models.core import new_id
from services.birth import ALONE_FROM_AGE, age_on
from services.imports.sentences import row_defect
from services.imports.views import RowReport
from services.imports.wanted import (
    ShiftFields,
    StoredRole,
    StoredShift,
    StoredVolunteer,
    VolunteerFields,
    WantedShift,
    WantedVolunteer,
)

BORN_LEAST = date(1900, 1, 1)


def match_volunteers(
    wanted: Sequence[WantedVolunteer], stored: Mapping[str, StoredVolunteer], day: date
) -> None:
    """Give every volunteer the id that they have, and note what differs.

    An age stands for a birth date: the one that is stored if it gives that age on `day`, else
    the latest that does, so that the age holds for a year.
    """
    first_of: dict[object, WantedVolunteer] = {}
    for volunteer in wanted:
        found = stored.get(volunteer.key)
        if found:
            volunteer.stored = found
            volunteer.id = found.id
        _settle_birth_date(volunteer, day)
        if found:
            _settle_skills(volunteer.fields, found)
            volunteer.changed = _differences(volunteer.fields, found.fields)
            _refuse_record(volunteer, found, first_of.setdefault(found.id, volunteer))


def _settle_skills(wanted: VolunteerFields, stored: StoredVolunteer) -> None:
    """A sheet that says nothing of a last day or of evidence takes neither away.

    Somebody has confirmed a skill until a day; the same level without a day leaves that alone.
    """
    before = stored.fields
    if "skills" in wanted:
        wanted["skills"] = {
            skill: (level, before["skills"][skill][1])
            if last is None and skill in stored.confirmed and before["skills"][skill][0] == level
            else (level, last)
            for skill, (level, last) in wanted["skills"].items()
        }
    if "evidence" in wanted:
        wanted["evidence"] = {**before["evidence"], **wanted["evidence"]}


def _refuse_record(
    volunteer: WantedVolunteer, found: StoredVolunteer, first: WantedVolunteer
) -> None:
    if not found.is_open:
        volunteer.defects.append(row_defect(volunteer.place, "person_closed"))
    if first.key != volunteer.key:
        defect = row_defect(volunteer.place, "merged_with_row", first=first.row)
        volunteer.defects.append(defect)
    if "phone" in volunteer.changed and found.phone_proven:
        volunteer.defects.append(row_defect(volunteer.place, "phone_proven"))


def _settle_birth_date(volunteer: WantedVolunteer, day: date) -> None:
    if volunteer.age is not None:
        found = volunteer.stored.fields["birth_date"] if volunteer.stored else None
        if found is None or age_on(found, day) != volunteer.age:
            found = born_for(volunteer.age, day)
        volunteer.fields["birth_date"] = found
    birth_date = volunteer.fields.get("birth_date")
    if birth_date is not None and birth_date < BORN_LEAST:
        volunteer.defects.append(row_defect(volunteer.place, "born_too_early"))
    if birth_date is not None and age_on(birth_date, day) < ALONE_FROM_AGE:
        _refuse_child(volunteer, day)


def _refuse_child(volunteer: WantedVolunteer, day: date) -> None:
    """A list makes nobody a child's guardian: a guardian registers it (C1), and lists name it."""
    stored = volunteer.stored.fields["birth_date"] if volunteer.stored else None
    if stored is None or age_on(stored, day) >= ALONE_FROM_AGE:
        volunteer.defects.append(
            row_defect(volunteer.place, "child_needs_guardian", age=ALONE_FROM_AGE)
        )


def born_for(age: int, day: date) -> date:
    """The latest birth date that gives this age on `day`: a year is complete the day after."""
    birthday = day - timedelta(days=1)
    year = max(birthday.year - age, 1)
    try:
        return birthday.replace(year=year)
    except ValueError:  # 29 February in a year that has none.
        return date(year, 2, 28)


def match_shifts(wanted: Sequence[WantedShift], stored: Mapping[str, list[StoredShift]]) -> None:
    """Give every shift and role the id that it has, note what differs and what cannot change."""
    for shift in wanted:
        found = stored.get(shift.key, [])
        if len(found) > 1:
            shift.refuse(row_defect(shift.rows[0][1], "ambiguous_shift", key=shift.key))
        elif found:
            shift.stored = found[0]
            shift.id = found[0].id
            shift.changed = _differences(shift.fields, found[0].fields)
            _refuse_change(shift, found[0])
        known = shift.stored.roles if shift.stored else {}
        shift.role_ids = {
            key: known[key].id if key in known else new_id() for key in shift.fields["roles"]
        }


def _differences(
    wanted: VolunteerFields | ShiftFields, stored: VolunteerFields | ShiftFields
) -> list[str]:
    before: Mapping[str, Any] = stored
    return [name for name, value in wanted.items() if before[name] != value]


def _refuse_change(shift: WantedShift, stored: StoredShift) -> None:
    """What people were promised is not changed behind their backs."""
    place = shift.rows[0][1]
    if not stored.open:
        shift.refuse(row_defect(place, "shift_called_off"))
    held = any(role.held for role in stored.roles.values())
    if held and {"starts_at", "ends_at", "location", "place"} & set(shift.changed):
        shift.refuse(row_defect(place, "shift_has_claims"))
    roles = shift.fields["roles"]
    for key, role in stored.roles.items():
        if key not in roles:
            _refuse_removal(shift, key, role)
        elif roles[key]["maximum"] < role.held:
            shift.refuse(row_defect(place, "seats_held", role=key, held=role.held))


def _refuse_removal(shift: WantedShift, key: str, role: StoredRole) -> None:
    if role.claimed:
        shift.refuse(row_defect(shift.rows[0][1], "role_has_claims", role=key))


def volunteer_rows(wanted: Sequence[WantedVolunteer]) -> list[RowReport]:
    """The report's lines for people."""
    return [
        RowReport(
            row=each.row,
            place=each.place,
            outcome=each.outcome,
            changed=each.changed,
            defects=each.defects,
        )
        for each in wanted
    ]


def shift_rows(wanted: Sequence[WantedShift]) -> list[RowReport]:
    """The report's lines for shifts: each row of a sheet says what becomes of its shift.

    A row without a defect of its own is refused too if another row of its shift is.
    """
    found = [
        RowReport(
            row=row,
            place=place,
            outcome=shift.outcome,
            changed=shift.changed,
            defects=shift.defects.get(row, []),
        )
        for shift in wanted
        for row, place in shift.rows
    ]
    return sorted(found, key=lambda report: report.row)

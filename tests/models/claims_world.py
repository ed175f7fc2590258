"""The same world's policies, blocks and draws: one row of each table, and one more valid one."""

from tests.models.trust_world import BEN, CAI, DISTRICT, MORNING, NOON, Row, uuid

PROJECT = uuid(21)
EARLY, MID, LATE, LATER = (f"'2026-11-21T{hour:02}:00:00Z'" for hour in (1, 2, 3, 4))
SEED = f"'{'0a' * 16}'"


def _policy(number: str) -> Row:
    return {
        "project_id": PROJECT,
        "insurer": "'I'",
        "number": number,
        "covers_from": EARLY,
        "covers_until": LATER,
    }


def _block(volunteer: str) -> Row:
    return {
        "organisation_id": DISTRICT,
        "volunteer_id": volunteer,
        "ends_at": "'2099-01-01'",
        "reason": "'r'",
    }


CLAIMS_WORLD: list[tuple[str, Row]] = [
    ("insurance_policy", {**_policy("'1'"), "id": uuid(53)}),
    ("block", {**_block(CAI), "id": uuid(54)}),
    (
        "shift_draw",
        {"id": uuid(55), "shift_id": NOON, "seed": SEED, "entered": "2", "seated": "1"},
    ),
]
CLAIMS_VALID: dict[str, Row] = {
    "insurance_policy": {**_policy("'2'"), "people_max": "1"},
    "block": _block(BEN),
    "shift_draw": {"shift_id": MORNING, "seed": SEED, "entered": "0", "seated": "0"},
}

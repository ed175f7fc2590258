"""The same world's agreement and its signature; and what breaks each."""

from tests.models.claims_world import PROJECT
from tests.models.trust_world import ADA, BEN, Row, uuid

AGREEMENT = uuid(131)


def _agreement(version: str) -> Row:
    return {"project_id": PROJECT, "version": version, "text": "'Gloves.'"}


AGREEMENT_WORLD: list[tuple[str, Row]] = [
    ("agreement", {**_agreement("1"), "id": AGREEMENT}),
    ("agreement_signature", {"id": uuid(132), "volunteer_id": ADA, "agreement_id": AGREEMENT}),
]
AGREEMENT_VALID: dict[str, Row] = {
    "agreement": _agreement("2"),
    "agreement_signature": {"volunteer_id": BEN, "agreement_id": AGREEMENT},
}
AGREEMENT_ROWS: list[tuple[str, str, Row]] = [
    ("agreement_once", "agreement", {"version": "1"}),
    ("agreement_says_something", "agreement", {"text": "E' \\n'"}),
    ("agreement_version_counts", "agreement", {"version": "0"}),
    ("agreement_signature_once", "agreement_signature", {"volunteer_id": ADA}),
    (
        "project_heavy_risk_is_dangerous",
        "project",
        {"is_heavy_risk": "true", "agreement_version": "1"},
    ),
    (
        "project_heavy_risk_is_agreed",
        "project",
        {"is_heavy_risk": "true", "is_dangerous": "true"},
    ),
    ("project_heavy_risk_is_agreed", "project", {"agreement_version": "-1"}),
]
AGREEMENT_TRIGGERS = {
    "claim_agreement": "claim_signed",
    "agreement_rows": "agreement_append_only",
    "agreement_table": "agreement_append_only",
    "agreement_signature_rows": "agreement_signature_append_only",
    "agreement_signature_table": "agreement_signature_append_only",
}


def heavy_risk(version: int) -> str:
    """The project asks for the signature under this version from now on."""
    return (
        "UPDATE project SET is_dangerous = true, is_heavy_risk = true, "
        f"agreement_version = {version}"
    )

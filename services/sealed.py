"""Every column that is encrypted, and every look-up that is keyed: what a rotation goes through."""

import msgspec


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """An encrypted column. `lookup` is the column with the keyed index of the same text, of the
    kind `lookup_kind`; `key_column` names the key in clear beside it."""

    table: str
    column: str
    lookup: str = ""
    lookup_kind: str = ""
    key_column: str = ""
    batch_rows: int = 500  # So many are held in memory at once.

    @property
    def place(self) -> str:
        """What is bound into each cipher of the column, beside the row's id."""
        return f"{self.table}.{self.column}"


SEALED: tuple[Sealed, ...] = (
    # The kind of a look-up of personal data is the row's own kind.
    Sealed(table="personal_datum", column="cipher", lookup="lookup", key_column="key_id"),
    Sealed(table="account", column="totp_cipher"),
    Sealed(table="identity_provider", column="secret_cipher"),
    Sealed(
        table="identity",
        column="subject_cipher",
        lookup="subject_digest",
        lookup_kind="subject",
    ),
    Sealed(table="sign_in_step", column="known"),
    Sealed(table="message", column="address_cipher"),
    Sealed(table="message", column="text_cipher"),
    Sealed(table="notification", column="facts_cipher"),
    Sealed(table="group_robot", column="address_cipher"),
    Sealed(table="inbound_answer", column="text_cipher"),
    Sealed(table="import_batch", column="content", batch_rows=1),
    Sealed(table="import_batch", column="report", batch_rows=10),
    Sealed(table="idempotency_record", column="body", batch_rows=100),
    Sealed(table="shift_check", column="key_cipher"),
    Sealed(table="absence", column="objection_cipher"),
    Sealed(table="dispute", column="text_cipher"),
    Sealed(table="dispute", column="answer_cipher"),
    Sealed(table="safety_report", column="text_cipher"),
    Sealed(table="safety_report", column="answer_cipher"),
)
"""A column of bytes that is not here fails the suite (tests/house/test_sealed.py)."""

UNSEALED: frozenset[str] = frozenset(
    {"key_check.cipher", "plan.certificate", "plan_part.found", "plan_part.problem"}
)
"""The known text under each key, which `services.keys` sees to itself; and the proof of a plan's
bounds, which is numbers alone."""

SHORT_LIVED: frozenset[str] = frozenset(
    {
        "sign_in_code.phone_index",
        "sign_in_code.client_index",
        "sign_in_failure.name_digest",
        "idempotency_record.fingerprint",
    }
)
"""Keyed look-ups that are not made anew. What they lead to is over soon; a repeated request from
before a key was removed is refused, never done twice."""

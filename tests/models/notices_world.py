"""The same world's notifications: one row of each table, and one more valid one; and what breaks
each of their constraints."""

from tests.models.trust_world import ADA, BEN, DISTRICT, ROBOT, Row, uuid

OFFER, ROBOT_OF_GROUP, NOTICE = uuid(52), uuid(140), uuid(141)
DIGEST_A, DIGEST_B = f"'{'a' * 64}'", f"'{'b' * 64}'"
SOON = "'2099-01-01'"


def _notice(person: str, once: str) -> Row:
    return {
        "volunteer_id": person,
        "kind": "'people_merged'",
        "once": once,
        "facts_cipher": "'x'",
        "good_until": SOON,
        "written_in": "1",
    }


def _link(digest: str) -> Row:
    return {
        "offer_id": OFFER,
        "volunteer_id": ADA,
        "token_digest": digest,
        "expires_at": SOON,
    }


def _inbound(reference: str) -> Row:
    return {"channel": "'sms'", "reference": reference, "meaning": "'unread'"}


def _sent(number: int, channel: str) -> Row:
    return {
        "id": uuid(number),
        "kind": "'people_merged'",
        "notification_id": NOTICE,
        "channel": channel,
        "reference": "'r'",
        "due_at": "now()",
        "good_until": SOON,
    }


NOTICES_WORLD: list[tuple[str, Row]] = [
    ("notification", {**_notice(ADA, "'a'"), "id": NOTICE}),
    (
        "notification",
        {**_notice("NULL", "'a'"), "id": uuid(142), "account_id": ROBOT},
    ),
    (
        "notification_choice",
        {"id": uuid(143), "volunteer_id": ADA, "channels": "'sms'", "language": "'zh'"},
    ),
    (
        "notification_choice",
        {"id": uuid(144), "account_id": ROBOT, "channels": "''", "language": "'en'"},
    ),
    ("answer_link", {**_link(DIGEST_A), "id": uuid(145)}),
    (
        "message_permit",
        {"id": uuid(146), "volunteer_id": ADA, "template": "'t'", "reference": "'a'"},
    ),
    (
        "group_robot",
        {
            "id": ROBOT_OF_GROUP,
            "organisation_id": DISTRICT,
            "name": "'leads'",
            "address_cipher": "'x'",
        },
    ),
    ("channel_pace", {"id": uuid(147), "key": "'wecom'"}),
    ("inbound_answer", {**_inbound("'1'"), "id": uuid(148)}),
    ("message", _sent(149, "'sms'")),
]
NOTICES_VALID: dict[str, Row] = {
    "notification": _notice(BEN, "'b'"),
    "notification_choice": {"volunteer_id": BEN, "channels": "'email,sms'", "language": "'en'"},
    "answer_link": _link(DIGEST_B),
    "message_permit": {"volunteer_id": ADA, "template": "'t'", "reference": "'b'"},
    "group_robot": {"organisation_id": DISTRICT, "name": "'more'", "address_cipher": "'x'"},
    "channel_pace": {"key": "'email'"},
    "inbound_answer": _inbound("'2'"),
}
NO_ONE: Row = {"volunteer_id": "NULL"}
NOTICES_ROWS: list[tuple[str, str, Row]] = [
    ("notification_of_one", "notification", NO_ONE),
    ("notification_of_one", "notification", {"account_id": ROBOT}),
    ("notification_once_of_person", "notification", {"volunteer_id": ADA, "once": "'a'"}),
    (
        "notification_once_of_account",
        "notification",
        {**NO_ONE, "account_id": ROBOT, "once": "'a'"},
    ),
    ("notification_choice_of_one", "notification_choice", NO_ONE),
    ("notification_choice_channels", "notification_choice", {"channels": "'sms,pigeon'"}),
    ("notification_choice_language", "notification_choice", {"language": "'fr'"}),
    ("notification_choice_quiet", "notification_choice", {"quiet_from_minute": "60"}),
    (
        "notification_choice_quiet",
        "notification_choice",
        {"quiet_from_minute": "60", "quiet_until_minute": "60"},
    ),
    (
        "notification_choice_quiet",
        "notification_choice",
        {"quiet_from_minute": "60", "quiet_until_minute": "1440"},
    ),
    ("notification_choice_volunteer_id_key", "notification_choice", {"volunteer_id": ADA}),
    (
        "notification_choice_account_id_key",
        "notification_choice",
        {**NO_ONE, "account_id": ROBOT},
    ),
    ("answer_link_digest", "answer_link", {"token_digest": "'in clear'"}),
    ("answer_link_token_digest_key", "answer_link", {"token_digest": DIGEST_A}),
    ("message_permit_reference_key", "message_permit", {"reference": "'a'"}),
    ("message_permit_used_by", "message_permit", {"used_at": "now()"}),
    ("group_robot_name", "group_robot", {"name": "''"}),
    ("channel_pace_key_key", "channel_pace", {"key": "'wecom'"}),
    ("inbound_answer_channel", "inbound_answer", {"channel": "'wecom'"}),
    ("inbound_answer_meaning", "inbound_answer", {"meaning": "'perhaps'"}),
    ("inbound_answer_once", "inbound_answer", {"reference": "'1'"}),
    ("message_channel", "message", {"channel": "'pigeon'"}),
    (
        "message_one_end",
        "message",
        {
            "sent_at": "now()",
            "given_up_at": "now()",
            "text_cipher": "NULL",
            "address_cipher": "NULL",
        },
    ),
    ("message_by_reference", "message", {"reference": "'r'"}),
    (
        "message_once_by_channel",
        "message",
        {"notification_id": NOTICE, "text_cipher": "NULL", "address_cipher": "NULL"},
    ),
    ("message_sent_is_forgotten", "message", {"robot_id": ROBOT_OF_GROUP}),
]

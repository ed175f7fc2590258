"""Telling people: one inbox, and the channels that each of them chose.

`await notify(kind, volunteer_id, about=…, once=…, urgent=…, **facts)` in the transaction of what
happened. The words of a subject are one file in `texts/`, registered there.
"""

from services.notifications.telling import (
    AddressChannel,
    Told,
    notify,
    notify_account,
    notify_accounts,
    notify_many,
    number_of_account,
    tell_group,
    tell_number,
)

__all__ = [
    "AddressChannel",
    "Told",
    "notify",
    "notify_account",
    "notify_accounts",
    "notify_many",
    "number_of_account",
    "tell_group",
    "tell_number",
]

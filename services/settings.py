"""Settings, read once from the environment and frozen."""

import os
from collections.abc import Mapping
from datetime import timedelta, timezone
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

MinuteOfDay = Annotated[int, Meta(ge=0, le=1440)]
UNPREFIXED = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
"""Settings whose names other programs know too; the others begin with MULIN_."""


class SettingsRefused(ValueError):
    """A setting that cannot be used; the message names it."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that differs between one installation and another."""

    database_url: str = ""
    # As whom tables are made and changed; without it as the one above.
    database_owner_url: str = ""
    redis_url: str = ""
    address: str = "http://127.0.0.1:8000"
    secure_cookies: bool = False
    utc_offset_minutes: int = 480  # China has one time zone and no summer time.
    offer_hours: int = 24
    offer_lead_minutes: int = 30  # An offer is to be answered this long before its shift.
    # How long a waiting list's offer is open; how long it is shortly before the shift and what
    # shortly means; from when on whoever comes first has the seat.
    waitlist_offer_minutes: int = 30
    waitlist_short_offer_minutes: int = 10
    waitlist_short_within_minutes: int = 360
    waitlist_first_come_minutes: int = 90
    cancel_cutoff_minutes: int = 1440  # of shifts that do not say it themselves
    # People under 18: in which hours of the local day they serve, as minutes from midnight, how
    # long on one day, and how many of them there may be for each grown-up on a shift.
    minor_from_minute: MinuteOfDay = 360
    minor_until_minute: MinuteOfDay = 1320
    minor_minutes_per_day: MinuteOfDay = 240
    minors_per_adult: Annotated[int, Meta(ge=1, le=100)] = 5
    session_days: int = 14
    # How messages go out. `print` is for development: each appears where it was started. `real`:
    # by every channel that has a name or key below.
    messenger: Literal["print", "real"] = "print"
    print_descriptor: int = 1
    channel_templates: str = ""  # A file: the providers' own codes of our texts.
    push_secret: str = ""  # The last part of the address to which providers push.
    sms_endpoint: str = "https://dysmsapi.aliyuncs.com"
    sms_key_id: str = ""
    sms_key_secret: str = ""
    sms_sign_name: str = ""
    voice_endpoint: str = "https://dyvmsapi.aliyuncs.com"
    voice_number: str = ""
    wechat_endpoint: str = "https://api.weixin.qq.com"
    wechat_app_id: str = ""
    wechat_app_secret: str = ""
    wechat_push_token: str = ""
    wecom_endpoint: str = "https://qyapi.weixin.qq.com"
    mail_host: str = ""
    mail_port: int = 587
    mail_sender: str = ""
    mail_name: str = ""
    mail_password: str = ""
    mail_starttls: bool = True
    mail_authority: str = ""
    # How many pages of one account, and of all, may follow along at once.
    streams_per_account: int = 6
    streams_per_process: int = 1000
    # A number that was silent this long may be somebody else's by now (二次放号).
    phone_silent_days: int = 90
    codes_per_client_hour: int = 60
    idempotency_hours: int = 72
    # From when before its start one checks in to a shift, how long after its end one checks out,
    # and how old a scan that was kept on a phone may be.
    check_in_opens_minutes: int = 15
    check_out_grace_minutes: int = 60
    scan_hours: int = 48
    # From when after the start a lead may mark somebody as absent, and how long they may object.
    absence_minutes: int = 15
    objection_hours: int = 48
    # How long somebody may dispute what was entered into a stay of theirs, and how soon it is
    # answered: seven days always hold five working days, but around public holidays.
    dispute_days: int = 7
    dispute_answer_days: int = 7
    round_seconds_max: int = 600
    lease_seconds: int = 20
    round_attempts_max: int = 5
    round_objects_max: int = 10_000  # A round of more people or shifts is planned over columns.
    publish_at_once_lines: int = 2_000  # A plan of more is published by a job, not by a page.
    # Where map pictures come from, as https://…/{z}/{x}/{y}.png; empty: maps are drawn by us. The
    # source sees this service alone, never a reader. Tiles are in Web Mercator over WGS 84.
    map_tiles: str = ""
    map_tiles_by: str = ""  # Whom the source wants named on the map.
    upload_bytes_max: int = 16 * 1024 * 1024
    database_connections_max: int = 10
    # Whom nobody has heard of for so long is told, and forgotten a week later.
    retention_daily: bool = True
    retention_inactive_days: int = 3 * 365
    retention_never_came_days: int = 365
    retention_document_days: int = 180
    retention_people_max: int = 1000  # of one run, and never more than one in a hundred
    # Where the heads of the log's chain are kept, a line a day; empty: in the house's own folder.
    audit_heads: str = ""

    @property
    def owner_url(self) -> str:
        """The address for whoever migrates."""
        return self.database_owner_url or self.database_url

    @property
    def zone(self) -> timezone:
        """The zone of the service: of its weekly windows, its days and its pages."""
        return timezone(timedelta(minutes=self.utc_offset_minutes))


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from `DATABASE_URL`, `DATABASE_OWNER_URL`, `REDIS_URL` and `MULIN_<NAME>`; anything
    unset is the default.

    Raises SettingsRefused for a value of the wrong kind.
    """
    source = os.environ if environment is None else environment
    found: dict[str, str] = {}
    for field in msgspec.structs.fields(Settings):
        name = field.name.upper()
        name = name if name in UNPREFIXED else f"MULIN_{name}"
        if source.get(name):
            found[field.name] = source[name]
    try:
        return msgspec.convert(found, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsRefused(str(error)) from error

"""The channels of this installation, as its settings name them."""

from collections.abc import Mapping
from pathlib import Path

import httpx2
import msgspec

from services.adapters.channels.aliyun import Account, AliyunSms, AliyunVoice, Template
from services.adapters.channels.mail import Mail, MailAccount
from services.adapters.channels.printing import LABELS, Printer
from services.adapters.channels.protocol import Channel
from services.adapters.channels.wechat import Wechat, WechatAccount, WechatTemplate
from services.adapters.channels.wecom import WecomRobot
from services.settings import Settings, SettingsRefused


class Templates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The providers' codes of our texts, by kind (`MULIN_CHANNEL_TEMPLATES`, JSON)."""

    sms: dict[str, Template] = {}
    voice: dict[str, Template] = {}
    wechat: dict[str, WechatTemplate] = {}


def channels_of(settings: Settings, http: httpx2.AsyncClient) -> Mapping[str, Channel]:
    """Every channel that works here. Raises SettingsRefused for a file that cannot be read."""
    if settings.messenger == "print":
        return {name: Printer(name, settings.print_descriptor) for name in LABELS}
    templates = templates_of(settings)
    found: dict[str, Channel] = {"wecom": WecomRobot(settings.wecom_endpoint, http)}
    if settings.sms_key_id:
        account = Account(
            endpoint=settings.sms_endpoint,
            key_id=settings.sms_key_id,
            key_secret=settings.sms_key_secret,
            sign_name=settings.sms_sign_name,
            shown_number=settings.voice_number,
        )
        found["sms"] = AliyunSms(account, templates.sms, http)
        if settings.voice_number:
            calling = msgspec.structs.replace(account, endpoint=settings.voice_endpoint)
            found["voice"] = AliyunVoice(calling, templates.voice, http)
    if settings.wechat_app_id:
        found["wechat"] = _wechat(settings, templates, http)
    if settings.mail_host:
        found["email"] = _mail(settings)
    return found


def templates_of(settings: Settings) -> Templates:
    """What the file of templates says. Raises SettingsRefused, naming the file and the place."""
    if not settings.channel_templates:
        return Templates()
    try:
        content = Path(settings.channel_templates).read_bytes()
        return msgspec.json.decode(content, type=Templates)
    except (OSError, msgspec.DecodeError) as error:
        raise SettingsRefused(f"channel_templates: {error}") from error


def _wechat(settings: Settings, templates: Templates, http: httpx2.AsyncClient) -> Wechat:
    account = WechatAccount(
        endpoint=settings.wechat_endpoint,
        app_id=settings.wechat_app_id,
        app_secret=settings.wechat_app_secret,
        push_token=settings.wechat_push_token,
        page=f"{settings.address}/inbox",
    )
    return Wechat(account, templates.wechat, http)


def _mail(settings: Settings) -> Mail:
    return Mail(
        MailAccount(
            host=settings.mail_host,
            port=settings.mail_port,
            sender=settings.mail_sender,
            address=settings.address,
            name=settings.mail_name,
            password=settings.mail_password,
            is_starttls=settings.mail_starttls,
            authority=settings.mail_authority,
        )
    )

"""OpenID providers of other houses, and one's own accounts there."""

from uuid import UUID

import msgspec

from api.layer.operations import Call, Operations, Words
from services import openid, providers
from services.openid import LinkedSignIn
from services.paging import Page, PageQuery
from services.providers import Provider, ProviderIn, ProviderSecretIn

operations = Operations("providers", Words("外部登录", "Identity providers"))


class LinkedSignIns(msgspec.Struct, frozen=True, kw_only=True):
    """The providers with which one can sign in to one's own account."""

    items: list[LinkedSignIn]


@operations("GET", "/providers", Words("列出外部登录", "List providers"))
async def list_providers(call: Call, query: PageQuery) -> Page[Provider]:
    """The providers of the nodes where the account manages them, the newest first."""
    return await providers.list_page(call.actor, query)


@operations(
    "POST",
    "/providers",
    Words("登记外部登录", "Register a provider"),
    status=201,
    location="/providers/{id}",
    refuses=("key_taken",),
)
async def create_provider(call: Call, body: ProviderIn) -> Provider:
    """A provider whose people may sign in. Its answers go to `/sign-in/with/{key}/return`."""
    return await providers.make(call.actor, body)


@operations("GET", "/providers/{provider_id}", Words("读取外部登录", "Read a provider"))
async def read_provider(call: Call, provider_id: UUID) -> Provider:
    """One provider, without its secret, which nobody can read."""
    return await providers.get(call.actor, provider_id)


@operations(
    "PUT",
    "/providers/{provider_id}/secret",
    Words("更换外部登录密钥", "Replace a provider's secret"),
)
async def replace_provider_secret(
    call: Call, provider_id: UUID, body: ProviderSecretIn
) -> Provider:
    """Keeps, encrypted, what the provider gave in place of the secret before."""
    return await providers.replace_secret(call.actor, provider_id, body)


@operations(
    "POST", "/providers/{provider_id}/activate", Words("启用外部登录", "Activate a provider")
)
async def activate_provider(call: Call, provider_id: UUID) -> Provider:
    """Lets people sign in with it again."""
    return await providers.set_active(call.actor, provider_id, is_active=True)


@operations(
    "POST", "/providers/{provider_id}/deactivate", Words("停用外部登录", "Deactivate a provider")
)
async def deactivate_provider(call: Call, provider_id: UUID) -> Provider:
    """Nobody signs in with it any more; sessions that there are go on until they end."""
    return await providers.set_active(call.actor, provider_id, is_active=False)


@operations("GET", "/identities", Words("我的外部登录", "One's own linked sign-ins"))
async def list_identities(call: Call) -> LinkedSignIns:
    """The providers that are linked to the account."""
    return LinkedSignIns(items=await openid.list_own(call.actor))


@operations(
    "DELETE",
    "/identities/{identity_id}",
    Words("解除外部登录", "Unlink one's own sign-in"),
    refuses=("last_sign_in",),
)
async def delete_identity(call: Call, identity_id: UUID) -> None:
    """The account can no longer be signed in to with that provider."""
    await openid.unlink(call.actor, identity_id)

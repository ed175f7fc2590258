"""To the provider and back."""

import hmac
from datetime import datetime, timedelta
from typing import Any

from models.core import AccountState, SignInMethod
from services import audit, providers
from services.accounts import Caller, Step, open_session, staff, steps
from services.accounts.steps import Proven
from services.accounts.types import Asks
from services.adapters import openid
from services.adapters.openid import OpenIdRefused, Proof, Registered
from services.audit import Act
from services.errors import Forbidden
from services.openid import waiting
from services.openid.identities import LINK, account_of, first_sign_in, provider_where
from services.openid.types import (
    Begun,
    Outcome,
    Returned,
    SecondFactorAsked,
    SignedIn,
    SignInFailed,
    Unknown,
)
from services.openid.waiting import Waiting
from services.rights import Actor
from services.scope import as_system
from services.settings import Settings

AWAY = "openid"
GOOD_FOR = timedelta(minutes=10)
LINK_GOOD_FOR = timedelta(minutes=30)  # Long enough to register in between.


@as_system
async def begin(key: str, back: str, now: datetime, settings: Settings) -> Begun:
    """Send somebody to the provider. Raises NotFound, or SignInFailed if it does not answer."""
    provider = await provider_where("key = $1 AND is_active", key)
    try:
        begun = await openid.begin(_registered(provider, settings))
    except OpenIdRefused as error:
        raise SignInFailed(error.reason, provider=provider["title"]) from error
    sent = Waiting(
        provider_id=provider["id"],
        back=back,
        state=begun.state,
        nonce=begun.nonce,
        verifier=begun.verifier,
    )
    return Begun(address=begun.address, token=await waiting.keep(AWAY, sent, now + GOOD_FOR, now))


@as_system
async def finish(
    key: str,
    returned: Returned,
    token: str,
    caller: Caller,
    visitor: Actor | None,
    now: datetime,
    settings: Settings,
) -> Outcome:
    """Take somebody back from the provider.

    Raises SignInFailed: denied there, not begun in this browser, sent twice, or not proven. The
    step is used up before the provider is asked, so that whatever comes second is refused.
    """
    provider = await provider_where("key = $1 AND is_active", key)
    sent = await waiting.use(AWAY, token, now)
    if (
        sent is None
        or sent.provider_id != provider["id"]
        or not hmac.compare_digest(sent.state.encode(), returned.state.encode())
    ):
        raise SignInFailed("provider_state", provider=provider["title"])
    proof = await _proof(provider, returned, sent, settings)
    account = await account_of(provider, proof.subject)
    if account is None and visitor is None:
        account = await first_sign_in(provider, proof.subject, proof.number)
    if account is None:
        link = Waiting(provider_id=provider["id"], back=sent.back, subject=proof.subject)
        kept = await waiting.keep(LINK, link, now + LINK_GOOD_FOR, now)
        return Unknown(token=kept, title=provider["title"], back=sent.back)
    if account["state"] != AccountState.ACTIVE:
        raise Forbidden("account_locked")
    return await _signed_in(account, proof, sent.back, caller, now, settings)


async def _proof(
    provider: dict[str, Any], returned: Returned, sent: Waiting, settings: Settings
) -> Proof:
    """What the provider says. Raises SignInFailed."""
    try:
        if returned.error:
            denied = returned.error == "access_denied"
            raise OpenIdRefused("provider_denied" if denied else "provider_faulty")
        return await openid.finish(
            _registered(provider, settings), returned.code, sent.verifier, sent.nonce
        )
    except OpenIdRefused as error:
        await audit.record(
            Act.SIGN_IN_REFUSED,
            subject_kind="provider",
            subject_id=provider["id"],
            organisation_id=provider["organisation_id"],
            what=error.reason,
        )
        raise SignInFailed(error.reason, provider=provider["title"]) from error


async def _signed_in(
    account: dict[str, Any],
    proof: Proof,
    back: str,
    caller: Caller,
    now: datetime,
    settings: Settings,
) -> SignedIn | SecondFactorAsked:
    """A session; for an account with roles only once there is a second factor."""
    if account["has_roles"] and not proof.has_second_factor:
        return SecondFactorAsked(step=await _ask_second(account, now), back=back)
    session = await open_session(
        account["id"],
        SignInMethod.PROVIDER,
        now,
        settings,
        device=caller.device,
        replaces=caller.token,
        has_second_factor=proof.has_second_factor,
    )
    return SignedIn(session=session, back=back)


async def _ask_second(account: dict[str, Any], now: datetime) -> Step:
    name = account["name"] or account["display_name"]
    if not await staff.has_authenticator(account["id"]):
        return await staff.begin_enrolment(account["id"], name, now, SignInMethod.PROVIDER)
    token, expires_at = await steps.begin(
        Asks.TOTP, Proven(method=SignInMethod.PROVIDER), now, account_id=account["id"]
    )
    return Step(step=token, asks=Asks.TOTP, expires_at=expires_at, shown=name)


def _registered(provider: dict[str, Any], settings: Settings) -> Registered:
    return Registered(
        issuer=provider["issuer"],
        client_id=provider["client_id"],
        client_secret=providers.secret_of(provider),
        return_address=return_address(provider["key"], settings),
        number_claim=provider["number_claim"],
    )


def return_address(key: str, settings: Settings) -> str:
    """Where the provider sends people back to; it has to be registered there."""
    return f"{settings.address.rstrip('/')}/sign-in/with/{key}/return"

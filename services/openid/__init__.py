"""Signing in through a provider of another house (`services.providers`).

What waits for the browser to come back is kept here, encrypted, and is good once; the browser
holds only a token for it. Of a person the provider's name for them is kept, encrypted, with a keyed
digest to find it by: never an address, a log line or a message names it.
"""

from services.openid.flow import LINK_GOOD_FOR, begin, finish, return_address
from services.openid.identities import link, link_shown, list_own, unlink
from services.openid.types import (
    Begun,
    LinkedSignIn,
    LinkShown,
    Outcome,
    Returned,
    SecondFactorAsked,
    SignedIn,
    SignInFailed,
    Unknown,
)

__all__ = [
    "LINK_GOOD_FOR",
    "Begun",
    "LinkShown",
    "LinkedSignIn",
    "Outcome",
    "Returned",
    "SecondFactorAsked",
    "SignInFailed",
    "SignedIn",
    "Unknown",
    "begin",
    "finish",
    "link",
    "link_shown",
    "list_own",
    "return_address",
    "unlink",
]

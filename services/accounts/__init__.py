"""Who signs in, by what means, and the sessions that come of it.

By phone and one-time code (`by_phone`), by name, password and authenticator (`staff`); what is half
done waits in a step (`steps`). Roles count only in sessions with a second factor.
"""

from datetime import datetime

from services.accounts.attempts import TooManyAttempts, note_failure, purge_attempts
from services.accounts.attempts import count as count_failures
from services.accounts.by_phone import (
    answer_code,
    begin,
    choose,
    deny,
    prove_by_birth_date,
    prove_by_password,
    registration_step,
    send_again,
    send_code,
    show,
    sign_in_by_phone,
)
from services.accounts.codes import CodeRefused, CodeTooSoon, Purpose, purge_codes
from services.accounts.making import create_account, give_phone
from services.accounts.own import (
    account_named,
    begin_phone_change,
    change_password,
    change_phone,
    confirm_phone_change,
    forget_authenticator,
    own_sign_in,
    send_change_code_again,
    send_phone_code,
    set_password,
)
from services.accounts.passwords import LETTERS_MIN as PASSWORD_LETTERS_MIN
from services.accounts.passwords import require_good as require_good_password
from services.accounts.registering import (
    Place,
    homes_around,
    place,
    places,
    places_named,
    register,
)
from services.accounts.sessions import (
    EndReason,
    actor_of,
    end_sessions,
    list_own,
    open_session,
    purge_sessions,
    require_fresh,
    revoke,
    revoke_others,
    sign_out,
    why_ended,
)
from services.accounts.staff import answer_totp, begin_enrolment, check_password, enrol, sign_in
from services.accounts.steps import StepGone, purge_steps
from services.accounts.totp import new_secret as new_totp_secret
from services.accounts.totp import shown_by as authenticator_code
from services.accounts.types import (
    Asks,
    BirthDateProof,
    Caller,
    Choice,
    Chosen,
    CodeRequest,
    CodeSent,
    Denial,
    OwnSignIn,
    PasswordChange,
    PasswordProof,
    PhoneChange,
    PhoneSignIn,
    Progress,
    Registration,
    Session,
    SessionLine,
    SignIn,
    Step,
    TotpProof,
)

__all__ = [
    "PASSWORD_LETTERS_MIN",
    "Asks",
    "BirthDateProof",
    "Caller",
    "Choice",
    "Chosen",
    "CodeRefused",
    "CodeRequest",
    "CodeSent",
    "CodeTooSoon",
    "Denial",
    "EndReason",
    "OwnSignIn",
    "PasswordChange",
    "PasswordProof",
    "PhoneChange",
    "PhoneSignIn",
    "Place",
    "Progress",
    "Purpose",
    "Registration",
    "Session",
    "SessionLine",
    "SignIn",
    "Step",
    "StepGone",
    "TooManyAttempts",
    "TotpProof",
    "account_named",
    "actor_of",
    "answer_code",
    "answer_totp",
    "authenticator_code",
    "begin",
    "begin_enrolment",
    "begin_phone_change",
    "change_password",
    "change_phone",
    "check_password",
    "choose",
    "confirm_phone_change",
    "count_failures",
    "create_account",
    "deny",
    "end_sessions",
    "enrol",
    "forget_authenticator",
    "give_phone",
    "homes_around",
    "list_own",
    "new_totp_secret",
    "note_failure",
    "open_session",
    "own_sign_in",
    "place",
    "places",
    "places_named",
    "prove_by_birth_date",
    "prove_by_password",
    "purge",
    "register",
    "registration_step",
    "require_fresh",
    "require_good_password",
    "revoke",
    "revoke_others",
    "send_again",
    "send_change_code_again",
    "send_code",
    "send_phone_code",
    "set_password",
    "show",
    "sign_in",
    "sign_in_by_phone",
    "sign_out",
    "why_ended",
]


async def purge(now: datetime) -> int:
    """Forget sessions, codes, steps and wrong answers that no longer mean anything; how many."""
    return (
        await purge_sessions(now)
        + await purge_codes(now)
        + await purge_steps(now)
        + await purge_attempts(now)
    )

"""The written agreement of projects of heavy risk."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from services import agreements
from services.agreements import Agreement, AgreementIn, SignatureIn

operations = Operations("agreements", Words("协议", "Agreements"))


@operations(
    "GET",
    "/projects/{project_id}/agreement",
    Words("读取项目的协议", "Read the agreement of a project"),
    access="open",
)
async def read_agreement(call: Call, project_id: UUID) -> Agreement:
    """Whether the project is of heavy risk, and what whoever serves there signs."""
    return await agreements.read(call.visitor, project_id)


@operations(
    "PUT",
    "/projects/{project_id}/agreement",
    Words("修改项目的协议", "Change the agreement of a project"),
    refuses=("right_missing", "policy_needed"),
)
async def replace_agreement(
    call: Call, project_id: UUID, body: AgreementIn, if_match: str
) -> Agreement:
    """Other words are another version: who is to come keeps their seat, is told, and checks in only
    once they have signed. Heavy risk is dangerous too, and so needs insurance."""
    return await agreements.write(call.actor, project_id, body, if_match, call.now)


@operations(
    "GET",
    "/shifts/{shift_id}/agreement",
    Words("读取班次的协议", "Read the agreement of a shift"),
    access="open",
)
async def read_agreement_of_shift(call: Call, shift_id: UUID) -> Agreement:
    """The same, for a shift of the project; `signed_at` is when whoever asks has signed it."""
    return await agreements.of_shift(call.visitor, shift_id)


@operations(
    "POST",
    "/shifts/{shift_id}/agreement/signature",
    Words("签署协议", "Sign the agreement"),
    refuses=(
        *("volunteers_only", "agreement_not_needed", "agreement_reworded"),
        "agreement_for_adults",
    ),
)
async def sign_agreement(call: Call, shift_id: UUID, body: SignatureIn) -> Agreement:
    """For oneself, once for all shifts of the project under these words. Again: nothing changes."""
    return await agreements.sign(call.actor, shift_id, body, call.now)

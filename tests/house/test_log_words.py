"""Whatever stands in a line of the log has words, in both languages."""

import ast
from collections.abc import Iterator, Mapping
from enum import StrEnum

import pytest

from api.layer.language import Language
from api.pages.audit import value_words
from api.sentences.audit import FACT_WORDS, SUBJECT_WORDS
from api.sentences.audit_values import words_for
from models.attendance import AbsenceOutcome
from models.consents import GuardianshipState
from models.core import (
    ApprovalKind,
    ClaimState,
    DatumKind,
    MembershipKind,
    OrganisationEventKind,
    SignInMethod,
)
from models.volunteers import SkillState
from services.accounts.sessions import EndReason
from services.attendance.types import Way
from services.clients import ClientScope
from services.consent_texts import Purpose
from services.documents import NeedPurpose
from services.guardian_types import EvidenceKind as GuardianPaper
from services.my_record.types import DisputeOutcome
from services.people.revealing import Datum, RevealPurpose
from services.recipients import RECIPIENTS, Basis
from services.rights import Right, RoleName
from services.skills.rules import EvidenceKind
from tests.house.files import CHECKOUT

CODES: Mapping[str, tuple[type[StrEnum], ...]] = {
    "basis": (Basis,),
    "before": (SkillState,),
    "change": (OrganisationEventKind,),
    "evidence": (GuardianPaper,),
    "evidence_kind": (EvidenceKind,),
    "fields": (Datum,),
    "kind": (ApprovalKind, MembershipKind),
    "method": (SignInMethod,),
    "purpose": (Purpose, RevealPurpose, NeedPurpose),
    "reason": (EndReason,),
    "right": (Right,),
    "role": (RoleName,),
    "scopes": (ClientScope,),
    "state": (GuardianshipState,),
    "what": (AbsenceOutcome, DisputeOutcome, Way),
}
"""The codes that facts take from elsewhere than a text in the call."""
DECIDED = (ClaimState.CONFIRMED, ClaimState.OFFERED, ClaimState.REFUSED, ClaimState.WAITLISTED)
REASONS = ("provider_away", "provider_denied", "provider_faulty", "proof_refused")


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == name:
            yield node


def _given(function: ast.AsyncFunctionDef, name: str, call: ast.Call) -> ast.expr | None:
    """What a call hands over for a parameter of the function."""
    places = [each.arg for each in function.args.args]
    if name in places and places.index(name) < len(call.args):
        return call.args[places.index(name)]
    return next((each.value for each in call.keywords if each.arg == name), None)


def _texts(node: ast.expr | None) -> Iterator[str]:
    """The texts that an expression can be: itself, either side of a choice, each of a list."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))
    elif isinstance(node, ast.List):
        for each in node.elts:
            yield from _texts(each)


def _facts() -> Iterator[tuple[str, str, str]]:
    """Every fact that the services write: where, its name, and each text that it can be there."""
    for path in sorted((CHECKOUT / "services").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            if not isinstance(function, ast.AsyncFunctionDef):
                continue
            for call in _calls(function, "audit.record"):
                for keyword in call.keywords:
                    if keyword.arg is None or keyword.arg in NOT_FACTS:
                        continue
                    yield path.stem, keyword.arg, ""
                    for text in _reaching(tree, function, keyword.value):
                        yield path.stem, keyword.arg, text


def _reaching(tree: ast.AST, function: ast.AsyncFunctionDef, node: ast.expr) -> Iterator[str]:
    yield from _texts(node)
    if isinstance(node, ast.List):
        for each in node.elts:
            if isinstance(each, ast.Name):
                yield from _reaching(tree, function, each)
    if isinstance(node, ast.Name):
        for call in _calls(tree, function.name):
            yield from _texts(_given(function, node.id, call))


NOT_FACTS = ("subject_kind", "subject_id", "organisation_id", "account_id")


def test_every_fact_of_the_log_has_its_words() -> None:
    without = {(where, name) for where, name, _text in _facts() if name not in FACT_WORDS}
    assert without == set()


def test_every_text_in_a_fact_of_the_log_has_its_words() -> None:
    found = [(where, name, text) for where, name, text in _facts() if text]
    assert len(found) > 60
    assert [each for each in found if words_for(each[1], each[2]) is None] == []


def test_everything_that_the_log_is_about_has_its_words() -> None:
    kinds: set[str] = set()
    for path in (CHECKOUT / "services").rglob("*.py"):
        for call in _calls(ast.parse(path.read_text(encoding="utf-8")), "audit.record"):
            for keyword in call.keywords:
                if keyword.arg == "subject_kind":
                    kinds |= set(_texts(keyword.value))
    assert kinds - set(SUBJECT_WORDS) == set()


@pytest.mark.parametrize("fact", CODES)
def test_every_code_in_a_fact_has_its_words(fact: str) -> None:
    codes = [each.value for kind in CODES[fact] for each in kind]
    assert [code for code in codes if words_for(fact, code) is None] == []


def test_what_facts_take_from_lists_has_its_words() -> None:
    texts = [("decision", each.value) for each in DECIDED]
    texts += [("decision", each.value) for each in (SkillState.VERIFIED, SkillState.REFUSED)]
    texts += [("what", each) for each in REASONS]
    texts += [("fields", each) for known in RECIPIENTS.values() for each in known.fields]
    texts += [("fields", each.value) for each in (DatumKind.BIRTH_DATE, DatumKind.PHONE)]
    assert [each for each in texts if words_for(*each) is None] == []


@pytest.mark.parametrize(
    ("fact", "value", "language", "words"),
    [
        ("reason", "not_found", "zh", "找不到"),
        ("recipient", "youth_league", "zh", "共青团组织"),
        ("route", "/mine/{claim_id:uuid}/hand-over", "en", "/mine/…/hand-over"),
        ("version", "1", "zh", "1"),
        ("fields", "document_asked", "en", "document asked for"),
        ("change", "made", "zh", "新建"),
    ],
)
def test_a_value_is_said_in_words(fact: str, value: str, language: Language, words: str) -> None:
    assert value_words(language, fact, value) == words

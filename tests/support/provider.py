"""A real OpenID provider in a process of its own, `python -m tests.support.provider PORT`.

It is the server of `oidc-provider-mock`, with proof keys (RFC 7636), which that one leaves out, and
on request with one thing wrong in what it says: a provider that is broken, or that lies.
"""

import base64
import hashlib
import hmac
import json
import logging
import os
import re
import socket
import sys
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from tests.support.processes import program
from tests.support.waiting import wait_until

FAULTS = (
    "signature",
    "algorithm",
    "shared_secret",
    "audience",
    "issuer",
    "nonce",
    "expired",
    "no_token",
    "no_subject",
    "other_issuer",
    "broken_discovery",
    "token_refused",
)
CLIENT = "mulin-test"
STUDENT, TEACHER, STRANGER = "u-1001", "u-2001", "u-9001"
"""Subjects: their names at the provider, which must show up nowhere on our side."""
USERS: dict[str, dict[str, object]] = {
    STUDENT: {"student_number": "S-1001"},
    TEACHER: {"amr": ["pwd", "otp"]},
    STRANGER: {},
}


@dataclass(frozen=True)
class RunningProvider:
    """A provider that answers."""

    issuer: str

    @contextmanager
    def wrong(self, fault: str) -> Iterator[None]:
        """The provider with this fault, until the end of the block."""
        self._set(fault)
        try:
            yield
        finally:
            self._set("")

    def _set(self, fault: str) -> None:
        answer = httpx2.post(f"{self.issuer}/fault", data={"name": fault}, trust_env=False)
        assert answer.status_code == 200

    def signs_in(self, address: str, subject: str) -> str:
        """What somebody does there: say who they are. The address to which they are sent back."""
        return self._answer(address, {"sub": subject})

    def denies(self, address: str) -> str:
        """The same for somebody who presses the other button."""
        return self._answer(address, {"action": "deny"})

    def _answer(self, address: str, form: dict[str, str]) -> str:
        with httpx2.Client(trust_env=False) as browser:
            assert browser.get(address).status_code == 200
            answer = browser.post(address, data=form)
        assert answer.status_code in (302, 303), answer.text
        return answer.headers["location"]


@contextmanager
def running_provider() -> Iterator[RunningProvider]:
    """A provider on a free port of this machine; it ends with the block."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    issuer = f"http://127.0.0.1:{port}"
    with program("tests.support.provider", str(port)) as process:

        def answers() -> bool:
            assert process.poll() is None, process.stdout and process.stdout.read()
            try:
                return httpx2.get(f"{issuer}/jwks", trust_env=False).status_code == 200
            except httpx2.TransportError:
                return False

        wait_until(answers, "the OpenID provider")
        yield RunningProvider(issuer)


def main() -> None:
    """Serve until the process is ended."""
    warnings.simplefilter("ignore")
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    logging.disable(logging.CRITICAL)  # Nobody reads the pipe once the first answer has come.
    port = int(sys.argv[1])
    import oidc_provider_mock
    import uvicorn
    from oidc_provider_mock import User

    people = [User(sub=subject, claims=claims) for subject, claims in USERS.items()]
    app = oidc_provider_mock.app(require_nonce=True, user_claims=people)
    _hook_into(app)
    _keep_here(app)
    uvicorn.run(app, interface="wsgi", host="127.0.0.1", port=port, log_config=None)


def _hook_into(app: Any) -> None:
    """Ask for proof keys, and say what is wrong on request."""
    import flask

    challenges: dict[str, str] = {}
    present = {"fault": ""}

    @app.before_request
    def check_verifier() -> Any:
        """RFC 7636 §4.6: the code is of use only to whoever asked for it."""
        if flask.request.path == "/fault":
            present["fault"] = flask.request.form["name"]
            return "", 200
        if flask.request.path != "/oauth2/token":
            return None
        expected = challenges.pop(flask.request.form.get("code", ""), None)
        verifier = flask.request.form.get("code_verifier", "")
        digest = hashlib.sha256(verifier.encode()).digest()
        given = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if present["fault"] == "token_refused" or expected != given:
            return {"error": "invalid_grant"}, 400
        return None

    @app.after_request
    def after(response: Any) -> Any:
        request = flask.request
        if request.args.get("code_challenge_method") == "S256" and response.location:
            code = parse_qs(urlsplit(response.location).query).get("code", [""])[0]
            challenges[code] = request.args["code_challenge"]
        elif request.path == "/oauth2/token" and response.status_code == 200:
            tokens = _spoilt(json.loads(response.get_data()), present["fault"])
            response.set_data(json.dumps(tokens))
        elif request.path.startswith("/.well-known/"):
            response.set_data(_description(response.get_data(), present["fault"]))
        return response


def _keep_here(app: Any) -> None:
    """Its pages would ask the internet for a style sheet."""

    @app.after_request
    def stay_here(response: Any) -> Any:
        if response.mimetype == "text/html":
            response.set_data(re.sub(rb"<link[^>]*https://[^>]*>", b"", response.get_data()))
        return response


def _description(content: bytes, fault: str) -> bytes:
    if fault == "broken_discovery":
        return b"<html>503</html>"
    described = json.loads(content)
    if fault == "other_issuer":
        described["issuer"] = "https://somebody-else.example"
    return json.dumps(described).encode()


def _spoilt(tokens: dict[str, Any], fault: str) -> dict[str, Any]:
    """The provider's answer with the one fault; its signature is right unless that is the fault."""
    from joserfc import jwt
    from joserfc.jwk import RSAKey
    from oidc_provider_mock._storage import storage

    if fault == "no_token":
        return {name: value for name, value in tokens.items() if name != "id_token"}
    encoded = tokens["id_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(encoded + "=="))
    own = RSAKey.import_key(storage.jwk.as_dict(is_private=True))
    changed = {
        "audience": {"aud": "somebody-else"},
        "issuer": {"iss": "https://somebody-else.example"},
        "nonce": {"nonce": "of-another-sign-in"},
        "expired": {"exp": claims["iat"] - 3600},
        "no_subject": {"sub": ""},
    }.get(fault, {})
    header: dict[str, Any] = {"alg": "RS256"}
    key: Any = own
    if fault == "signature":
        key = RSAKey.generate_key(2048)
    if fault == "shared_secret":
        return {**tokens, "id_token": _by_hand("HS256", claims, own.as_pem(private=False))}
    if fault == "algorithm":
        return {**tokens, "id_token": _by_hand("none", claims, b"")}
    if header["alg"] == "RS256" and (kid := own.kid):
        header["kid"] = kid
    return {**tokens, "id_token": jwt.encode(header, {**claims, **changed}, key)}


def _by_hand(algorithm: str, claims: dict[str, Any], key: bytes) -> str:
    """A token that a library refuses to make: unsigned, or signed with the public key as a secret,
    for a reader who believes what the token says of its own algorithm."""

    def part(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    header = {"alg": algorithm}
    said = f"{part(json.dumps(header).encode())}.{part(json.dumps(claims).encode())}"
    mac = hmac.new(key, said.encode(), hashlib.sha256).digest() if key else b""
    return f"{said}.{part(mac)}"


if __name__ == "__main__":
    main()

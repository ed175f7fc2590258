"""Why a certificate says nothing about a problem."""

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    "certificate_unreadable": "not a certificate: {detail}",
    "certificate_of_another_problem": "the certificate is of another problem",
    "certificate_of_other_rows": (
        "the certificate counts the rules in another way than this version, which cannot read it"
    ),
    "certificate_of_other_people": (
        "the certificate has prices for {found} people, and the problem has {expected}"
    ),
    "certificate_too_large": "the certificate's numbers are too large to be added up",
    "certificate_of_another_kind": (
        "a certificate of this kind counts every line, which is not for a problem as large as this"
    ),
}


class CertificateRefused(Exception):
    """The certificate says nothing about this problem; `code` is a key of `MESSAGES`."""

    def __init__(self, code: str, **parameters: str) -> None:
        self.code, self.parameters = code, parameters
        super().__init__(MESSAGES[code].format(**parameters))

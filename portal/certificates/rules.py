import json
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from secrets import choice

from portal.kernel.i18n import mark

#: No I, O, 0, 1: what is read from paper must be typed without a doubt. 32 signs, so 12 hold 60 bits.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 12
#: More in one day is not a person who needs papers.
MOST_A_DAY = 10
LARGEST_COPY = 10 * 1024 * 1024


class CertificateStatus(StrEnum):
    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"


#: Word, icon and tone of each status.
LABELS = {
    CertificateStatus.VALID: (mark("Valid"), "shield-check", "ok"),
    CertificateStatus.REPLACED: (mark("Replaced"), "copy", "warn"),
    CertificateStatus.REVOKED: (mark("Revoked"), "shield-x", "bad"),
}
LANGUAGE_LABELS = {"fr": mark("French"), "en": mark("English")}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything a certificate of enrolment says, as plain text in its language; kept for ever."""

    number: str
    code: str
    language: str
    school_short: str
    school: str
    school_address: str
    school_siret: str
    school_uai: str
    school_activity: str
    city: str
    signatory: str
    signatory_title: str
    name: str
    born_on: str
    born_in: str
    student_number: str
    programme: str
    award: str
    year: str
    scheme: str
    starts_on: str
    ends_on: str
    issued_on: str
    verify_url: str

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Facts":
        return cls(**json.loads(text))

    def says_the_same(self, other: "Facts") -> bool:
        """Apart from number, code and address, which every paper has for itself."""
        own = {"number", "code", "verify_url"}
        return all(
            value == getattr(other, name) for name, value in asdict(self).items() if name not in own
        )


def new_code() -> str:
    return "".join(choice(ALPHABET) for _ in range(CODE_LENGTH))


def in_groups(code: str) -> str:
    """7K4MQ2XD93HT as it is printed: 7K4M-Q2XD-93HT."""
    return "-".join(code[n : n + 4] for n in range(0, len(code), 4))


def plain_code(typed: str) -> str:
    """What somebody typed, without the spaces, hyphens and small letters people add."""
    kept = [sign for sign in typed.upper() if sign.isalnum()]
    return "".join(kept)[:40]


def as_date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None

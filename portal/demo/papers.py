"""Certificates people have asked for, one of them replaced and one revoked."""

from contextlib import suppress
from functools import partial

from portal.certificates import service as certificates
from portal.certificates.models import Certificate
from portal.demo.people import Cast
from portal.demo.story import Story, ago, key
from portal.infra.files import Storage
from portal.infra.worker import WorkFailed

#: Family name, language, how many days ago.
ISSUED = [
    ("Moreau", "fr", 27),
    ("Moreau", "en", 12),
    ("Παπαδοπούλου", "en", 25),
    ("陈", "en", 21),
    ("بن يوسف", "fr", 19),
    ("Vasseur", "fr", 13),
    ("Dąbrowski", "en", 8),
]
REVOKED = ("Vasseur", "Le contrat de professionnalisation que nomme ce certificat est rompu.", 9)
REPLACED = ("Dąbrowski", 5)


def tell(story: Story, cast: Cast, storage: Storage) -> None:
    """Who asked when, and what became of two papers. A printer that is not installed prints later."""
    for family_name, language, days in ISSUED:
        student = cast.of(family_name).student.person
        act = partial(_issue, cast, family_name, language, storage)
        story.on(ago(days), student.name, act, hour=16)
    name, reason, days = REVOKED
    director, registrar = cast.team["director"], cast.team["registrar"]
    story.on(ago(days), director.name, partial(_revoke, cast, name, reason))
    name, days = REPLACED
    story.on(ago(days), registrar.name, partial(_replace, cast, name, storage))


def _issue(cast: Cast, family_name: str, language: str, storage: Storage) -> None:
    enrolment = cast.of(family_name)
    with suppress(WorkFailed):
        certificates.issue(
            enrolment.id,
            language=language,
            key=key(f"certificate {family_name} {language}"),
            by=enrolment.student.person.id,
            storage=storage,
        )


def _revoke(cast: Cast, family_name: str, reason: str) -> None:
    certificates.revoke(_paper(cast, family_name), reason=reason, by=cast.team["director"].id)


def _replace(cast: Cast, family_name: str, storage: Storage) -> None:
    with suppress(WorkFailed):
        certificates.replace(
            _paper(cast, family_name),
            key=key(f"replace {family_name}"),
            by=cast.team["registrar"].id,
            storage=storage,
        )


def _paper(cast: Cast, family_name: str) -> int:
    return Certificate.get(Certificate.enrolment == cast.of(family_name)).id

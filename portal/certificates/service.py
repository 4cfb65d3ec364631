"""Issuing, printing, replacing and revoking papers."""

from io import BytesIO

from peewee import IntegrityError

from portal import audit, notifications, programme
from portal.certificates import pdf
from portal.certificates.models import Certificate
from portal.certificates.rules import MOST_A_DAY, CertificateStatus, Facts, new_code
from portal.infra.files import Storage
from portal.kernel import clock
from portal.kernel.db import perhaps_any, transaction
from portal.kernel.errors import NotPossible, TooMany
from portal.kernel.i18n import mark
from portal.kernel.sequence import next_number
from portal.programme import SCHEME_LABELS, Enrolment, Scheme


def issue(enrolment_id: int, *, language: str, key: str, by: int, storage: Storage) -> Certificate:
    """A certificate of enrolment, printed and kept. The same `key` gives the same paper.

    Asking again on the same day while nothing changed gives the paper there is. `TooMany` after ten
    a day. The number is given in a transaction of its own and the paper printed after it: a crash in
    between leaves a numbered row whose paper is printed when it is first fetched.
    """
    with transaction():
        Enrolment.hold(enrolment_id)
        known = Certificate.get_or_none(Certificate.request_key == key)
        if known is not None and (known.enrolment_id, known.language) != (enrolment_id, language):
            raise NotPossible(
                "This click already made certificate %(number)s.", number=known.number
            )
        if known is None:
            facts = _facts(enrolment_id, language)
            known = _same_paper(enrolment_id, facts) or _new_row(enrolment_id, facts, key, by)
    return printed(known, storage=storage)


def printed(certificate: Certificate, *, storage: Storage) -> Certificate:
    """The certificate with its paper in storage; prints it when that was never done.

    `WorkFailed` when the printer could not; nothing is lost then, the next try prints it.
    """
    if certificate.document:
        return certificate
    kept = storage.keep(BytesIO(pdf.make(Facts.from_json(certificate.facts))))
    try:
        with transaction():
            first = (
                Certificate.update(document=kept.name, sha256=kept.sha256, size=kept.size)
                .where((Certificate.id == certificate.id) & Certificate.document.is_null())
                .execute()
            )
    except BaseException:
        if not perhaps_any(Certificate.select().where(Certificate.document == kept.name)):
            storage.discard(kept.name)
        raise
    if not first:
        storage.discard(kept.name)
    return Certificate.find(certificate.id)


def revoke(certificate_id: int, *, reason: str, by: int) -> None:
    """Withdraw a paper, for a reason that whoever checks it reads. Repeating changes nothing."""
    with transaction():
        certificate = Certificate.hold(certificate_id)
        if certificate.status == CertificateStatus.REVOKED:
            return
        _check_valid(certificate)
        _set_status(certificate, CertificateStatus.REVOKED, reason=reason)
        audit.record(
            "certificate:revoked",
            subject=f"certificate:{certificate_id}",
            actor_id=by,
            detail=reason,
        )
        notifications.write_to(
            programme.enrolment(certificate.enrolment_id).student.person,
            mark("Certificate %(number)s was revoked"),
            mark(
                "The school has revoked your certificate %(number)s:\n\n%(reason)s\n\n"
                "You can make a new one here: %(link)s"
            ),
            number=certificate.number,
            reason=reason,
            link=notifications.link("/certificates"),
        )


def replace(certificate_id: int, *, key: str, by: int, storage: Storage) -> Certificate:
    """Issue the paper anew with today's facts; whoever checks the old one is led to the new one.

    `NotPossible` unless it is valid. The same `key` gives the same new paper.
    """
    with transaction():
        old = Certificate.hold(certificate_id)
        Enrolment.hold(old.enrolment_id)
        new = Certificate.get_or_none(Certificate.request_key == key)
        if new is not None and old.replaced_by_id != new.id:
            raise NotPossible("This click already made certificate %(number)s.", number=new.number)
        if new is None:
            _check_valid(old)
            new = _new_row(old.enrolment_id, _facts(old.enrolment_id, old.language), key, by)
            _set_status(old, CertificateStatus.REPLACED, replaced_by=new)
            audit.record(
                "certificate:replaced",
                subject=f"certificate:{certificate_id}",
                actor_id=by,
                detail=new.number,
            )
    return printed(new, storage=storage)


def _same_paper(enrolment_id: int, facts: Facts) -> Certificate | None:
    today = Certificate.select().where(
        (Certificate.enrolment == enrolment_id) & (Certificate.issued_on == clock.today())
    )
    made = list(today)
    for one in made:
        if one.status == CertificateStatus.VALID and facts.says_the_same(
            Facts.from_json(one.facts)
        ):
            return one
    if len(made) >= MOST_A_DAY:
        raise TooMany("Ten certificates a day are enough. Try again tomorrow.")
    return None


def _new_row(enrolment_id: int, facts: Facts, key: str, by: int) -> Certificate:
    """Number, code and facts in one row; another code in the unlikely case that it is taken."""
    year = clock.today().year
    number = f"C-{year}-{next_number(f'certificate-{year}'):06d}"
    for _try in range(5):
        code = new_code()
        address = notifications.link(f"/verify/{code}")
        own = Facts(**facts.__dict__ | {"number": number, "code": code, "verify_url": address})
        try:
            with transaction():
                row = Certificate.create(
                    number=number,
                    code=code,
                    enrolment=enrolment_id,
                    language=facts.language,
                    facts=own.to_json(),
                    issued_by=by,
                    request_key=key,
                )
        except IntegrityError:
            if not Certificate.select().where(Certificate.code == code).exists():
                raise
            continue
        audit.record(
            "certificate:issued", subject=f"certificate:{row.id}", actor_id=by, detail=number
        )
        return row
    raise RuntimeError("five random codes were all taken")


def _facts(enrolment_id: int, language: str) -> Facts:
    """What the paper says today, in its language; one query."""
    enrolment = programme.enrolment(enrolment_id)
    student, cohort = enrolment.student, enrolment.cohort
    taught, school = cohort.programme, cohort.programme.school

    def local(row: object, field: str) -> str:
        return str(getattr(row, f"{field}_{language}"))

    return Facts(
        number="",
        code="",
        verify_url="",
        language=language,
        school_short=school.short_name,
        school=school.name,
        school_address=school.address,
        school_siret=school.siret,
        school_uai=school.uai,
        school_activity=school.activity_number,
        city=school.city,
        signatory=school.signatory_name,
        signatory_title=local(school, "signatory_title"),
        name=f"{student.given_names} {student.family_name}".strip(),
        born_on=student.born_on.isoformat() if student.born_on else "",
        born_in=student.born_in,
        student_number=student.number,
        programme=local(taught, "title"),
        award=local(taught, "award"),
        year=cohort.year,
        scheme=SCHEME_LABELS[Scheme(enrolment.scheme)],
        starts_on=cohort.starts_on.isoformat(),
        ends_on=cohort.ends_on.isoformat(),
        issued_on=clock.today().isoformat(),
    )


def _check_valid(certificate: Certificate) -> None:
    if certificate.status != CertificateStatus.VALID:
        raise NotPossible("This document is no longer valid. Your click changed nothing.")


def _set_status(certificate: Certificate, status: CertificateStatus, **facts: object) -> None:
    (
        Certificate.update(status=status, status_changed_at=clock.now(), **facts)
        .where(Certificate.id == certificate.id)
        .execute()
    )

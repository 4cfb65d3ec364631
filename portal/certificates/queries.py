"""What screens read about certificates."""

from typing import Any, NamedTuple

from portal.certificates.models import Certificate
from portal.certificates.rules import CODE_LENGTH
from portal.identity import Role, Visitor
from portal.kernel.errors import Missing
from portal.kernel.text import fold
from portal.programme import Enrolment, Student

PER_PAGE = 50
READERS = {"registrar", "director"}


class Page(NamedTuple):
    certificates: list[Certificate]
    more: bool


def of_enrolment(enrolment_id: int) -> list[Certificate]:
    """The papers issued on one enrolment, newest first; one query."""
    rows = Certificate.select().where(Certificate.enrolment == enrolment_id)
    return list(rows.order_by(Certificate.id.desc()))


def own(person_id: int) -> list[Certificate]:
    """The papers of the student who signs in as `person_id`, newest first; one query."""
    rows = Certificate.select().join(Enrolment).join(Student).where(Student.person == person_id)
    return list(rows.order_by(Certificate.id.desc()))


def readable(number: str, visitor: Visitor) -> Certificate:
    """The paper of that number, when it is the visitor's own or they are staff who may; else `Missing`; one query."""
    wanted = Certificate.number == number
    if visitor.role != Role.STAFF or not visitor.permissions & READERS:
        wanted &= Student.person == visitor.id
    found = Certificate.select().join(Enrolment).join(Student).where(wanted).first()
    if found is None:
        raise Missing("There is no such document.")
    return found


def by_code(code: str) -> Certificate | None:
    """The paper that carries this code, with the one that replaced it; one query."""
    if len(code) != CODE_LENGTH:
        return None
    return Certificate.get_or_none(Certificate.code == code)


def by_sha256(sha256: str) -> Certificate | None:
    """The paper with exactly these bytes; one query."""
    return Certificate.get_or_none(Certificate.sha256 == sha256)


def issued(*, search: str, page: int) -> Page:
    """One page of every paper, newest first, with its student; one query."""
    rows = _with_students().order_by(Certificate.id.desc())
    if search:
        number = Certificate.number == search.strip().upper()
        rows = rows.where(Student.folded.contains(fold(search)) | number)
    found = list(rows.limit(PER_PAGE + 1).offset((page - 1) * PER_PAGE))
    return Page(found[:PER_PAGE], len(found) > PER_PAGE)


def one(certificate_id: int) -> Certificate:
    """The paper with its student, or `Missing`; one query."""
    found = _with_students().where(Certificate.id == certificate_id).first()
    if found is None:
        raise Missing("There is no such document.")
    return found


def document_names() -> set[str]:
    """Every name under which storage keeps a paper of ours; one query."""
    named: Any = Certificate.select(Certificate.document).where(Certificate.document.is_null(False))
    return {name for (name,) in named.tuples()}


def _with_students() -> Any:
    return Certificate.select(Certificate, Enrolment, Student).join(Enrolment).join(Student)

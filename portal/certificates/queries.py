"""What screens read about certificates."""

from portal.certificates.models import Certificate


def of_enrolment(enrolment_id: int) -> list[Certificate]:
    """The papers issued on one enrolment, newest first; one query."""
    rows = Certificate.select().where(Certificate.enrolment == enrolment_id)
    return list(rows.order_by(Certificate.id.desc()))

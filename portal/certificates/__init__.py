"""Papers the school answers for: frozen bytes, an unbroken number, a page where anybody can check them."""

from portal.certificates.queries import document_names, of_enrolment
from portal.certificates.service import issue, revoke

__all__ = ["document_names", "issue", "of_enrolment", "revoke"]

"""Papers the school answers for: frozen bytes, an unbroken number, a page where anybody can check them."""

from portal.certificates.pdf import long_day, print_page
from portal.certificates.queries import document_names, of_enrolment
from portal.certificates.service import issue, revoke

__all__ = ["document_names", "issue", "long_day", "of_enrolment", "print_page", "revoke"]

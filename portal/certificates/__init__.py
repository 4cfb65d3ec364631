"""Papers the school answers for: frozen bytes, an unbroken number, a page where anybody can check them."""

from portal.certificates.queries import of_enrolment

__all__ = ["of_enrolment"]

from enum import StrEnum


class RefundState(StrEnum):
    """Life of a refund, domain guide section 3."""

    PROPOSED = "proposed"
    INFO_NEEDED = "info_needed"
    APPROVED = "approved"
    EXPORTED = "exported"
    PAID = "paid"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    RETURNED = "returned"

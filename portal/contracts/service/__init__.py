"""Every decision about a contract. One function, one decision, one transaction."""

from portal.contracts.service.deciding import (
    accept,
    expect_funding,
    expected_funding,
    send_back,
    signed,
)
from portal.contracts.service.declaring import cancel, change, declare
from portal.contracts.service.documents import note_reading, receive
from portal.contracts.service.ending import (
    end,
    expect_months_without_tuition,
    fell,
    tuition_free_until,
)

__all__ = [
    "accept",
    "cancel",
    "change",
    "declare",
    "end",
    "expect_funding",
    "expect_months_without_tuition",
    "expected_funding",
    "fell",
    "note_reading",
    "receive",
    "send_back",
    "signed",
    "tuition_free_until",
]

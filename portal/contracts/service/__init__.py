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

__all__ = [
    "accept",
    "cancel",
    "change",
    "declare",
    "expect_funding",
    "expected_funding",
    "note_reading",
    "receive",
    "send_back",
    "signed",
]

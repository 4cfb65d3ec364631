"""Decisions about what the bank told. One function, one decision, one transaction."""

from portal.bank.service.importing import read_file, read_waiting
from portal.bank.service.receiving import read_released, receive, refuse_infected
from portal.bank.service.resealing import reseal
from portal.bank.service.sorting import confirm, ignore, match
from portal.bank.service.undoing import undo

__all__ = [
    "confirm",
    "ignore",
    "match",
    "read_file",
    "read_released",
    "read_waiting",
    "receive",
    "refuse_infected",
    "reseal",
    "undo",
]

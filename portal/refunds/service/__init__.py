"""Decisions about refunds. One function, one decision, one transaction."""

from portal.refunds.service.deciding import approve, pay, refuse
from portal.refunds.service.proposing import open_for_contract

__all__ = ["approve", "open_for_contract", "pay", "refuse"]

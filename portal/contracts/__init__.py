"""Work-study contracts: declared by students, sent in by companies, reviewed by staff."""

from portal.contracts.models import Company, Contract

__all__ = ["Company", "Contract"]

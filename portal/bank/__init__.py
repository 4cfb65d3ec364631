"""What the bank tells the school: statements read, every line matched, sorted out, or known not to be ours."""

from portal.bank.queries import open_count, stored_names
from portal.bank.service import read_released, refuse_infected, reseal

__all__ = ["open_count", "read_released", "refuse_infected", "reseal", "stored_names"]

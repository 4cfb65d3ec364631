from portal.kernel.db import transaction
from portal.payouts.models import PaymentOrder, Transfer


def reseal() -> int:
    """Write the accounts of every order and transfer anew, sealed with the newest key; returns how many."""
    with transaction():
        count = 0
        for table in (PaymentOrder, Transfer):
            for row in table.select(table.id, table.iban):
                count += table.update(iban=row.iban).where(table.id == row.id).execute()
        return count

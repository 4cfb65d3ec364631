from portal.kernel.db import transaction
from portal.payouts.models import PaymentOrder, Transfer


def reseal() -> int:
    """Write every order and the accounts of its transfers anew, sealed with the newest key; returns how many."""
    with transaction():
        count = 0
        for order in PaymentOrder.select(PaymentOrder.id):
            whole = PaymentOrder.find(order.id)
            sealed = PaymentOrder.update(iban=whole.iban, document=whole.document)
            count += sealed.where(PaymentOrder.id == order.id).execute()
        for row in Transfer.select(Transfer.id, Transfer.iban):
            count += Transfer.update(iban=row.iban).where(Transfer.id == row.id).execute()
        return count

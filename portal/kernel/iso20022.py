"""Reason codes of banks in plain words (ISO 20022 external code sets, as the SEPA rulebooks use them)."""

from portal.kernel.i18n import Sentence, mark

#: No code of the standard: a person says that the bank never got the order.
NEVER_TAKEN = "NEVER-TAKEN"
REASONS = {
    NEVER_TAKEN: mark("The bank never took the school’s order; the account is right."),
    "AC01": mark("The account number is wrong."),
    "AC02": mark("The account number of the payer is wrong."),
    "AC03": mark("The account number of the payee is wrong."),
    "AC04": mark("The account is closed."),
    "AC06": mark("The account is blocked."),
    "AC13": mark("The account is a consumer’s, which this kind of payment does not reach."),
    "AG01": mark("The account does not take this kind of payment."),
    "AG02": mark("The bank code of the payment is wrong for this case."),
    "AGNT": mark("A bank on the way does not take part in this payment system."),
    "AM01": mark("The amount is zero."),
    "AM02": mark("The amount is higher than the bank allows."),
    "AM03": mark("The currency is not possible here."),
    "AM04": mark("There is not enough money on the account."),
    "AM05": mark("The bank already has the same payment."),
    "AM09": mark("The amount is not the one that was agreed."),
    "ARDT": mark("The payment has already been returned."),
    "BE01": mark("The name does not belong to the account."),
    "BE04": mark("The address of the payee is missing or wrong."),
    "BE05": mark("The bank does not know who asked for this payment."),
    "BE06": mark("The bank does not know this customer."),
    "CNOR": mark("The bank of the payee is not known to the payment system."),
    "CURR": mark("The currency of the payment is wrong."),
    "CUST": mark("A customer asked for this."),
    "CUTA": mark("The payment could not be traced, so it is sent back for an inquiry."),
    "DNOR": mark("The bank of the payer is not known to the payment system."),
    "DT01": mark("The date is not possible."),
    "DU01": mark("The bank already has a message with this number."),
    "DU02": mark("The bank already has a batch with this number."),
    "DU03": mark("The bank already has this transaction."),
    "DU04": mark("The bank already has a payment with this end-to-end number."),
    "DU05": mark("The bank already has an instruction with this number."),
    "DUPL": mark("The payment was made twice."),
    "ED05": mark("The banks could not settle the payment."),
    "FF01": mark("The file is not written as the bank expects."),
    "FF05": mark("The kind of direct debit is wrong."),
    "FOCR": mark("The payment is sent back because its sender asked for it."),
    "FR01": mark("The payment was stopped as a fraud."),
    "FRAD": mark("The sender says that the payment is a fraud."),
    "LEGL": mark("The law does not allow the bank to keep the payment."),
    "MD01": mark("There is no valid mandate."),
    "MD02": mark("Facts of the mandate are missing or wrong."),
    "MD06": mark("The payer asks for the money back, as the law allows for eight weeks."),
    "MD07": mark("The account holder has died."),
    "MS02": mark("The customer gave no reason."),
    "MS03": mark("The bank gave no reason."),
    "NARR": mark("The bank explains the reason in its own words."),
    "NOAS": mark("The customer did not answer."),
    "NOOR": mark("The bank never received the first payment."),
    "RC01": mark("The bank identifier (BIC) is wrong."),
    "RC07": mark("The bank identifier (BIC) of the payee is wrong."),
    "RF01": mark("The reference was already used for another payment."),
    "RR01": mark("The account number of the payer is missing, and the law asks for it."),
    "RR02": mark("The name or address of the payer is missing, and the law asks for it."),
    "RR03": mark("The name or address of the payee is missing, and the law asks for it."),
    "RR04": mark("The bank may not make this payment, for reasons of law."),
    "SL01": mark("The bank’s own service for this account refuses the payment."),
    "SL11": mark("The payer’s list of allowed creditors does not hold the school."),
    "SL12": mark("The payer refuses all direct debits."),
    "SL13": mark("The payer’s limit for direct debits was reached."),
    "SL14": mark("The payer’s limit for the number of direct debits was reached."),
    "TECH": mark("A technical fault made the payment wrong."),
    "TM01": mark("The payment came after the bank’s closing time."),
    "UPAY": mark("The payment was not justified."),
}
#: What is refused with one of these, the bank was given before.
DUPLICATES = frozenset({"AM05", "DU01", "DU02", "DU03", "DU04", "DU05", "DUPL"})
NO_REASON = mark("The bank gave no reason.")
UNKNOWN = mark("The bank gave a reason that the portal does not know.")


def reason_in_words(code: str) -> Sentence:
    """The marked sentence for a return or status reason `code`; one for unknown codes and one for none.

    The code itself is not in the sentence; show it beside.
    """
    bare = _bare(code)
    return Sentence(REASONS.get(bare, UNKNOWN) if bare else NO_REASON)


def is_duplicate(code: str) -> bool:
    """Does this reason code say that the bank has the same message, batch or payment already?"""
    return _bare(code) in DUPLICATES


def _bare(code: str) -> str:
    return code.strip().upper()

"""Why a file is not taken, in words for the person who sent it."""

from portal.kernel.i18n import mark

EMPTY = mark("This file is empty. Download it from the bank again.")
ZIPPED = mark("This file is compressed. Unpack it and send the XML file inside.")
NOT_XML = mark("This file is not XML. Choose the statement in the format camt.053 or camt.054.")
TOO_BIG = mark("This file is larger than %(megabytes)s MB. Ask the bank for a shorter period.")
DOCTYPE = mark(
    "Line %(line)s: this file declares a document type, which no bank statement does. It may be an attack and was not "
    "read further."
)
PROLOG = mark("This file does not begin with a bank statement.")
BROKEN = mark(
    "This file is damaged or cut off at line %(line)s. Nothing was booked. Download it from the bank again."
)
NOT_CAMT = mark("This XML file is not a bank statement (camt.053 or camt.054).")
MIXED = mark("This file holds messages of different kinds. Send each in a file of its own.")
NO_STATEMENT = mark("This file holds no statement.")
TOO_MANY = mark("This file holds more than %(most)s lines. Ask the bank for a shorter period.")
TOO_LONG = mark("Something in this file before line %(line)s is far too long for a bank statement.")
NO_ACCOUNT = mark("The statement of line %(line)s does not say which account it is of.")
OTHER_ACCOUNT = mark("Line %(line)s: the account %(account)s is not an account of the school.")
OTHER_CURRENCY = mark("Line %(line)s: the amount is in %(currency)s, and the account is in euros.")
BAD_AMOUNT = mark("Line %(line)s: “%(amount)s” is not an amount in euros and cents.")
NO_AMOUNT = mark("Line %(line)s: the amount is missing.")
NO_DIRECTION = mark("Line %(line)s does not say whether money came in or went out.")
NO_DAY = mark("Line %(line)s has neither a booking date nor a value date.")
BAD_DAY = mark("Line %(line)s: “%(day)s” is not a date.")
WRONG_SUM = mark(
    "Line %(line)s: the statement does not add up. Its opening balance and its lines make %(counted)s, its closing "
    "balance says %(stated)s. Nothing was booked."
)


class Unreadable(Exception):
    """The file is not taken, and nothing of it is.

    `message` is an English sentence of the catalogue and `facts` fills its `%(name)s` holes; both are
    safe to show. `line` is where in the file, when that can be said.
    """

    def __init__(self, message: str, *, line: int | None = None, **facts: object):
        self.message = message
        self.line = line
        self.facts: dict[str, object] = facts if line is None else {**facts, "line": line}
        super().__init__(message % self.facts if self.facts else message)

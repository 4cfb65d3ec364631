"""The steps of every file that somebody sends, and why one is turned away."""

from enum import StrEnum

from portal.kernel.errors import NotPossible
from portal.kernel.i18n import mark


class UploadState(StrEnum):
    """`HELD`: kept, but the virus check has not answered. `DROPPED`: fine, and not needed in the end."""

    RECEIVED = "received"
    INSPECTED = "inspected"
    SCANNED = "scanned"
    KEPT = "kept"
    HELD = "held"
    REFUSED = "refused"
    DROPPED = "dropped"


class Purpose(StrEnum):
    CONTRACT = "contract"
    BANK = "bank"


#: Steps in which a process that dies leaves an upload; the sweep ends them.
UNFINISHED = (UploadState.RECEIVED, UploadState.INSPECTED, UploadState.SCANNED)

INFECTED = mark("The virus check has found something in this file. It was deleted.")
INTERRUPTED = mark("The portal was interrupted while it took this file.")


class NotAccepted(NotPossible):
    """The file itself was turned away; another file may be fine."""

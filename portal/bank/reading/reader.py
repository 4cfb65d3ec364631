"""Reading a whole file, piece by piece, so that its length costs time and not memory."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from portal.bank.reading.details import Detail, read_detail
from portal.bank.reading.refusals import (
    BROKEN,
    DOCTYPE,
    MIXED,
    NO_STATEMENT,
    NOT_CAMT,
    TOO_MANY,
    Unreadable,
)
from portal.bank.reading.source import LOCKED, Source, opened
from portal.bank.reading.statements import Draft
from portal.bank.reading.values import Element, account_key, check_small, local, text_of
from portal.bank.rules import Kind, Message

MOST_ENTRIES = 200_000
REPORT_EVERY = 250
#: The body of each message, and what it calls a statement.
KINDS = {
    "BkToCstmrAcctRpt": Kind.REPORT,
    "BkToCstmrStmt": Kind.STATEMENT,
    "BkToCstmrDbtCdtNtfctn": Kind.NOTIFICATION,
}
STATEMENTS = ("Stmt", "Rpt", "Ntfctn")
#: Elements the parser stops at; the rest is looked up when one of them is complete.
STOPS = tuple(f"{{*}}{name}" for name in (*KINDS, *STATEMENTS, "GrpHdr", "Bal", "Ntry", "TxDtls"))


def read(
    path_or_stream: str | Path | BinaryIO,
    *,
    account_ibans: frozenset[str],
    progress: Callable[[int], None] | None = None,
) -> Message:
    """The message in a bank's camt.052, camt.053 or camt.054 file, of any version.

    Names are compared without their namespace, and a file that breaks its schema but not its sense is
    taken (ISO 20022 message definitions; the samples banks publish break it often). Only accounts in
    `account_ibans` are. `progress` hears now and then how many lines were read. Raises `Unreadable`
    for everything that is not wholly understood, and keeps nothing then. No file and no address named
    inside the file is opened.
    """
    own_accounts = frozenset(map(account_key, account_ibans))
    if not isinstance(path_or_stream, str | Path):
        return _Reading(own_accounts, progress).of(opened(path_or_stream))
    with closing(opened(path_or_stream)) as stream:
        return _Reading(own_accounts, progress).of(stream)


class _Reading:
    def __init__(
        self, own_accounts: frozenset[str], progress: Callable[[int], None] | None
    ) -> None:
        self._own_accounts = own_accounts
        self._progress = progress
        self._message_id = ""
        self._kind: Kind | None = None
        self._body: Element | None = None
        self._drafts: list[Draft] = []
        self._draft: Draft | None = None
        self._booking: Element | None = None
        self._done: Element | None = None
        self._details: list[Detail] = []
        self._lines = 0
        self._reported = 0

    def of(self, stream: BinaryIO) -> Message:
        source = Source(stream)
        try:
            for event, element in _events(source):
                if event == "start":
                    self._begin(element)
                else:
                    self._end(element, source)
        except etree.XMLSyntaxError as problem:
            raise Unreadable(BROKEN, line=max(problem.lineno or source.line, 1)) from None
        return self._message()

    def _begin(self, element: Element) -> None:
        name = local(element.tag)
        if name == "Ntry":
            self._begin_booking(element)
        elif name in KINDS:
            self._begin_body(element, KINDS[name])
        elif name in STATEMENTS and self._kind and element.getparent() is self._body:
            self._draft = Draft(element, self._kind, self._own_accounts)

    def _begin_booking(self, element: Element) -> None:
        if self._draft and element.getparent() is self._draft.element:
            self._booking = element
            self._details = []

    def _begin_body(self, element: Element, kind: Kind) -> None:
        if self._draft or self._kind not in (None, kind):
            raise Unreadable(MIXED, line=element.sourceline)
        if element.getroottree().docinfo.doctype:
            raise Unreadable(DOCTYPE, line=element.sourceline)
        self._kind, self._body = kind, element

    def _end(self, element: Element, source: Source) -> None:
        name = local(element.tag)
        if name == "TxDtls":
            self._end_detail(element)
        elif self._draft and element is self._draft.element:
            self._end_statement(self._draft)
            source.freed()
        elif self._draft and element.getparent() is self._draft.element:
            self._take_until(element, self._draft)
            source.freed()
        elif name == "GrpHdr" and element.getparent() is self._body:
            self._message_id = self._message_id or next(
                (text_of(leaf) for leaf in element.iterchildren("{*}MsgId")), ""
            )

    def _end_detail(self, element: Element) -> None:
        if self._booking is not None:
            self._details.append(read_detail(element))
            if self._lines + len(self._details) > MOST_ENTRIES:
                raise Unreadable(TOO_MANY, most=MOST_ENTRIES)
            element.clear()

    def _take_until(self, element: Element, draft: Draft) -> None:
        """Read what came before `element` in its statement, and itself, and let go of it all."""
        statement = element.getparent()
        self._forget(statement)
        check_small(statement)
        while (part := statement[0]) is not element:
            draft.take(part, [])
            statement.remove(part)
        self._count(draft.take(element, self._details))
        element.clear()
        self._done = element
        self._booking, self._details = None, []

    def _forget(self, statement: Element) -> None:
        """Take the last emptied element out; while it was the newest, the parser still held on to it."""
        if self._done is not None:
            statement.remove(self._done)
            self._done = None

    def _count(self, lines: int) -> None:
        self._lines += lines
        if self._lines > MOST_ENTRIES:
            raise Unreadable(TOO_MANY, most=MOST_ENTRIES)
        if self._progress and self._lines - self._reported >= REPORT_EVERY:
            self._reported = self._lines
            self._progress(self._lines)

    def _end_statement(self, draft: Draft) -> None:
        statement = draft.element
        self._forget(statement)
        check_small(statement)
        for part in statement:
            draft.take(part, [])
        draft.check_account()
        if self._drafts and draft.continues(self._drafts[-1]):
            self._drafts[-1].add_page(draft)
        else:
            self._drafts.append(draft)
        statement.clear()
        self._draft = draft.element = None

    def _message(self) -> Message:
        if self._kind is None:
            raise Unreadable(NOT_CAMT)
        if not self._drafts:
            raise Unreadable(NO_STATEMENT)
        statements = tuple(draft.finished() for draft in self._drafts)
        if self._progress:
            self._progress(self._lines)
        return Message(self._message_id, self._kind, statements)


def _events(source: Source) -> Iterator[tuple[str, Element]]:
    yield from etree.iterparse(
        source,
        events=("start", "end"),
        tag=STOPS,
        remove_comments=True,
        remove_pis=True,
        **LOCKED,
    )

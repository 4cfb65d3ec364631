"""The team's sample statements with what must come of them, and statements written on the spot."""

import json
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from portal.bank.rules import Book, Collected, Entry, KnownPayer, Sent
from portal.programme.models import School

IBAN = "FR1420041010050500013M02606"
OURS = frozenset({IBAN})
DAY = date(2026, 11, 9)
V8 = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def cents(text):
    return int(Decimal(text) * 100)


def school(make):
    """The school, with the account that the statements are of."""
    make.school()
    School.update(iban=IBAN).execute()


def samples(shared):
    """The names of all sample statements; one that does not exist when the folder is not there."""
    found = sorted(path.stem for path in (shared / "data/bank/statements").glob("*.json"))
    return found or ["no samples"]


def case(shared, name):
    """What must come of the sample statement `name`."""
    return json.loads((shared / "data/bank/statements" / f"{name}.json").read_text())


def book_of(shared, **more):
    """One payer per open item of the samples, with the transfers and debits the school sent."""
    told = json.loads((shared / "data/bank/open-items.json").read_text())
    payers = [
        KnownPayer(
            id=item["item"],
            name=item["student_name"],
            names=tuple(item["known_payers"]),
            reference=item["reference"],
            open_cents=cents(item["amount"]),
            asked=((date.fromisoformat(item["due"]), cents(item["amount"])),),
        )
        for item in told["items"]
    ]
    sent = {
        one["end_to_end_id"]: Sent(one["refund"], cents(one["amount"]))
        for one in told["refunds_sent"]
    }
    collected = {
        one["end_to_end_id"]: Collected(one["debit"], cents(one["amount"]))
        for one in told["direct_debits_collected"]
    }
    return Book(payers, sent=sent, collected=collected, **more)


def line(amount_cents=1_375_00, name="", text="", **more):
    """A line that came in on the day of the samples."""
    facts = {"identity": "one", "booked_on": DAY, "valued_on": DAY, "remittance": text}
    return Entry(cents=amount_cents, name=name, **(facts | more))


def amount(figure, currency="EUR"):
    return f'<Amt Ccy="{currency}">{figure}</Amt>'


def balance(kind, figure, direction="CRDT", currency="EUR", day="2026-11-09"):
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{amount(figure, currency)}"
        f"<CdtDbtInd>{direction}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def booking(
    figure="1375.00",
    *,
    reference="",
    name="Margaux Delaunay",
    text="scolarite",
    direction="CRDT",
    booked="<BookgDt><Dt>2026-11-09</Dt></BookgDt>",
    status="<Sts><Cd>BOOK</Cd></Sts>",
    details=None,
    currency="EUR",
    more="",
):
    """An `Ntry`; `details` are whole `TxDtls`, else there is one with `name` and `text`."""
    number = f"<AcctSvcrRef>{escape(reference)}</AcctSvcrRef>" if reference else ""
    if details is None:
        details = [detail(name=name, text=text)]
    return (
        f"<Ntry>{amount(figure, currency)}<CdtDbtInd>{direction}</CdtDbtInd>{status}{booked}{number}"
        f"<NtryDtls>{''.join(details)}</NtryDtls>{more}</Ntry>"
    )


def detail(figure=None, *, name="", text="", more="", direction="", end_to_end="NOTPROVIDED"):
    told = amount(figure) if figure else ""
    way = f"<CdtDbtInd>{direction}</CdtDbtInd>" if direction else ""
    return (
        f"<TxDtls><Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>{told}{way}<RltdPties><Dbtr><Pty><Nm>{escape(name)}</Nm></Pty></Dbtr></RltdPties>"
        f"<RmtInf><Ustrd>{escape(text)}</Ustrd></RmtInf>{more}</TxDtls>"
    )


def statement(*parts, ident="ST-1", account=f"<IBAN>{IBAN}</IBAN>", head="", name="Stmt"):
    acct = f"<Acct><Id>{account}</Id><Ccy>EUR</Ccy></Acct>" if account else ""
    return f"<{name}><Id>{ident}</Id>{head}{acct}{''.join(parts)}</{name}>"


def message(*statements, body="BkToCstmrStmt", namespace=V8, group=""):
    xmlns = f' xmlns="{namespace}"' if namespace else ""
    return (
        f"<Document{xmlns}><{body}><GrpHdr><MsgId>MSG</MsgId>{group}</GrpHdr>"
        f"{''.join(statements)}</{body}></Document>"
    )


def told(*lines):
    """The bytes of a statement with lines of (cents, name, text), each with a reference of the bank's own."""
    bookings = [
        booking(f"{cents // 100}.{cents % 100:02}", reference=f"B{n}", name=name, text=text)
        for n, (cents, name, text) in enumerate(lines)
    ]
    return message(statement(*bookings)).encode()

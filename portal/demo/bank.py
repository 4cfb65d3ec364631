"""The bank of the demo: statements with today's transfers, and answers to payment orders, to download and send in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from stdnum import iban as iban_numbers
from stdnum.iso7064 import mod_97_10

from portal import fees
from portal.kernel import clock
from portal.kernel.money import Cents
from portal.payouts.models import PaymentOrder, Transfer
from portal.payouts.rules import TransferState
from portal.programme import School

OPENING = Cents(84_210_00)
CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
PAIN = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
#: How many transfers arrive on one day of the demo.
SURE, UNSURE = 6, 2


@dataclass(frozen=True)
class Booked:
    """One line of a statement; `cents` are negative when money goes out."""

    reference: str
    cents: int
    name: str
    text: str = ""
    iban: str = ""
    end_to_end: str = ""
    code: str = "RCDT/ESCT"


def account_of(number: int) -> str:
    """A French IBAN that nobody has, with right check digits; the same for the same `number`."""
    bank, desk, account = "30006", "00001", f"{number:011d}"
    key = 97 - (89 * int(bank) + 15 * int(desk) + 3 * int(account)) % 97
    body = f"{bank}{desk}{account}{key:02d}"
    return iban_numbers.validate(f"FR{mod_97_10.calc_check_digits(body + 'FR')}{body}")


def statement(day: date) -> bytes:
    """What the bank tells of `day`: transfers of those who owe, some without their reference, and our own."""
    school = School.select().order_by(School.id).get()
    lines = [*_incoming(), *_outgoing(), _fee()]
    return _camt(school, day, lines)


def answer(order: PaymentOrder) -> bytes:
    """The bank's answer to a released order: everything paid, but the last transfer to a closed account."""
    sent = list(Transfer.select().where(Transfer.order == order.id).order_by(Transfer.id))
    last = sent[-1]
    # What a statement told as paid, the bank does not refuse afterwards.
    refused = last.end_to_end if len(sent) > 1 and last.state != TransferState.PAID else ""
    told = "".join(_told(one.end_to_end, one.end_to_end == refused) for one in sent)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{PAIN}"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>ANSWER-{order.number}</MsgId><CreDtTm>{_now()}</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{order.number}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId></OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{order.number}</OrgnlPmtInfId>{told}</OrgnlPmtInfAndSts>"
        "</CstmrPmtStsRpt></Document>"
    ).encode()


def released_orders() -> list[PaymentOrder]:
    """Orders the bank has and can answer to, newest first."""
    return list(
        PaymentOrder.select(PaymentOrder.id, PaymentOrder.number)
        .where(PaymentOrder.state == "released")
        .order_by(PaymentOrder.id.desc())
        .limit(20)
    )


def _incoming() -> list[Booked]:
    due = [one for one in fees.who_pays() if one.asked][: SURE + UNSURE]
    lines = [
        Booked(
            f"IN{one.payer_id}",
            one.asked[0][1],
            one.name,
            f"Scolarite {one.reference}",
            account_of(one.payer_id),
        )
        for one in due[:SURE]
    ]
    if len(due) > SURE:
        one = due[SURE]
        wrong = f"{one.reference[:2]}00{one.reference[4:]}"
        lines.append(Booked(f"IN{one.payer_id}", one.asked[0][1], "M OU MME FAMILLE", wrong))
    for one in due[SURE + 1 :]:
        lines.append(Booked(f"IN{one.payer_id}", one.asked[0][1], one.student.upper(), "ecole"))
    return [*lines, Booked("INX", 412_37, "Garage du Pont", "facture 889")]


def _outgoing() -> list[Booked]:
    """Our transfers that are at the bank and not told as paid yet."""
    sent = Transfer.select().where(Transfer.state == TransferState.SENT).order_by(Transfer.id)
    return [
        Booked(
            f"OUT{one.id}",
            -one.amount_cents,
            one.holder,
            one.end_to_end,
            one.iban,
            one.end_to_end,
            "ICDT/ESCT",
        )
        for one in sent.limit(50)
    ]


def _fee() -> Booked:
    return Booked("FEE", -18_40, "", "Frais de tenue de compte", code="CCRD/CHRG")


def _told(number: str, refused: bool) -> str:
    status = "RJCT" if refused else "ACSC"
    reason = "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>" if refused else ""
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{number}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        f"{reason}</TxInfAndSts>"
    )


def _camt(school: School, day: date, lines: Iterable[Booked]) -> bytes:
    lines = list(lines)
    closing = OPENING + sum(line.cents for line in lines)
    entries = "".join(_entry(line, day) for line in lines)
    number = clock.now().strftime("%Y%m%d%H%M%S")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{CAMT}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>DEMO-{number}</MsgId><CreDtTm>{_now()}</CreDtTm></GrpHdr>"
        f"<Stmt><Id>DEMO-{number}</Id><Acct><Id><IBAN>{school.iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{_balance('OPBD', OPENING, day)}{_balance('CLBD', closing, day)}{entries}</Stmt>"
        "</BkToCstmrStmt></Document>"
    ).encode()


def _entry(line: Booked, day: date) -> str:
    side, direction = ("Dbtr", "CRDT") if line.cents > 0 else ("Cdtr", "DBIT")
    family, sub = line.code.split("/")
    amount = _euros(abs(line.cents))
    account = f"<{side}Acct><Id><IBAN>{line.iban}</IBAN></Id></{side}Acct>" if line.iban else ""
    party = (
        f"<{side}><Pty><Nm>{escape(line.name)}</Nm></Pty></{side}>{account}" if line.name else ""
    )
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>"
        f"<AcctSvcrRef>{line.reference}-{day:%Y%m%d}</AcctSvcrRef>"
        f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{sub}</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{line.end_to_end or 'NOTPROVIDED'}</EndToEndId></Refs>"
        f'<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><RltdPties>{party}</RltdPties>'
        f"<RmtInf><Ustrd>{escape(line.text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def _balance(kind: str, cents: int, day: date) -> str:
    sign = "CRDT" if cents >= 0 else "DBIT"
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{_euros(abs(cents))}</Amt>'
        f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def _now() -> str:
    return clock.school_time(clock.now()).strftime("%Y-%m-%dT%H:%M:%S")

"""Builders of payment orders, through the real verbs."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

from portal.kernel import clock
from portal.payouts import service
from portal.payouts.models import PaymentOrder, Transfer
from portal.refunds.models import Refund, RefundShare
from tests.support import make_fees, make_refunds

#: Made up, with right check digits.
IBANS = ["FR7630006000011234567890189", "FR7630001007941234567890185", "DE89370400440532013000"]


def approved(make, *, cents=4_250_00, number=None, iban=IBANS[1], **rest) -> Refund:
    """A refund that two people agreed to, whose payers have an account."""
    refund = make_refunds.refund(make, cents=cents, **rest)
    for share in RefundShare.select().where(RefundShare.refund == refund):
        make_fees.account(share.payer_id, iban=iban, holder="Ada Byron")
    if number:
        Refund.update(number=number).where(Refund.id == refund.id).execute()
    approver = make_refunds.colleague(make, "finance", "Grace Hopper")
    make_refunds.approve(refund, by=approver)
    return Refund.find(refund.id)


def people(make):
    """Who prepares and who releases."""
    return SimpleNamespace(
        first=make_refunds.colleague(make, "finance", "Grace Hopper"),
        second=make_refunds.colleague(make, "finance", "Katherine Johnson"),
    )


def prepared(make, refunds, *, key=None) -> PaymentOrder:
    make.school()
    return service.prepare(
        [refund.id for refund in refunds],
        execution_on=clock.today() + timedelta(days=1),
        key=key or uuid4().hex,
        by=people(make).first.id,
    )


def released(make, refunds) -> PaymentOrder:
    order = prepared(make, refunds)
    service.release(order.id, version=1, key=uuid4().hex, by=people(make).second.id)
    return PaymentOrder.find(order.id)


def transfer_of(refund) -> Transfer:
    return Transfer.select().where(Transfer.refund == refund.id).order_by(Transfer.id.desc()).get()


def answer(order, statuses=None, *, whole="", reason="AC04", version="10") -> bytes:
    """A pain.002 about `order`: `statuses` by EndToEndId, or one status for the whole file."""
    blocks = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{number}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        + (f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if status == "RJCT" else "")
        + "</TxInfAndSts>"
        for number, status in (statuses or {}).items()
    )
    group = f"<GrpSts>{whole}</GrpSts>" if whole else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}">'
        "<CstmrPmtStsRpt><GrpHdr><MsgId>A1</MsgId><CreDtTm>2026-11-23T10:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{order.number}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{group}</OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>B1</OrgnlPmtInfId>{blocks}</OrgnlPmtInfAndSts>"
        "</CstmrPmtStsRpt></Document>"
    ).encode()

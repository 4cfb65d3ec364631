"""Reading a bank's file: what is taken, what is the same twice, and what is refused."""

import io
import socket
import tracemalloc
from datetime import date
from zipfile import ZipFile

import pycamt.parser
import pytest

from portal.bank.reading import MOST_ENTRIES, Unreadable, read, reader, refusals, source
from portal.bank.rules import Doubt, Kind
from tests.conftest import SHARED
from tests.support.make_bank import (
    IBAN,
    OURS,
    amount,
    balance,
    booking,
    case,
    cents,
    detail,
    message,
    samples,
    statement,
)


def taken(text, encoding="utf-8", **more):
    data = text if isinstance(text, bytes) else text.encode(encoding)
    return read(io.BytesIO(data), account_ibans=OURS, **more)


def lines(*parts, **more):
    """The entries of one statement that holds `parts`."""
    return taken(message(statement(*parts, **more))).entries


def refusal(text, encoding="utf-8"):
    with pytest.raises(Unreadable) as refused:
        taken(text, encoding)
    return refused.value


def identities(found):
    return [entry.identity for entry in found]


# What is taken


@pytest.mark.parametrize("name", samples(SHARED))
def test_a_sample_is_taken_or_refused_as_its_sidecar_says(shared, name):
    wanted, path = case(shared, name), shared / f"data/bank/statements/{name}.xml"
    if wanted["outcome"] == "refuse":
        with pytest.raises(Unreadable):
            read(path, account_ibans=OURS)
        return

    found = read(path, account_ibans=OURS)

    bookings = {entry.booking for entry in found.entries}
    unbooked = sum(one.unbooked for one in found.statements)
    doubts = [doubt for one in found.statements for doubt in one.warnings]
    assert len(bookings) + unbooked == wanted["entries_in_file"]
    assert bool(doubts) == (wanted["outcome"] == "import_with_warning")


@pytest.mark.parametrize("name", samples(SHARED))
def test_another_reader_sees_the_same(shared, name):
    if case(shared, name)["outcome"] == "refuse" or "prefixed" in name:
        return  # which it takes, or cannot read
    path = shared / f"data/bank/statements/{name}.xml"

    other = pycamt.parser.Camt053Parser.from_file(path).get_transactions()
    theirs = [one for one in other if one["Status"] == "BOOK"]
    ours = read(path, account_ibans=OURS).entries

    assert [abs(one.cents) for one in ours] == [cents(one["Amount"]) for one in theirs]
    assert [one.booked_on.isoformat() for one in ours] == [one["BookingDate"] for one in theirs]
    assert [one.name for one in ours] == [
        one.get("DebtorName" if entry.cents > 0 else "CreditorName", "")
        for one, entry in zip(theirs, ours, strict=True)
    ]


def test_a_whole_line_is_read():
    more = (
        "<RltdAgts><DbtrAgt><FinInstnId><BICFI>AGRIFRPP</BICFI></FinInstnId></DbtrAgt></RltdAgts>"
        "<RtrInf><OrgnlBkTxCd><Prtry><Cd>OLD</Cd></Prtry></OrgnlBkTxCd><Rsn><Cd>AC04</Cd></Rsn>"
        "<AddtlInf>Compte</AddtlInf><AddtlInf>clos</AddtlInf></RtrInf><AddtlTxInf>x &amp; y</AddtlTxInf>"
    )
    told = (
        "<TxDtls><Refs><AcctSvcrRef>B7</AcctSvcrRef><PmtInfId>PI</PmtInfId><InstrId>IN</InstrId>"
        "<EndToEndId>E2E</EndToEndId><MndtId>MD</MndtId></Refs>"
        "<RltdPties><Dbtr><Pty><Nm>Élise</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>fr76 3000 6000 0112 3456 7890 189</IBAN></Id>"
        "</DbtrAcct><UltmtDbtr><Pty><Nm>Zoé</Nm></Pty></UltmtDbtr><Cdtr><Pty><Nm>School</Nm></Pty></Cdtr>"
        "</RltdPties><RmtInf><Ustrd>REF RF1</Ustrd><Ustrd>8X</Ustrd><Strd><CdtrRefInf><Ref>RF18A</Ref>"
        f"</CdtrRefInf></Strd><Strd><CdtrRefInf><Ref>RF18B</Ref></CdtrRefInf></Strd></RmtInf>{more}</TxDtls>"
    )
    codes = (
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>"
        "<Prtry><Cd>05</Cd></Prtry></BkTxCd><RvslInd>true</RvslInd><AddtlNtryInf>VIR</AddtlNtryInf>"
    )

    (line,) = lines("\n\n", booking(details=[told], more=codes))

    assert (line.name, line.on_behalf_of, line.iban, line.bic) == (
        "Élise",
        "Zoé",
        "FR7630006000011234567890189",
        "AGRIFRPP",
    )
    assert (line.end_to_end, line.instruction, line.payment_information, line.mandate) == (
        "E2E",
        "IN",
        "PI",
        "MD",
    )
    assert (line.remittance, line.references) == ("REF RF1\n8X", ("RF18A", "RF18B"))
    assert (line.bank_code, line.own_bank_code, line.reversal) == ("PMNT/RCDT/ESCT", "05", True)
    assert (line.return_reason, line.return_text) == ("AC04", "Compte clos")
    assert (line.additional, line.line, line.cents) == ("VIR\nx & y", 3, 1_375_00)


@pytest.mark.parametrize(
    ("figure", "read_as"),
    [("1375", 137500), ("1375.0", 137500), ("1375.50000", 137550), (" 0.01\n", 1), (".5", 50)],
)
def test_amounts_are_read_however_long_they_are_written(figure, read_as):
    (line,) = lines(booking(figure))
    assert line.cents == read_as


@pytest.mark.parametrize(
    "figure",
    [
        "",
        "-1375.00",
        "1e3",
        "NaN",
        "INF",
        "1375,00",
        "1 375.00",
        "1375.001",
        ".",
        "0x1F",
        "٣",
        "9" * 19,
    ],
)
def test_what_is_no_amount_in_cents_is_refused(figure):
    problem = refusal(message(statement("\n", booking(figure))))
    assert (problem.message, problem.line) == (refusals.BAD_AMOUNT, 2)


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("<BookgDt><Dt>2026-11-09</Dt></BookgDt>", date(2026, 11, 9)),
        ("<BookgDt><Dt>2026-11-09+01:00</Dt></BookgDt>", date(2026, 11, 9)),
        ("<BookgDt><DtTm>2026-11-09T23:59:59</DtTm></BookgDt>", date(2026, 11, 9)),
        ("<BookgDt><DtTm>2026-11-09T23:30:00Z</DtTm></BookgDt>", date(2026, 11, 10)),
        ("<BookgDt><DtTm>2026-11-09T00:00:00.000+01:00</DtTm></BookgDt>", date(2026, 11, 9)),
        ("<BookgDt><DtTm>2026-07-08T22:00:00Z</DtTm></BookgDt>", date(2026, 7, 9)),
        ("<BookgDt><DtTm>2026-11-08T24:00:00</DtTm></BookgDt>", date(2026, 11, 9)),
        ("<ValDt><Dt>2026-11-09</Dt></ValDt>", date(2026, 11, 9)),
    ],
)
def test_the_booking_day_is_the_school_s_day(told, day):
    (line,) = lines(booking(booked=told))
    assert line.booked_on == day


def test_a_line_without_any_day_is_refused():
    assert refusal(message(statement(booking(booked="")))).message == refusals.NO_DAY
    broken = booking(booked="<BookgDt><Dt>2026-02-30</Dt></BookgDt>")
    assert refusal(message(statement(broken))).message == refusals.BAD_DAY


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le-bom", "iso-8859-1", "windows-1252"]
)
def test_text_survives_every_encoding(encoding):
    declared = {"utf-8-sig": "utf-8", "utf-16-le-bom": "utf-16"}.get(encoding, encoding)
    text = f'<?xml version="1.0" encoding="{declared}"?>\n' + message(
        statement(booking(name="Thérèse Façade"))
    )
    data = b"\xff\xfe" + text.encode("utf-16-le") if "bom" in encoding else text.encode(encoding)

    assert taken(data).entries[0].name == "Thérèse Façade"


@pytest.mark.parametrize(
    "status",
    ["PDNG", "INFO", "FUTR"],
)
def test_what_is_not_booked_is_counted_and_left_out(status):
    told = message(
        statement(
            booking(status=f"<Sts><Cd>{status}</Cd></Sts>"), booking(status=f"<Sts>{status}</Sts>")
        )
    )

    (found,) = taken(told).statements

    assert (found.entries, found.unbooked) == ((), 2)


@pytest.mark.parametrize(
    ("body", "name", "kind"),
    [
        ("BkToCstmrAcctRpt", "Rpt", Kind.REPORT),
        ("BkToCstmrStmt", "Stmt", Kind.STATEMENT),
        ("BkToCstmrDbtCdtNtfctn", "Ntfctn", Kind.NOTIFICATION),
    ],
)
def test_all_three_messages_are_read(body, name, kind):
    for namespace in ("", "urn:iso:std:iso:20022:tech:xsd:camt.05x.001.12"):
        found = taken(message(statement(booking(), name=name), body=body, namespace=namespace))
        assert (found.kind, found.message_id, len(found.entries)) == (kind, "MSG", 1)


def test_parts_of_a_statement_may_come_in_any_order():
    acct = f"<Acct><Id><Othr><Id>{IBAN.lower()}</Id></Othr></Id></Acct>"
    told = statement(
        booking(), balance("CLBD", "1475.00"), balance("OPBD", "100.00"), acct, account=""
    )

    (found,) = taken(message(told)).statements

    assert (found.iban, found.opening_cents, found.closing_cents) == (IBAN, 100_00, 1_475_00)


# Balances


def test_balances_may_be_negative_and_of_many_kinds():
    (found,) = taken(
        message(
            statement(
                balance("PRCD", "500.00", "DBIT"),
                balance("CLAV", "1.00"),
                *[balance("FWAV", f"{n}.00") for n in range(3_000)],
                booking("400.00"),
                balance("ITBD", "77.00"),
                balance("CLBD", "100.00", "DBIT"),
            )
        )
    ).statements

    assert (found.opening_cents, found.closing_cents, found.warnings) == (-500_00, -100_00, ())


def test_balances_of_every_day_give_the_first_and_the_last():
    (found,) = taken(
        message(
            statement(
                balance("CLBD", "300.00", day="2026-11-11"),
                balance("OPBD", "200.00", day="2026-11-11"),
                balance("OPBD", "100.00", day="2026-11-10"),
                balance("CLBD", "200.00", day="2026-11-10"),
                booking("200.00"),
            )
        )
    ).statements

    assert (found.opening_cents, found.closing_cents) == (100_00, 300_00)


def test_a_statement_that_does_not_add_up_is_refused_with_both_figures():
    problem = refusal(
        message(statement(balance("OPBD", "100.00"), booking("1.00"), balance("CLBD", "99.00")))
    )

    assert problem.message == refusals.WRONG_SUM
    assert (problem.facts["counted"], problem.facts["stated"]) == ("101.00", "99.00")


def test_missing_balances_are_told():
    told = taken(message(statement(booking())))
    assert told.statements[0].warnings == (Doubt.NO_OPENING, Doubt.NO_CLOSING)


def page(number, *parts, last=False):
    head = f"<StmtPgntn><PgNb>{number}</PgNb><LastPgInd>{str(last).lower()}</LastPgInd></StmtPgntn>"
    return statement(*parts, head=head)


def test_pages_of_one_statement_become_one():
    told = message(
        page(1, balance("OPBD", "0.00"), booking("1.00"), balance("ITBD", "1.00")),
        page(2, balance("ITBD", "1.00"), booking("1.00"), balance("CLBD", "2.00"), last=True),
    )

    (found,) = taken(told).statements

    assert (found.opening_cents, found.closing_cents) == (0, 2_00)
    assert len(set(identities(found.entries))) == 2


def test_a_page_alone_is_proved_by_its_interim_balances():
    middle = [balance("ITBD", "1.00"), booking("1.00"), balance("ITBD", "2.00")]
    (found,) = taken(message(page(2, *middle))).statements

    assert (found.opening_cents, found.closing_cents, found.warnings) == (1_00, 2_00, ())
    middle[1] = booking("5.00")
    assert refusal(message(page(2, *middle))).message == refusals.WRONG_SUM


# What is the same, and what is two


def test_the_same_line_is_the_same_in_any_file():
    bare = booking(reference="A1")
    noted = booking(
        reference="A1",
        details=[],
        booked="<BookgDt><DtTm>2026-11-09T08:00:00+01:00</DtTm></BookgDt>",
        more="<AddtlNtryInf>VIR SEPA</AddtlNtryInf>",
        status="<Sts>BOOK</Sts>",
    )
    notification = message(statement(noted, name="Ntfctn"), body="BkToCstmrDbtCdtNtfctn")

    assert (
        identities(lines(bare))
        == identities(taken(notification).entries)
        == identities(lines(booking("2.00"), bare, ident="other"))[1:]
    )


def test_without_the_bank_s_number_everything_said_tells_lines_apart():
    one = booking(text="novembre", more="<AddtlNtryInf>a</AddtlNtryInf>")
    again = booking(text="novembre", more="<AddtlNtryInf>b</AddtlNtryInf>")
    other = booking(text="décembre")

    assert identities(lines(one)) == identities(lines(again)) != identities(lines(other))


@pytest.mark.parametrize("reference", ["", "A1", "NOTPROVIDED", "0000"])
def test_two_equal_transfers_of_one_day_are_two(reference):
    both = [booking(reference=reference), booking(reference=reference)]

    found = identities(lines(*both))
    overlapping = identities(lines(booking("2.00"), *both))[1:]

    assert len(set(found)) == 2
    assert found == overlapping
    assert identities(lines(both[0])) == found[:1]


def test_a_repeated_statement_of_one_file_counts_once():
    told = taken(message(statement(booking()), statement(booking())))
    assert len(set(identities(told.entries))) == 1


def test_lines_differ_by_account_day_amount_and_direction():
    other = "FR7630006000011234567890189"
    told = [
        statement(booking(reference="A")),
        statement(booking(reference="B")),
        statement(booking("1.00", reference="A")),
        statement(booking(reference="A", direction="DBIT")),
        statement(booking(reference="A", booked="<BookgDt><Dt>2026-11-10</Dt></BookgDt>")),
        statement(booking(reference="A"), account=f"<IBAN>{other}</IBAN>"),
    ]

    found = read(io.BytesIO(message(*told).encode()), account_ibans=OURS | {other}).entries

    assert len(set(identities(found))) == len(told)


def test_a_batch_that_adds_up_gives_its_transactions():
    details = [
        detail("1000.00", name="A", text="same"),
        detail("1000.00", name="A", text="same"),
        detail("625.00", name="B", direction="DBIT"),
    ]

    found = lines(booking("1375.00", details=details, reference="A9"))

    assert [one.cents for one in found] == [1_000_00, 1_000_00, -625_00]
    assert len(set(identities(found))) == 3
    assert {one.booking for one in found} == {
        one.booking for one in lines(booking("1375.00", details=[], reference="A9"))
    }


def test_a_batch_that_does_not_add_up_stays_one_with_every_text():
    details = [
        detail("1.00", name="A", text="RF18A", end_to_end="ONE"),
        detail(name="B", text="RF18B"),
    ]

    (line,) = lines(booking("1375.00", details=details))

    assert (line.cents, line.name, line.end_to_end) == (1_375_00, "", "")
    assert line.remittance.split() == ["RF18A", "RF18B", "ONE"]


def test_an_amount_sent_in_dollars_is_not_what_came_in():
    told = (
        "<TxDtls><AmtDtls><InstdAmt>" + amount("1500.00", "USD") + "</InstdAmt></AmtDtls></TxDtls>"
    )
    (line,) = lines(booking(details=[told]))
    assert line.cents == 1_375_00


def test_our_own_name_is_not_the_counterparty_of_what_came_back():
    told = (
        f"<TxDtls><RltdPties><Dbtr><Nm>School</Nm></Dbtr><DbtrAcct><Id><IBAN>{IBAN}</IBAN></Id></DbtrAcct>"
        "<Cdtr><Nm>Issa</Nm></Cdtr></RltdPties><RtrInf><Rsn><Prtry>AC04</Prtry></Rsn></RtrInf></TxDtls>"
    )
    (line,) = lines(booking(details=[told]))
    assert (line.name, line.return_reason) == ("Issa", "AC04")


# What is refused


@pytest.mark.parametrize(
    ("told", "message_of"),
    [
        (message(statement(booking(), account="")), refusals.NO_ACCOUNT),
        (message(statement(booking(), account="<IBAN> </IBAN>")), refusals.NO_ACCOUNT),
        (message(statement(account="<IBAN>FR76</IBAN>")), refusals.OTHER_ACCOUNT),
        (message(statement(booking(currency="USD"))), refusals.OTHER_CURRENCY),
        (message(statement(balance("OPBD", "1.00", currency="CHF"))), refusals.OTHER_CURRENCY),
        (message(statement(balance("CLAV", "1.00", currency="CHF"))), refusals.OTHER_CURRENCY),
        (message(statement(booking(direction="BOTH"))), refusals.NO_DIRECTION),
        (message(statement("<Ntry><Sts>BOOK</Sts></Ntry>")), refusals.NO_AMOUNT),
        (message(), refusals.NO_STATEMENT),
        ("<html><body>1375.00</body></html>", refusals.NOT_CAMT),
        ("", refusals.EMPTY),
        (" \n", refusals.EMPTY),
        ("﻿", refusals.NOT_XML),
        ("date;amount\n2026-11-09;1375,00", refusals.NOT_XML),
        ("<!--" + "x" * 100_000 + "-->" + message(statement()), refusals.PROLOG),
    ],
)
def test_what_is_not_wholly_understood_is_refused(told, message_of):
    assert refusal(told).message == message_of


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32", "cp037"])
@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE Document>",
        '<!DOCTYPE Document SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE Document [<!ENTITY file SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE Document [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>',
    ],
)
def test_a_document_type_is_refused_in_every_encoding(doctype, encoding, monkeypatch):
    def refuse(*_facts):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    told = f'<?xml version="1.0" encoding="{encoding}"?>{doctype}' + message(statement(booking()))

    problem = refusal(told, encoding)

    assert problem.message in (refusals.DOCTYPE, refusals.BROKEN, refusals.NOT_XML)
    if encoding in ("utf-8", "utf-16"):
        assert (problem.message, problem.line) == (refusals.DOCTYPE, 1)


def test_every_cut_of_a_file_is_refused():
    whole = message(statement(balance("OPBD", "0.00"), booking(), balance("CLBD", "1375.00")))
    for length in range(len(whole)):
        refusal(whole[:length])


def test_archives_and_noise_are_refused():
    archive = io.BytesIO()
    with ZipFile(archive, "w") as packed:
        packed.writestr("statement.xml", message(statement(booking())))

    assert refusal(archive.getvalue()).message == refusals.ZIPPED
    assert refusal(b"\x1f\x8b" + bytes(100)).message == refusals.ZIPPED
    for noise in (bytes(1000), bytes(range(256)) * 9, b"<" + bytes(range(256)), b"%PDF-1.7"):
        refusal(noise)


def test_an_entity_nobody_declared_is_refused():
    assert refusal(message(statement("&file;"))).message == refusals.BROKEN


def test_text_in_another_encoding_than_declared_is_refused():
    told = message(statement(booking(name="Thérèse")))
    assert refusal(told.encode("latin-1")).message == refusals.BROKEN


@pytest.mark.parametrize("depth", [300, 100_000])
def test_a_deep_file_is_refused(depth):
    refusal(message(statement("<a>" * depth + "</a>" * depth)))


def test_too_many_lines_are_refused(monkeypatch):
    assert MOST_ENTRIES == 200_000
    monkeypatch.setattr(reader, "MOST_ENTRIES", 10)

    many = [booking(text=str(n)) for n in range(11)]
    batch = booking("11.00", details=[detail("1.00") for _ in range(11)])

    assert len(lines(*many[:10])) == 10
    assert refusal(message(statement(*many))).message == refusals.TOO_MANY
    assert refusal(message(statement(batch))).message == refusals.TOO_MANY


def test_one_endless_thing_is_refused(monkeypatch):
    monkeypatch.setattr(source, "MOST_BYTES_OF_ONE", 500_000)

    for junk in ("<a/>" * 200_000, "<Bal><Tp>" + "<x/>" * 200_000 + "</Tp></Bal>"):
        assert refusal(message(statement(junk, booking()))).message == refusals.TOO_LONG


def test_a_file_beyond_all_sizes_is_refused(monkeypatch):
    monkeypatch.setattr(source, "MOST_BYTES", 100_000)
    told = message(statement(*[booking(text=str(n)) for n in range(1_000)]))
    assert refusal(told).message == refusals.TOO_BIG


@pytest.mark.slow
def test_a_huge_statement_is_read_in_little_memory():
    told = message(statement(*[booking("1.00", text=f"line {n}") for n in range(10_000)])).encode()
    heard = []

    found = taken(told, progress=heard.append).entries

    assert len(set(identities(found))) == 10_000
    assert heard == sorted(heard)
    assert heard[-1] == 10_000
    tracemalloc.start()
    taken(told)
    assert tracemalloc.get_traced_memory()[1] < 40_000_000
    tracemalloc.stop()


def test_two_kinds_of_message_in_one_file_are_refused():
    one = message(statement(), namespace="")
    other = message(statement(name="Ntfctn"), body="BkToCstmrDbtCdtNtfctn", namespace="")
    assert refusal(f"<Envelope>{one}{other}</Envelope>").message == refusals.MIXED
    assert len(taken(f"<Envelope>{one}{one}</Envelope>").statements) == 2

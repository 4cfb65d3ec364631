"""What leaves the portal as a file: the same lines as on screen, text that stays text, books that balance."""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from portal import fees, refunds
from portal.audit.models import AuditEvent
from portal.contracts.models import Contract
from portal.fees.models import Invoice, Payment
from portal.kernel import clock
from portal.programme.models import Student
from portal.refunds.models import Refund
from tests.support import make_fees, make_refunds

LISTS = ["dues", "ledger", "refunds"]
NOON = datetime(2026, 12, 1, 11, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_1_december():
    with clock.set_to(NOON):
        yield


@pytest.fixture
def office(client, make):
    return client.sign_in(make.staff("finance", name="Nadia Benali"))


@pytest.fixture
def school(make):
    """Two years of life: plans in the summer, payments in autumn, a refund that was approved yesterday."""
    with clock.set_to(datetime(2026, 8, 20, 8, 0, tzinfo=UTC)):
        late = make_fees.plan(make, make.enrolment(make.person("Late One")))
        funded = make_fees.plan(make, make.enrolment(make.person("Funded Two")))
    with clock.set_to(datetime(2026, 9, 14, 8, 0, tzinfo=UTC)):
        make_fees.pay(make, late, 500_00, on=date(2026, 9, 10))
    with clock.set_to(NOON - timedelta(days=1)):
        make_refunds.case(make, paid=1_500_00, funded=6_000_00, enrolment=funded)
        make_refunds.approve(Refund.get(), by=make.staff("finance", name="Ann Approver"))
    return {"late": late, "funded": funded}


def fetch(browser, address):
    answer = browser.raw.get(f"/staff/finance/{address}")
    assert answer.status_code == 200, answer.text[:500]
    data = answer.data
    answer.close()
    return answer, data


def table(data):
    """The rows of a CSV file as dictionaries."""
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def workbook(data):
    sheet = load_workbook(BytesIO(data)).active
    head, *rows = sheet.iter_rows()
    return [dict(zip((c.value for c in head), row, strict=True)) for row in rows]


def books(data):
    head, *lines = data.decode().split("\r\n")
    assert lines.pop() == ""
    return [dict(zip(head.split("\t"), line.split("\t"), strict=True)) for line in lines]


def cents(text):
    return int(text.replace(",", ""))


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_is_a_file_to_save(office, school, name, kind):
    answer, data = fetch(office, f"{name}.{kind}")
    assert (
        answer.headers["Content-Disposition"] == f'attachment; filename="{name}-2026-12-01.{kind}"'
    )
    assert int(answer.headers["Content-Length"]) == len(data)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    line = AuditEvent.select().order_by(AuditEvent.id.desc()).get()
    assert (line.tag, line.subject) == ("office:exported", f"list:{name}-2026-12-01.{kind}")


def test_dues_as_csv(office, school):
    first, second = table(fetch(office, "dues.csv?state=late")[1])
    assert first == {
        "Student number": "ISI-2026-0001",
        "Student": "One, Late",
        "Cohort": "ISI 2026-2027",
        "Payer": "Late One",
        "Payment reference": fees.student_payer(school["late"].id).reference,
        "Line": "Deposit",
        "Due on": "2026-09-01",
        "Amount": "1500,00",
        "Settled": "500,00",
        "Left to pay": "1000,00",
        "Days late": "91",
    }
    assert second["Due on"] == "2026-11-05"


def test_dues_as_a_workbook(office, school):
    first = workbook(fetch(office, "dues.xlsx?state=late")[1])[0]
    assert first["Left to pay"].value == 1000
    assert first["Left to pay"].number_format == "#,##0.00"
    assert first["Due on"].value.date() == date(2026, 9, 1)
    assert first["Student number"].data_type == "s"
    assert first["Days late"].value == 91


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "query",
    ["", "state=open", "state=soon", "state=open&q=late", "q=nobody", "state=open&cohort=1"],
)
def test_a_file_holds_what_the_screen_finds(office, school, kind, query):
    page = office.page(f"/staff/finance/dues?{query}")
    read = {"csv": table, "xlsx": workbook}[kind]
    assert len(read(fetch(office, f"dues.{kind}?{query}")[1])) == len(page.select("tbody tr"))


def test_the_screen_links_its_files_with_its_filters(office, school):
    page = office.page("/staff/finance/dues?state=open&q=late")
    assert [a["href"] for a in page.select("a[download]")] == [
        "/staff/finance/dues.csv?state=open&q=late",
        "/staff/finance/dues.xlsx?state=open&q=late",
    ]
    inbox = office.page("/staff/refunds?state=to-pay")
    assert inbox.select_one("a[download]")["href"] == "/staff/finance/refunds.csv?state=to-pay"


def test_the_ledger_as_csv_balances_transaction_by_transaction(office, school):
    rows = table(fetch(office, "ledger.csv")[1])
    sums = {}
    for row in rows:
        number = row["Transaction"]
        sums[number] = (
            sums.get(number, 0) + cents(row["Debit"] or "0") - cents(row["Credit"] or "0")
        )
    assert len(sums) == 6
    assert set(sums.values()) == {0}
    assert [row["Account"] for row in rows[:2]] == ["Owed by the student", "Fees charged"]
    assert len(table(fetch(office, "ledger.csv?from=2026-09-01&to=2026-09-30")[1])) == 2


def test_refunds_as_the_inbox_filters_them(office, school):
    (row,) = table(fetch(office, "refunds.csv?state=to-pay")[1])
    assert (row["Student"], row["To refund"], row["State"]) == (
        "Two, Funded",
        "1500,00",
        "Approved",
    )
    assert row["Decided on"] == "2026-11-30"
    assert table(fetch(office, "refunds.csv")[1]) == []
    assert len(table(fetch(office, "refunds.csv?state=all&q=funded")[1])) == 1
    assert office.raw.get("/staff/finance/refunds.csv?state=nowhere").status_code == 404


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        ("least=1500", 1),
        ("least=1500.01", 0),
        ("most=1499.99", 0),
        ("older=1", 1),
        ("older=3", 0),
        ("cohort=1", 1),
    ],
)
def test_refunds_are_saved_with_every_filter_of_the_inbox(office, school, query, lines):
    page = office.page(f"/staff/refunds?state=to-pay&{query}")
    assert len(page.select("table tbody")) == lines
    assert len(table(fetch(office, f"refunds.csv?state=to-pay&{query}")[1])) == lines
    if lines:
        address = page.select_one("a[download]")["href"].removeprefix("/staff/finance/")
        assert query in address
        assert len(table(fetch(office, address)[1])) == lines


def test_a_refund_filter_that_makes_no_sense_is_not_saved(office, school):
    answer = office.raw.get("/staff/finance/refunds.csv?least=NaN")
    assert answer.status_code == 422
    assert "euros" in answer.text


@pytest.mark.parametrize(
    "name", ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(1)", "\u200b=1", "＝1+1", "  =1", "#N/A"]
)
def test_no_name_becomes_a_formula(office, school, name):
    Student.update(family_name=name, given_names="").where(
        Student.id == school["late"].student_id
    ).execute()
    text = table(fetch(office, "dues.csv")[1])[0]["Student"]
    assert text == (name if name == "#N/A" else f"'{name}")
    cell = workbook(fetch(office, "dues.xlsx")[1])[0]["Student"]
    assert (cell.value, cell.data_type) == (name, "s")


def test_a_name_with_separators_stays_in_its_cell(office, school):
    Student.update(family_name='O"ne;\r\n=1', given_names="").where(
        Student.id == school["late"].student_id
    ).execute()
    assert table(fetch(office, "dues.csv")[1])[0]["Student"] == 'O"ne;\n=1'


def test_words_of_a_file_follow_the_reader(new_client, make, school):
    reader = new_client().sign_in(make.staff("finance", locale="fr"))
    (row,) = table(fetch(reader, "refunds.csv?state=all")[1])
    assert "Approuvé" in row.values()


@pytest.mark.parametrize(
    "address",
    [
        "dues.csv?state=x",
        "dues.xlsx?cohort=x",
        "ledger.csv?from=2026-02-31",
        "accounting.txt?from=2026-12-01&to=2026-11-01",
    ],
)
def test_a_file_that_cannot_be_asked_for_is_answered_with_the_screen(office, school, address):
    page = office.page(f"/staff/finance/{address}", expect=422)
    assert page.select_one(".errors a")
    assert page.select_one("form.filters")["action"] == "/staff/finance/" + address.split(".")[0]
    assert not AuditEvent.select().where(AuditEvent.tag == "office:exported").exists()


def test_the_books_hold_eighteen_columns_and_balance(office, school):
    answer, data = fetch(office, "accounting.txt?from=2026-09-01&to=2026-11-30")
    assert answer.headers["Content-Disposition"].endswith('"accounting-2026-09-01-2026-11-30.txt"')
    lines = books(data)
    assert len(lines[0]) == 18
    sums = {}
    for line in lines:
        number = line["EcritureNum"]
        sums[number] = sums.get(number, 0) + cents(line["Debit"]) - cents(line["Credit"])
    assert list(sums) == ["000001", "000002", "000003", "000004"]
    assert set(sums.values()) == {0}


def test_a_line_of_the_books(office, school):
    bank, student = books(fetch(office, "accounting.txt?from=2026-09-01&to=2026-09-30")[1])
    assert bank == {
        "JournalCode": "BQ",
        "JournalLib": "Banque",
        "EcritureNum": "000001",
        "EcritureDate": "20260914",
        "CompteNum": "512000",
        "CompteLib": "Banque",
        "CompAuxNum": "",
        "CompAuxLib": "",
        "PieceRef": f"payment:{Payment.select().order_by(Payment.id).get().id}",
        "PieceDate": "20260910",
        "EcritureLib": "Règlement - One, Late",
        "Debit": "500,00",
        "Credit": "0,00",
        "EcritureLet": "",
        "DateLet": "",
        "ValidDate": "20260914",
        "Montantdevise": "",
        "Idevise": "",
    }
    assert (student["CompteNum"], student["CompAuxNum"]) == ("411100", "ISI-2026-0001")


def test_numbers_run_through_the_fiscal_year_and_stay(office, make, school):
    def numbers(period):
        return {
            (line["PieceRef"], line["EcritureNum"])
            for line in books(fetch(office, f"accounting.txt?{period}")[1])
        }

    whole = numbers("from=2026-09-01&to=2026-11-30")
    assert numbers("from=2026-11-30&to=2026-11-30") < whole
    assert min(number for _, number in numbers("from=2026-11-30&to=2026-11-30")) == "000002"
    make_fees.pay(make, school["late"], 100_00)
    assert numbers("from=2026-09-01&to=2026-11-30") == whole
    # the summer lies in the fiscal year before
    assert {number for _, number in numbers("from=2026-08-01&to=2026-08-31")} == {
        "000001",
        "000002",
    }


def test_a_cause_without_money_takes_no_number(office, make):
    with clock.set_to(datetime(2026, 9, 10, 9, tzinfo=UTC)):
        make.policy(refund_from="accepted")
        case = make_refunds.case(make, paid=1_500_00, funded=9_750_00)
        Contract.update(version=Contract.version + 1, state="accepted").execute()
        refunds.open_for_answer(contract=Contract.get(), changed=False, by=case.registrar.id)
    with clock.set_to(datetime(2026, 10, 10, 9, tzinfo=UTC)):
        make_fees.pay(make, case.enrolment, 100_00)

    def numbers(period):
        return list(
            dict.fromkeys(
                line["EcritureNum"] for line in books(fetch(office, f"accounting.txt?{period}")[1])
            )
        )

    whole = numbers("from=2026-09-01&to=2026-10-31")
    assert whole == [f"{n + 1:06}" for n in range(len(whole))]
    september = numbers("from=2026-09-01&to=2026-09-30")
    assert september + numbers("from=2026-10-01&to=2026-10-31") == whole
    page = office.page("/staff/finance/accounting?from=2026-10-01&to=2026-10-31")
    assert f"numbers {whole[-1]} to {whole[-1]}" in page.text


def test_a_piece_is_the_document_people_hold(office, school):
    lines = [
        line
        for period in ("from=2026-08-01&to=2026-08-31", "from=2026-09-01&to=2026-11-30")
        for line in books(fetch(office, f"accounting.txt?{period}")[1])
    ]
    pieces = {line["EcritureLib"]: line["PieceRef"] for line in lines}
    assert pieces["Frais de scolarité - One, Late"] == "F-2026-0001"
    funded = Contract.get()
    issued = Invoice.select().where(Invoice.source.startswith(f"contract:{funded.id}"))
    assert issued.count() > 1
    assert pieces["Prise en charge contrat - Two, Funded"] == ", ".join(
        one.number for one in issued.order_by(Invoice.id)
    )
    assert pieces["Règlement - One, Late"].startswith("payment:")
    back = {line["PieceRef"] for line in lines if "emboursement" in line["EcritureLib"]}
    assert back == {one.number for one in Refund.select().where(Refund.posted_at.is_null(False))}
    assert back, "one refund was approved"


def test_the_page_says_what_the_file_holds(office, school):
    page = office.page("/staff/finance/accounting")
    assert [page.select_one(i)["value"] for i in ("#from", "#to")] == ["2026-09-01", "2026-11-30"]
    lines = books(
        fetch(office, page.select_one("a[download]")["href"].removeprefix("/staff/finance/"))[1]
    )
    facts = [dd.text for dd in page.select(".figures dd")]
    debit = sum(cents(line["Debit"]) for line in lines)
    assert debit == sum(cents(line["Credit"]) for line in lines)
    euros = f"€{Decimal(debit) / 100:,.2f}"
    assert facts[:5] == ["4", "numbers 000001 to 000004", str(len(lines)), euros, euros]
    assert "Equal to the debit" in page.text


def test_names_cannot_break_the_lines_of_the_books(office, school):
    Student.update(family_name="Tab\tand\nline\u2028end", given_names="").execute()
    lines = books(fetch(office, "accounting.txt?from=2026-09-01&to=2026-11-30")[1])
    assert lines[0]["EcritureLib"] == "Règlement - Tab and line end"


def test_students_and_the_registrar_take_nothing(new_client, make):
    for person in (make.person(), make.staff("registrar"), make.person(role="company")):
        browser = new_client().sign_in(person)
        for name in LISTS:
            browser.page(f"/staff/finance/{name}.csv", expect=403)
        browser.page("/staff/finance/accounting.txt", expect=403)


def test_the_sheet_of_refunds_has_a_name_that_can_be_typed(client, make, school):
    client.sign_in(make.staff("finance", name="Paul Lemaire", locale="fr"))
    book = load_workbook(BytesIO(fetch(client, "refunds.xlsx?state=all")[1]))
    assert book.sheetnames == ["Remboursements"]

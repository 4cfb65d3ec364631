"""What is told at each step of a contract’s life."""

from datetime import date

from portal.contracts.letters.writing import people_of, student_of, tell, to_school, write
from portal.contracts.models import Contract
from portal.kernel.i18n import mark


def checked(contract: Contract) -> None:
    tell(
        contract,
        mark("Contract of %(student)s: ready to be signed"),
        mark(
            "The school has checked the contract of %(student)s: it is in order. Have it signed by everybody "
            "and send the signed version here: %(link)s"
        ),
    )


def accepted(contract: Contract) -> None:
    tell(
        contract,
        mark("Contract of %(student)s accepted"),
        mark("The school has accepted the contract of %(student)s. Read it here: %(link)s"),
    )


def incomplete(contract: Contract, reason: str) -> None:
    tell(
        contract,
        mark("Contract of %(student)s: the OPCO asks for more"),
        mark(
            "The OPCO cannot decide yet on the contract of %(student)s:\n\n%(reason)s\n\n"
            "Send what is missing here: %(link)s"
        ),
        reason=reason,
    )


def refused(contract: Contract, reason: str) -> None:
    """Also told to the school: a silent refusal is seen by nobody otherwise."""
    subject = mark("Contract of %(student)s: the OPCO has refused it")
    body = mark(
        "The OPCO does not fund the contract of %(student)s:\n\n%(reason)s\n\n"
        "The student owes nothing for this. The school tells you what happens next: %(link)s"
    )
    tell(contract, subject, body, reason=reason)
    to_school(contract, subject, body, reason=reason)


def refused_by_silence(contract: Contract) -> None:
    subject = mark("Contract of %(student)s: the OPCO did not answer")
    body = mark(
        "The OPCO has not answered within 20 days about the contract of %(student)s. The law takes that for a "
        "refusal.\n\nThe student owes nothing for this. The school tells you what happens next: %(link)s"
    )
    tell(contract, subject, body)
    to_school(contract, subject, body)


def accepted_by_funder(contract: Contract) -> None:
    tell(
        contract,
        mark("Contract of %(student)s: the OPCO funds it"),
        mark("The OPCO has accepted the contract of %(student)s. Read it here: %(link)s"),
    )


def ended(contract: Contract, day: date, reason: str) -> None:
    tell(
        contract,
        mark("Contract of %(student)s: it has ended"),
        mark(
            "The contract of %(student)s with %(company)s ends on %(day)s:\n\n%(reason)s\n\n"
            "Read more here: %(link)s"
        ),
        day=day,
        reason=reason,
    )


def given_up(contract: Contract, reason: str) -> None:
    tell(
        contract,
        mark("Contract of %(student)s cancelled"),
        mark(
            "The school has closed the contract of %(student)s with %(company)s before it was accepted:\n\n"
            "%(reason)s\n\nRead more here: %(link)s"
        ),
        reason=reason,
    )


def amendment_given_up(contract: Contract, reason: str) -> None:
    tell(
        contract,
        mark("Contract of %(student)s: the amendment is given up"),
        mark(
            "The amendment of the contract of %(student)s with %(company)s is given up:\n\n%(reason)s\n\n"
            "The contract goes on as it was. Read more here: %(link)s"
        ),
        reason=reason,
    )


def cancelled(contract: Contract) -> None:
    """To the company alone: the student did it."""
    write(
        contract,
        people_of(contract),
        mark("Contract of %(student)s cancelled"),
        mark(
            "%(student)s has cancelled the contract declared with %(company)s. "
            "You have nothing more to do."
        ),
        student=student_of(contract).name,
    )

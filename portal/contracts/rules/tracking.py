"""Where a contract stands in words: what is so now, who must act, what comes next, which steps its life has."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from portal.contracts.rules.documents import DocumentKind
from portal.contracts.rules.life import OVER, ContractKind, ContractState
from portal.kernel.i18n import mark

S = ContractState
MOST_MESSAGES_AN_HOUR = 30


@dataclass(frozen=True)
class Standing:
    """`waits`: who must act, empty when nobody; `due`: what must have happened by the contract's next day."""

    now: str
    waits: str
    next: str
    due: str = ""


@dataclass(frozen=True)
class LifeStep:
    """One step of the whole life: its name and the day it was done, if it was."""

    name: str
    done_on: date | None
    current: bool


COMPANY, SCHOOL, OPCO = mark("The company"), mark("The school"), mark("The OPCO")
EITHER, STAFF_NEXT = mark("The company or the student"), mark("The school tells you what happens.")
CHECKS = mark("The school checks the papers.")
BEGINS = mark("The contract begins on its first day.")
STANDINGS = {
    S.DRAFT: Standing(
        mark("The contract is declared, its papers are awaited."),
        EITHER,
        CHECKS,
        mark("First day of the contract"),
    ),
    S.SUBMITTED: Standing(
        mark("The papers have come. The school reads them."),
        SCHOOL,
        mark("The school finds it in order or says what must change."),
        mark("To be with the OPCO"),
    ),
    S.CHANGES_REQUESTED: Standing(
        mark("The school has read it and asks for a new version."),
        EITHER,
        CHECKS,
        mark("First day of the contract"),
    ),
    S.CHECKED: Standing(
        mark("The school has found it in order. It is to be signed by everybody."),
        EITHER,
        mark("The school accepts the signed contract, and the student’s instalments stop."),
        mark("To be with the OPCO"),
    ),
    S.SIGNED: Standing(
        mark("The school has accepted the contract. The student’s instalments have stopped."),
        COMPANY,
        mark("The OPCO gets the file and decides what it funds."),
        mark("To be with the OPCO"),
    ),
    S.TRANSMITTED: Standing(
        mark("The file is with the OPCO."),
        OPCO,
        mark("The OPCO accepts or refuses within 20 days."),
        mark("Answer of the OPCO"),
    ),
    S.INCOMPLETE: Standing(
        mark("The OPCO cannot decide yet: the file is not complete."),
        COMPANY,
        mark("The OPCO gets the complete file and has 20 days from then on."),
    ),
    S.ACCEPTED: Standing(
        mark("The OPCO funds the contract."), "", BEGINS, mark("First day of the contract")
    ),
    S.IMPLICIT_ACCEPTANCE: Standing(
        mark("The OPCO did not answer in time. For this kind of contract that is an acceptance."),
        "",
        BEGINS,
        mark("First day of the contract"),
    ),
    S.REFUSED: Standing(mark("The OPCO does not fund the contract."), SCHOOL, STAFF_NEXT),
    S.IMPLICIT_REFUSAL: Standing(
        mark("The OPCO did not answer in time. For this kind of contract that is a refusal."),
        SCHOOL,
        STAFF_NEXT,
    ),
    S.ACTIVE: Standing(
        mark("The contract runs."),
        "",
        mark("It ends by itself on its last day."),
        mark("Last day of the contract"),
    ),
    S.COMPLETED: Standing(mark("The contract has come to its end."), "", ""),
    S.TERMINATED: Standing(mark("The contract was ended early."), "", ""),
    S.CANCELLED: Standing(mark("The contract was cancelled before it began."), "", ""),
    S.SUPERSEDED: Standing(mark("An amendment has taken this contract’s place."), "", ""),
}
SILENCE = {
    ContractKind.APPRENTICESHIP: mark(
        "The OPCO accepts or refuses within 20 days. If it says nothing, that is a refusal."
    ),
    ContractKind.PROFESSIONALISATION: mark(
        "The OPCO accepts or refuses within 20 days. If it says nothing, that is an acceptance."
    ),
}
#: Who brings a paper of the checklist.
BRINGS = {
    DocumentKind.CERFA: EITHER,
    DocumentKind.TRAINING_AGREEMENT: EITHER,
    DocumentKind.CALENDAR: SCHOOL,
    DocumentKind.OPCO_DECISION: COMPANY,
}
#: The whole life in order, and the states each step is reached by.
LIFE = (
    (mark("Declared"), (S.DRAFT,)),
    (mark("Papers sent"), (S.SUBMITTED,)),
    (mark("Checked by the school"), (S.CHECKED,)),
    (mark("Signed and accepted"), (S.SIGNED,)),
    (mark("With the OPCO"), (S.TRANSMITTED, S.INCOMPLETE)),
    (
        mark("Answer of the OPCO"),
        (S.ACCEPTED, S.IMPLICIT_ACCEPTANCE, S.REFUSED, S.IMPLICIT_REFUSAL),
    ),
    (mark("Contract runs"), (S.ACTIVE,)),
    (mark("Contract over"), tuple(OVER)),
)
#: The step that waits to be done in each state, where it is not the one after the step reached.
WAITS_FOR = {S.CHANGES_REQUESTED: 1, S.INCOMPLETE: 4, S.REFUSED: 5, S.IMPLICIT_REFUSAL: 5}


def standing(state: str, kind: str) -> Standing:
    """The words for a contract of that kind in that state."""
    found = STANDINGS[ContractState(state)]
    if state == S.TRANSMITTED:
        return Standing(found.now, found.waits, SILENCE[ContractKind(kind)], found.due)
    return found


def life(state: str, reached: Mapping[str, date]) -> list[LifeStep]:
    """The steps with the day each was done, from the last day each state was `reached`; later steps are open."""
    at = ContractState(state)
    if at in OVER:
        return [
            LifeStep(name, day, current=False)
            for name, states in LIFE
            if (day := _done(states, reached)) is not None
        ]
    current = WAITS_FOR[at] if at in WAITS_FOR else _index(at) + 1
    return [
        LifeStep(name, _done(states, reached) if place < current else None, place == current)
        for place, (name, states) in enumerate(LIFE)
    ]


def _index(state: ContractState) -> int:
    return next(place for place, (_, states) in enumerate(LIFE) if state in states)


def _done(states: Collection[str], reached: Mapping[str, date]) -> date | None:
    return max((reached[state] for state in states if state in reached), default=None)

"""The life of a contract as one table: who may move it, from where to where, what that needs, what it causes."""

from dataclasses import dataclass
from enum import StrEnum

from portal.contracts.rules.life import ContractKind, ContractState
from portal.kernel.i18n import mark

S = ContractState


class Actor(StrEnum):
    """On whose behalf a contract moves. `LAW`: nobody acted, a legal term ran out or a day came."""

    STUDENT = "student"
    COMPANY = "company"
    SCHOOL = "school"
    LAW = "law"


class Need(StrEnum):
    """What a move asks for besides the right person."""

    FORM = "form"
    NOTHING_BLOCKS = "nothing-blocks"
    MONEY = "money"
    REASON = "reason"
    NOT_BEGUN = "not-begun"
    BEGUN = "begun"
    NOT_OVER = "not-over"
    OVER = "over"
    SILENCE = "silence"
    IN_TIME = "in-time"
    SILENT = "silent"


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One line of the table. `kind`: only for this kind of contract."""

    source: ContractState
    target: ContractState
    actors: frozenset[Actor]
    needs: tuple[Need, ...] = ()
    causes: str
    kind: ContractKind | None = None


def _line(sources: tuple, target: S, actors: tuple, causes: str, *needs: Need, kind=None) -> list:
    return [
        Transition(
            source=source,
            target=target,
            actors=frozenset(actors),
            needs=needs,
            causes=causes,
            kind=kind,
        )
        for source in sources
    ]


_SENDERS = (Actor.STUDENT, Actor.COMPANY, Actor.SCHOOL)
_SCHOOL = (Actor.SCHOOL,)
_LAW = (Actor.LAW,)
_BEFORE_SIGNATURE = (S.DRAFT, S.SUBMITTED, S.CHANGES_REQUESTED, S.CHECKED)
_WITH_FUNDER = (S.SIGNED, S.TRANSMITTED, S.INCOMPLETE)
_REFUSALS = (S.REFUSED, S.IMPLICIT_REFUSAL)
_ACCEPTED = (S.ACCEPTED, S.IMPLICIT_ACCEPTANCE)

LINES: list[Transition] = [
    *_line(
        (S.DRAFT, S.CHANGES_REQUESTED),
        S.SUBMITTED,
        _SENDERS,
        mark("The school checks the file."),
        Need.FORM,
    ),
    *_line(
        (S.SUBMITTED, S.CHECKED),
        S.CHANGES_REQUESTED,
        _SCHOOL,
        mark("Student and company read what must change."),
        Need.REASON,
    ),
    *_line(
        (S.SUBMITTED,),
        S.CHECKED,
        _SCHOOL,
        mark("The file is in order; the signatures may follow."),
        Need.NOTHING_BLOCKS,
    ),
    *_line(
        (S.CHECKED,),
        S.SIGNED,
        _SCHOOL,
        mark("The instalments still due are suspended and a refund is proposed."),
        Need.NOTHING_BLOCKS,
        Need.MONEY,
    ),
    *_line(
        (S.SIGNED, S.INCOMPLETE, *_REFUSALS),
        S.TRANSMITTED,
        _SCHOOL,
        mark("The funder has 20 days to answer."),
    ),
    *_line(
        (S.TRANSMITTED,),
        S.INCOMPLETE,
        _SCHOOL,
        mark("The funder’s 20 days stop until the file is complete."),
        Need.REASON,
    ),
    *_line(
        (S.TRANSMITTED,),
        S.ACCEPTED,
        _SCHOOL,
        mark("The funder pays its part."),
    ),
    *_line(
        (S.TRANSMITTED,),
        S.REFUSED,
        _SCHOOL,
        mark("The funder does not pay. The school asks again, or the contract ends."),
        Need.REASON,
    ),
    *_line(
        (S.IMPLICIT_REFUSAL,),
        S.ACCEPTED,
        _SCHOOL,
        mark("The funder’s letter was in time and is only recorded now."),
        Need.IN_TIME,
        kind=ContractKind.APPRENTICESHIP,
    ),
    *_line(
        (S.IMPLICIT_ACCEPTANCE, S.ACTIVE),
        S.REFUSED,
        _SCHOOL,
        mark("The funder’s letter was in time and is only recorded now."),
        Need.SILENT,
        Need.IN_TIME,
        Need.REASON,
        kind=ContractKind.PROFESSIONALISATION,
    ),
    *_line(
        (S.TRANSMITTED,),
        S.IMPLICIT_REFUSAL,
        _LAW,
        mark("20 days without an answer: refused (Code du travail D6224-2)."),
        Need.SILENCE,
        kind=ContractKind.APPRENTICESHIP,
    ),
    *_line(
        (S.TRANSMITTED,),
        S.IMPLICIT_ACCEPTANCE,
        _LAW,
        mark("20 days without an answer: accepted (Code du travail D6325-2)."),
        Need.SILENCE,
        kind=ContractKind.PROFESSIONALISATION,
    ),
    *_line(_ACCEPTED, S.ACTIVE, _LAW, mark("The contract runs."), Need.BEGUN),
    *_line((S.ACTIVE,), S.COMPLETED, _LAW, mark("The contract came to its end."), Need.OVER),
    *_line(
        (*_WITH_FUNDER, *_REFUSALS, *_ACCEPTED, S.ACTIVE),
        S.TERMINATED,
        _SCHOOL,
        mark("Nothing is taken back; no new tuition for six months."),
        Need.BEGUN,
        Need.NOT_OVER,
        Need.REASON,
    ),
    *_line(
        _BEFORE_SIGNATURE,
        S.CANCELLED,
        (Actor.STUDENT, Actor.SCHOOL),
        mark("Company and student have nothing more to do."),
    ),
    *_line(
        (*_WITH_FUNDER, *_REFUSALS, *_ACCEPTED),
        S.CANCELLED,
        _SCHOOL,
        mark("Its funding and its unpaid refunds fall with it."),
        Need.NOT_BEGUN,
        Need.REASON,
    ),
    *_line(
        (*_WITH_FUNDER, *_REFUSALS, *_ACCEPTED, S.ACTIVE),
        S.SUPERSEDED,
        (Actor.SCHOOL, Actor.LAW),
        mark("The amendment takes its place."),
    ),
]
TABLE = {(line.source, line.target): line for line in LINES}

"""Many students at once, for the register."""

from portal.programme.models import Student


def students(make, *names, **rest):
    """One enrolled student for each "Given Family" of `names`, in that order."""
    return [make.enrolment(make.person(name), **rest) for name in names]


def crowd(make, many: int) -> list[Student]:
    """`many` enrolled students called Crowd 0001 and so on."""
    enrolments = [make.enrolment(make.person(f"Ada Crowd {n:04d}")) for n in range(many)]
    return [enrolment.student for enrolment in enrolments]

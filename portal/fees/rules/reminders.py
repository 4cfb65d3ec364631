from collections.abc import Collection

#: Days after the due date on which a letter goes out; the first one comes before it.
BEFORE = -7
STEPS = (BEFORE, 7, 15, 30)


def step_due(days_late: int, sent: Collection[int]) -> int | None:
    """The letter that is due for a line `days_late` days after its date (negative: before), if any.

    Only the latest step that has come: who was away for a month is not written to three times at once.
    """
    reached = [step for step in STEPS if step <= days_late]
    if not reached or reached[-1] in sent:
        return None
    step = reached[-1]
    if step == BEFORE and days_late >= 0:
        return None
    return step

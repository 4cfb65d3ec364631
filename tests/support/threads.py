"""Several people, the same moment: real threads on a real database."""

from threading import Barrier, Thread

from portal.kernel.db import database
from portal.kernel.errors import Refusal


def at_once(*calls):
    """Run `calls` in threads that start together; what each gave or refused, in no order.

    Any other error is raised here: a thread must not fail unnoticed.
    """
    together, outcomes, broken = Barrier(len(calls), timeout=30), [], []

    def run(call):
        with database.connection_context():
            together.wait()
            try:
                outcomes.append(call())
            except Refusal as refusal:
                outcomes.append(refusal)
            except BaseException as error:
                broken.append(error)

    threads = [Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if broken:
        raise broken[0]
    return outcomes

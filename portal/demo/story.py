"""What happened so far, told in the order in which it happened and with the verbs people use."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from portal import audit
from portal.kernel import clock

HERE = "127.0.0.1"
BETWEEN = timedelta(minutes=3)


class Story:
    """Acts are collected room by room and played by date, so that numbers and the trail rise with time."""

    def __init__(self) -> None:
        self._acts: list[tuple[datetime, int, str, Callable[[], object]]] = []

    def on(self, day: date, by: str, act: Callable[[], object], *, hour: int = 10) -> None:
        """Let `act`, done by the person named `by`, happen on the last working day up to `day`, a past one."""
        day -= timedelta(days=max(0, day.weekday() - 4))
        if day >= clock.today():
            raise ValueError(f"{day} has not passed yet")
        begins = clock.midnight(day) + timedelta(hours=hour)
        self._acts.append((begins, len(self._acts), by, act))

    def play(self) -> None:
        """Do it all, some minutes between one act and the next; every act believes that it is its own day."""
        last = datetime.min.replace(tzinfo=UTC)
        for begins, _, by, act in sorted(self._acts, key=lambda one: one[:2]):
            last = max(begins, last + BETWEEN)
            audit.came_from(address=HERE, name=by)
            with clock.set_to(last):
                act()
        audit.came_from(address="", name="")


def ago(days: int) -> date:
    return clock.today() - timedelta(days=days)


def key(label: str) -> str:
    """The key of a click: the same in every run."""
    return uuid5(NAMESPACE_URL, f"demo:{label}").hex

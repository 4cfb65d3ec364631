"""What happened so far, told in the order in which it happened and with the verbs people use."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import NAMESPACE_URL, uuid5

from portal import audit
from portal.kernel import clock

HERE = "127.0.0.1"


class Story:
    """Acts are collected room by room and played by date, so that numbers and the trail rise with time."""

    def __init__(self) -> None:
        self._acts: list[tuple[date, float, int, str, Callable[[], object]]] = []

    def on(self, day: date, by: str, act: Callable[[], object], *, hour: float = 10.0) -> None:
        """Let `act`, done by the person named `by`, happen on the last working day up to `day`, a past one."""
        day -= timedelta(days=max(0, day.weekday() - 4))
        if day >= clock.today():
            raise ValueError(f"{day} has not passed yet")
        self._acts.append((day, hour, len(self._acts), by, act))

    def play(self) -> None:
        """Do it all; every act believes that it is its own day."""
        for day, hour, number, by, act in sorted(self._acts, key=lambda one: one[:3]):
            audit.came_from(address=HERE, name=by)
            # Two acts of one hour are some minutes apart, as between people.
            minutes = timedelta(hours=hour, minutes=number * 7 % 50)
            with clock.set_to(clock.midnight(day) + minutes):
                act()
        audit.came_from(address="", name="")


def ago(days: int) -> date:
    return clock.today() - timedelta(days=days)


def key(label: str) -> str:
    """The key of a click: the same in every run."""
    return uuid5(NAMESPACE_URL, f"demo:{label}").hex

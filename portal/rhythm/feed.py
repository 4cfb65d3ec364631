"""A contract's days as calendar programs read them: iCalendar (RFC 5545), one all-day event for each day."""

from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar as Feed
from icalendar import Event, vText

from portal.kernel.clock import SCHOOL_ZONE
from portal.kernel.i18n import mark, translate
from portal.rhythm.rules import PLACE_LABELS, Calendar, Day, DayKind, Place

#: How often programs may look for changes; most look less often.
LOOK_AGAIN = timedelta(hours=12)
TITLES = {
    DayKind.SCHOOL: mark("%(name)s: at school"),
    DayKind.COMPANY: mark("%(name)s: in the company"),
}


def feed(
    calendar: Calendar, *, name: str, school: str, identity: str, since: datetime, language: str
) -> bytes:
    """The days as bytes; the same days give the same bytes, so that a reader can be told “nothing is new”.

    `identity` says whose days these are, for ever: the number of a day's event follows from it and the day alone,
    so a day that moves from the company to the school changes its event instead of doubling it. `since` stands
    as the time of writing, for the same reason.
    """
    whole = Feed()
    whole.add("prodid", "-//Student portal//Work-study calendar//EN")
    whole.add("version", "2.0")
    whole.add("calscale", "GREGORIAN")
    whole.add("method", "PUBLISH")
    title = translate(mark("%(name)s, work-study"), language, name=name)
    whole.add("name", vText(title))
    whole.add("x-wr-calname", vText(title))
    whole.add("x-wr-timezone", SCHOOL_ZONE.key)
    whole.add("refresh-interval", LOOK_AGAIN, parameters={"VALUE": "DURATION"})
    whole.add("x-published-ttl", "PT12H")
    for day in calendar.working_days:
        whole.add_component(
            _event(day, name=name, school=school, identity=identity, since=since, language=language)
        )
    return whole.to_ical()


def _event(
    day: Day, *, name: str, school: str, identity: str, since: datetime, language: str
) -> Event:
    event = Event()
    event.add("uid", str(uuid5(NAMESPACE_URL, f"{identity}/{day.date.isoformat()}")))
    event.add("dtstamp", since)
    event.add("dtstart", day.date)
    event.add("dtend", day.date + timedelta(days=1))
    event.add("summary", translate(TITLES[day.kind], language, name=name))
    event.add("categories", [translate(PLACE_LABELS[Place(day.kind.value)], language)])
    if day.kind == DayKind.SCHOOL:
        event.add("location", school)
    if day.note:
        event.add("description", day.note)
    # Nobody is busy because a colleague is at school.
    event.add("transp", "TRANSPARENT")
    return event

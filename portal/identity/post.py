"""What identity has to tell people. It sits below the post office, so it announces letters and others deliver."""

from portal.identity.models import Person
from portal.identity.rules import Purpose
from portal.kernel.events import Event
from portal.kernel.i18n import mark

#: Told with person, subject, body (marked sentences) and `path`, the page of ours the letter leads to.
letters = Event("a letter about an account")


def send_link(person: Person, purpose: Purpose, token: str) -> None:
    if purpose is Purpose.INVITATION:
        letters.tell(
            person=person,
            subject=mark("Your access to the portal"),
            body=mark(
                "Hello %(name)s,\n\nan account has been opened for you. Choose your password here, within "
                "seven days:\n\n%(link)s\n\nThe link works once."
            ),
            path=f"/invitation/{token}",
            name=person.name,
        )
        return
    letters.tell(
        person=person,
        subject=mark("A new password"),
        body=mark(
            "Hello %(name)s,\n\nsomebody, most likely you, asked for a new password. Choose it here, within "
            "one hour:\n\n%(link)s\n\nIf it was not you, do nothing: your password stays as it is."
        ),
        path=f"/reset/{token}",
        name=person.name,
    )


def password_changed(person: Person) -> None:
    letters.tell(
        person=person,
        subject=mark("Your password was changed"),
        body=mark(
            "Hello %(name)s,\n\nyour password was changed just now, and other browsers were signed out. "
            "If it was not you, ask for a new one at once:\n\n%(link)s"
        ),
        path="/forgotten-password",
        name=person.name,
    )

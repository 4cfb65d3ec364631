"""A school that lives, for whoever tries the portal: invented people, real rules, dates around today."""

from portal.demo import catalogue, lessons, money, papers, rhythm, work
from portal.demo.calendar import Year
from portal.demo.people import Cast, enrolled_before
from portal.demo.story import Story
from portal.identity import Person
from portal.identity.views.door import DEMO_ACCOUNTS, DEMO_PASSWORD
from portal.infra.files import Storage
from portal.kernel import clock
from portal.kernel.db import transaction

__all__ = ["is_empty", "seed", "who_can_sign_in"]


def is_empty() -> bool:
    """Nobody is in the portal yet."""
    return not Person.select().exists()


def seed(*, storage: Storage) -> None:
    """Fill an empty database, all or nothing; one that holds anybody stays as it is."""
    year = Year.around(clock.today())
    with transaction():
        if not is_empty():
            return
        with clock.set_to(clock.midnight(enrolled_before(year))):
            cohort = catalogue.write(year)
            cast = Cast(cohort, year)
            rhythm.write(cohort, year, cast.team["registrar"])
        lessons.write(cohort, year)
        story = Story()
        money.tell(story, cast, year, by_contract=work.paid_before())
        work.tell(story, cast, storage)
        papers.tell(story, cast, storage)
        story.play()


def who_can_sign_in() -> str:
    """Lines for the terminal."""
    accounts = "\n".join(f"  {name}@demo.example" for name in DEMO_ACCOUNTS)
    return f"Sign in with the password {DEMO_PASSWORD} as\n{accounts}"

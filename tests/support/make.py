"""Small builders: every argument has a default, tests name only what matters to them."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from portal.contracts.models import Company, CompanyContact, Contract
from portal.fees.models import FeeSchedule, MoneyPolicy
from portal.identity.models import Person, StaffPermission
from portal.programme.models import (
    Cohort,
    Course,
    Enrolment,
    GroupMembership,
    LanguageGroup,
    Programme,
    School,
    Student,
)
from portal.timetable.models import Lesson

SIRETS = ["73282932000074", "44306184100047", "55210055400013", "35600000000048"]


@dataclass
class Make:
    counts: dict[str, int] = field(default_factory=dict)

    def number(self, what: str) -> int:
        self.counts[what] = self.counts.get(what, 0) + 1
        return self.counts[what]

    def person(self, name="Ada Byron", role="student", locale="en", **rest) -> Person:
        email = rest.pop("email", f"person{self.number('person')}@example.org")
        return Person.create(name=name, email=email, role=role, locale=locale, **rest)

    def staff(self, *permissions, name="Grace Hopper", **rest) -> Person:
        person = self.person(name, "staff", **rest)
        for permission in permissions or ("finance",):
            StaffPermission.create(person=person, permission=permission)
        return person

    def school(self) -> School:
        school, _ = School.get_or_create(
            short_name="ILERI",
            defaults={
                "name": "Institut Libre d’Étude des Relations Internationales",
                "address": "20 bis jardins Boieldieu, 92800 Puteaux",
                "city": "Paris La Défense",
                "siret": "99999000500012",
                "uai": "0929876K",
                "activity_number": "11 92 00000 92",
                "signatory_name": "Hélène Marchand",
                "signatory_title_fr": "Directrice des études",
                "signatory_title_en": "Director of studies",
                "account_holder": "ILERI",
                "iban": "FR7630006000011234567890189",
                "bic": "AGRIFRPP",
            },
        )
        return school

    def cohort(self, **rest) -> Cohort:
        programme, _ = Programme.get_or_create(
            code="ISI",
            defaults={
                "school": self.school(),
                "title_fr": "Master 2 Intelligence stratégique internationale",
                "title_en": "Master 2 International Strategic Intelligence",
                "rncp": "RNCP39867",
            },
        )
        facts = {
            "name": "ISI 2026-2027",
            "year": "2026-2027",
            "starts_on": date(2026, 10, 1),
            "ends_on": date(2027, 9, 30),
        } | rest
        cohort, _ = Cohort.get_or_create(
            name=facts.pop("name"), defaults={"programme": programme, **facts}
        )
        return cohort

    def enrolment(self, person: Person | None = None, cohort: Cohort | None = None) -> Enrolment:
        """A student with a file, enrolled; `person` must be a student."""
        person = person or self.person()
        given, _, family = person.name.partition(" ")
        student, _ = Student.get_or_create(
            person=person,
            defaults={
                "number": f"ISI-2026-{self.number('student'):04d}",
                "given_names": given,
                "family_name": family,
                "born_on": date(2003, 5, 17),
                "born_in": "Lyon",
            },
        )
        enrolment, _ = Enrolment.get_or_create(student=student, cohort=cohort or self.cohort())
        return enrolment

    def group(self, *enrolments: Enrolment, name="German") -> LanguageGroup:
        group, _ = LanguageGroup.get_or_create(
            cohort=self.cohort(), name_en=name, defaults={"name_fr": f"{name} (fr)"}
        )
        for enrolment in enrolments:
            GroupMembership.get_or_create(enrolment=enrolment, group=group)
        return group

    def course(self, title="Economic security") -> Course:
        course, _ = Course.get_or_create(
            programme=self.cohort().programme,
            code=title.upper().replace(" ", "-"),
            defaults={"title_en": title, "title_fr": f"{title} (fr)", "block": "specialty"},
        )
        return course

    def lesson(
        self, title="Economic security", at=datetime(2026, 10, 1, 7, 0, tzinfo=UTC), **rest
    ) -> Lesson:
        return Lesson.create(
            **{
                "cohort": self.cohort(),
                "course": self.course(title),
                "room": "B204",
                "starts_at": at,
                "ends_at": at + timedelta(hours=3, minutes=30),
            }
            | rest
        )

    def schedule(self, cohort: Cohort | None = None, **rest) -> FeeSchedule:
        """The school's real price; 9 750 € with 1 500 € deposit and six instalments."""
        facts = {
            "tuition_cents": 9_750_00,
            "deposit_cents": 1_500_00,
            "deposit_due_on": date(2026, 9, 1),
            "instalments": 6,
            "first_due_on": date(2026, 11, 5),
            "day_of_month": 5,
        } | rest
        schedule, _ = FeeSchedule.get_or_create(
            cohort=cohort or self.cohort(), version=1, defaults=facts
        )
        return schedule

    def policy(self, **rest) -> MoneyPolicy:
        policy, _ = MoneyPolicy.get_or_create(
            version=1, defaults={"valid_from": date(2026, 1, 1), **rest}
        )
        return policy

    def company(self, name="Orsay Risk Advisory", contact: Person | None = None) -> Company:
        siret = SIRETS[(self.number("company") - 1) % len(SIRETS)]
        company, _ = Company.get_or_create(name=name, defaults={"siret": siret})
        if contact:
            CompanyContact.get_or_create(company=company, person=contact)
        return company

    def contract(self, enrolment: Enrolment | None = None, **rest) -> Contract:
        return Contract.create(
            **{
                "enrolment": enrolment or self.enrolment(),
                "company": rest.pop("company", None) or self.company(),
                "contact": rest.pop("contact", None) or self.person("Jean Delcourt", "company"),
                "kind": "apprenticeship",
                "job_title": "Analyst",
                "tutor_name": "Jeanne Morel",
                "starts_on": date(2026, 11, 2),
                "ends_on": date(2027, 9, 30),
            }
            | rest
        )

"""Forty invented students, the school's team, and who of them can sign in."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import cycle

from portal.demo.calendar import Year
from portal.demo.catalogue import EASTERN, EUROPEAN
from portal.identity import Person, StaffPermission
from portal.identity.passwords import hashed
from portal.identity.views.door import DEMO_PASSWORD
from portal.kernel import clock
from portal.programme import Cohort, Enrolment, GroupMembership, LanguageGroup, Student

#: Given names, family name, town of birth, the language they chose. Their papers must print every one of them.
STUDENTS = [
    ("Camille", "Moreau", "Lyon", "fr"),
    ("Margaux", "Delaunay", "Rennes", "fr"),
    ("Salma", "Benkirane", "Casablanca", "fr"),
    ("Thị Ánh", "Nguyễn-Żółkiewska", "Hà Nội", "en"),
    ("Anne-Éléonore", "de La Rochefoucauld-Montbéliard d’Œuvrecourt", "L’Haÿ-les-Roses", "fr"),
    ("Aminata", "Traoré", "Bamako", "fr"),
    ("Ronan", "Quémener", "Quimper", "fr"),
    ("Jeanne", "Vasseur", "Lille", "fr"),
    ("Ελένη", "Παπαδοπούλου", "Θεσσαλονίκη", "en"),
    ("Юлия", "Мельникова", "Рига", "en"),
    ("雨桐", "陈", "成都", "en"),
    ("ليلى", "بن يوسف", "تونس", "fr"),
    ("Łukasz", "Dąbrowski", "Kraków", "en"),
    ("João Pedro", "da Conceição", "Coimbra", "fr"),
    ("Þórdís", "Ævarsdóttir", "Akureyri", "en"),
    ("Noah", "O’Sullivan", "Cork", "en"),
    ("Ιωάννης", "Καραγιάννης", "Πάτρα", "en"),
    ("Zeynep", "Yıldız", "İzmir", "en"),
    ("Oluwaseun", "Adébáyọ̀", "Abẹ́òkúta", "en"),
    ("Matthias", "Großmann", "Köln", "en"),
    ("지우", "박", "부산", "en"),
    ("さくら", "田中", "京都", "en"),
    ("Inès", "Lefebvre", "Nantes", "fr"),
    ("Théo", "Garnier", "Dijon", "fr"),
    ("Chloé", "Besançon", "Metz", "fr"),
    ("Maël", "Le Goff", "Brest", "fr"),
    ("Louise", "Fontaine", "Angers", "fr"),
    ("Adrien", "N’Diaye", "Dakar", "fr"),
    ("Sofía", "Muñoz Ibáñez", "Sevilla", "en"),
    ("Giulia", "D’Amico", "Bari", "en"),
    ("Bence", "Szőllősi", "Szeged", "en"),
    ("Anaïs", "Kouassi", "Abidjan", "fr"),
    ("Priya", "Ramanathan", "சென்னை", "en"),
    ("אביגיל", "לוין", "חיפה", "en"),
    ("Yasmine", "Haddad", "Marseille", "fr"),
    ("Hugo", "Lambert", "Tours", "fr"),
    ("Emilija", "Vaičiūnaitė", "Kaunas", "en"),
    ("Nils", "Åkesson", "Malmö", "en"),
    ("Jean-Baptiste", "Sainte-Rose", "Fort-de-France", "fr"),
    ("Manon", "Colin", "Reims", "fr"),
]
TEAM = {
    "registrar": ("Nadia Berthelot", ["registrar"]),
    "finance": ("Paul Lemaire", ["finance"]),
    "director": ("Hélène Marchand", ["director", "administrator"]),
}
COMPANY_CONTACT = ("Jean Delcourt", "company@demo.example")
SIGNS_IN = "Camille Moreau"


class Cast:
    """Everybody of the demo, by name or by hat."""

    def __init__(self, cohort: Cohort, year: Year):
        self.password_hash = hashed(DEMO_PASSWORD)
        self.team = {hat: self._staff(hat, *facts) for hat, facts in TEAM.items()}
        name, email = COMPANY_CONTACT
        self.contact = self._person(name, email, "company", "fr", signs_in=True)
        self.enrolments = self._enrol(cohort, year)

    def of(self, family_name: str) -> Enrolment:
        """The enrolment of the student of that family name."""
        return self.enrolments[family_name]

    def _enrol(self, cohort: Cohort, year: Year) -> dict[str, Enrolment]:
        languages = cycle((w, e) for w in EUROPEAN for e in EASTERN)
        groups = {
            group.name_en: group
            for group in LanguageGroup.select().where(LanguageGroup.cohort == cohort)
        }
        enrolled = {}
        for number, (given, family, town, locale) in enumerate(STUDENTS, start=1):
            person = self._student(number, given, family, locale)
            file = Student.create(
                person=person,
                number=f"ISI-{year.starts_on.year}-{number:04d}",
                given_names=given,
                family_name=family,
                born_on=_birthday(year, number),
                born_in=town,
            )
            enrolment = Enrolment.create(student=file, cohort=cohort)
            enrolled[family] = enrolment
            _join(enrolment, [groups[english] for _, english in next(languages)])
        return enrolled

    def _student(self, number: int, given: str, family: str, locale: str) -> Person:
        name = f"{given} {family}"
        signs_in = name == SIGNS_IN
        email = "student@demo.example" if signs_in else f"student{number:02d}@demo.example"
        return self._person(name, email, "student", locale, signs_in=signs_in)

    def _staff(self, hat: str, name: str, permissions: Sequence[str]) -> Person:
        person = self._person(name, f"{hat}@demo.example", "staff", "fr", signs_in=True)
        for permission in permissions:
            StaffPermission.create(person=person, permission=permission)
        return person

    def _person(self, name: str, email: str, role: str, locale: str, *, signs_in: bool) -> Person:
        return Person.create(
            name=name,
            email=email,
            role=role,
            locale=locale,
            password_hash=self.password_hash if signs_in else "",
        )


def _join(enrolment: Enrolment, groups: Sequence[object]) -> None:
    rows = [{"enrolment": enrolment, "group": group} for group in groups]
    GroupMembership.insert_many(rows).execute()


def _birthday(year: Year, number: int) -> date:
    """Twenty-one to twenty-five years before the course begins."""
    return year.starts_on - timedelta(days=21 * 365 + number * 37)


def enrolled_before(year: Year) -> date:
    """When everybody's file was opened."""
    return min(year.deposit_due_on, clock.today()) - timedelta(days=40)

"""What the landing pages and the register of students show, read from many rooms."""

from portal.home.queries.desk import CASHIERS, Desk, desk_of, late_count
from portal.home.queries.file import StudentFile, file_of
from portal.home.queries.health import database_answers
from portal.home.queries.register import Filters, StudentPage, students
from portal.home.queries.today import Today, today_of

__all__ = [
    "CASHIERS",
    "Desk",
    "Filters",
    "StudentFile",
    "StudentPage",
    "Today",
    "database_answers",
    "desk_of",
    "file_of",
    "late_count",
    "students",
    "today_of",
]

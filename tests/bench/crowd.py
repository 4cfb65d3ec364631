"""A school of any size around the demo's people, written by the database itself: its history counts, not its story.

Every newcomer has a file, an enrolment, a plan with its lines, two payments and their ledger; each cohort of
forty has a year of lessons; one in five has a contract the school accepted and a refund long paid.
"""

from portal.identity import Person
from portal.kernel.db import database, transaction
from portal.programme import Cohort, Enrolment, Student
from portal.refunds.models import Refund

COHORT = 40
#: Numbers of ours begin here, far above those of the demo, so that a row's parents follow from its number.
BASE = 1_000_000
NEWCOMERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) "
COHORTS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :cohorts - 1) "

STATEMENTS = [
    """WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :cohorts - 1)
    INSERT INTO cohort (id, programme_id, name, year, starts_on, ends_on)
    SELECT :base + i, c.programme_id, 'Bench ' || i, c.year, c.starts_on, c.ends_on
    FROM n, cohort c WHERE c.id = :cohort""",
    """INSERT INTO lesson (cohort_id, course_id, group_id, title_fr, title_en, kind, status, starts_at, ends_at,
        room, remote_url, lecturer, was_room, was_starts_at, places)
    SELECT c.id, l.course_id, NULL, l.title_fr, l.title_en, l.kind, l.status, l.starts_at, l.ends_at,
        l.room, l.remote_url, l.lecturer, l.was_room, l.was_starts_at, l.places
    FROM cohort c, lesson l WHERE c.id >= :base AND l.cohort_id = :cohort""",
    """INSERT INTO fee_schedule (id, cohort_id, version, tuition_cents, deposit_cents, deposit_due_on, instalments,
        first_due_on, day_of_month, discount_basis_points)
    SELECT c.id, c.id, 1, f.tuition_cents, f.deposit_cents, f.deposit_due_on, f.instalments, f.first_due_on,
        f.day_of_month, f.discount_basis_points
    FROM cohort c, fee_schedule f WHERE c.id >= :base AND f.cohort_id = :cohort""",
    """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
    INSERT INTO person (id, name, email, password_hash, role, locale, theme, shortcuts, active, created_at, folded)
    SELECT :base + i, 'Student ' || i, 'bench' || i || '@example.org', '', 'student', 'en', '', 1, 1, p.created_at, 'student ' || i
    FROM n, person p WHERE p.id = :student""",
    """INSERT INTO student (id, person_id, number, given_names, family_name, born_in, folded)
    SELECT id, id, 'BENCH-' || id, 'Student', 'Number ' || id, 'Lyon', 'number ' || id || ' student bench-' || id
    FROM person WHERE id >= :base""",
    """INSERT INTO enrolment (id, student_id, cohort_id, scheme, enrolled_at)
    SELECT id, id, :base + (id - :base) % :cohorts, 'initial', created_at FROM person WHERE id >= :base""",
    """INSERT INTO payer (id, enrolment_id, kind, name, email, reference)
    SELECT id, id, 'student', name, email, 'RF00BENCH' || id FROM person WHERE id >= :base""",
    """INSERT INTO payment_plan (id, enrolment_id, schedule_id, kind, price_cents, chosen_at)
    SELECT id, id, cohort_id, 'instalments', 975000, enrolled_at FROM enrolment WHERE id >= :base""",
    """INSERT INTO instalment (plan_id, position, kind, due_on, amount_cents)
    SELECT p.id, i.position, i.kind, i.due_on, i.amount_cents
    FROM payment_plan p, instalment i JOIN payment_plan mine ON mine.id = i.plan_id
    WHERE p.id >= :base AND mine.enrolment_id = :enrolment""",
    """INSERT INTO payment (id, enrolment_id, payer_id, amount_cents, received_on, means, note, recorded_by_id,
        recorded_at, key, reversal_reason)
    SELECT e.id, e.id, e.id, 150000, f.deposit_due_on, 'transfer', '', :finance, e.enrolled_at, 'bench ' || e.id, ''
    FROM enrolment e JOIN fee_schedule f ON f.cohort_id = e.cohort_id WHERE e.id >= :base""",
    """INSERT INTO ledger_transaction (id, enrolment_id, source, posted_at, number)
    SELECT 2 * id, id, 'plan:' || id, chosen_at, 1 FROM payment_plan WHERE id >= :base
    UNION ALL SELECT 2 * id + 1, id, 'payment:' || id, chosen_at, 2 FROM payment_plan WHERE id >= :base""",
    """INSERT INTO ledger_entry (transaction_id, enrolment_id, payer_id, account, amount_cents)
    SELECT 2 * id, id, NULL, 'receivable', 975000 FROM payment_plan WHERE id >= :base
    UNION ALL SELECT 2 * id, id, NULL, 'tuition', -975000 FROM payment_plan WHERE id >= :base
    UNION ALL SELECT 2 * id + 1, id, id, 'bank', 150000 FROM payment_plan WHERE id >= :base
    UNION ALL SELECT 2 * id + 1, id, id, 'receivable', -150000 FROM payment_plan WHERE id >= :base""",
    """INSERT INTO contract (id, enrolment_id, company_id, contact_id, kind, job_title, tutor_name, starts_on, ends_on,
        funded_cents, state, declared_at, submitted_at, decided_at, decided_by_id, decision_key, version)
    SELECT e.id, e.id, c.company_id, c.contact_id, c.kind, c.job_title, c.tutor_name, c.starts_on, c.ends_on,
        975000, 'signed', c.declared_at, c.submitted_at, c.submitted_at, :registrar, 'bench', 3
    FROM enrolment e, contract c WHERE e.id >= :base AND e.id % 5 = 0 AND c.enrolment_id = :enrolment""",
    """INSERT INTO refund (id, number, enrolment_id, contract_id, source, amount_cents, calculation, policy_version,
        approvals_needed, state, proposed_by_id, proposed_at, decided_by_id, decided_at, paid_by_id, paid_at,
        reason, payment_note, version)
    SELECT c.id, 'R-OLD-' || c.id, c.enrolment_id, c.id, 'bench:' || c.id, 150000, r.calculation, 1, 1, 'paid',
        :registrar, r.proposed_at, :finance, r.proposed_at, :finance, r.proposed_at, '', '', 4
    FROM contract c, refund r WHERE c.id >= :base AND r.number = :refund""",
    """INSERT INTO refund_share (refund_id, payer_id, amount_cents)
    SELECT id, enrolment_id, amount_cents FROM refund WHERE id >= :base""",
    """INSERT INTO audit_event (at, actor_id, actor_name, tag, subject, detail, address)
    SELECT posted_at, :finance, 'Finance', 'payment:recorded', source, '', '' FROM ledger_transaction
    WHERE id >= 2 * :base""",
]
WAITING = """INSERT INTO refund (number, enrolment_id, contract_id, source, amount_cents, calculation, policy_version,
        approvals_needed, state, proposed_by_id, proposed_at, reason, payment_note, version)
    SELECT 'R-NEW-' || :n, r.enrolment_id, r.contract_id, 'bench:new:' || :n, r.amount_cents, r.calculation, 1, 1,
        'proposed', r.proposed_by_id, r.proposed_at, '', '', 1
    FROM refund r WHERE r.number = :refund"""


def grow(students: int, *, waiting: int) -> None:
    """Add people until there are `students`, and refunds until `waiting` are to approve, to the demo's SQLite."""
    facts = _facts()
    count = students - Student.select().count()
    facts |= {"count": count, "cohorts": -(-count // COHORT), "base": BASE}
    with transaction():
        for statement in STATEMENTS:
            database.execute_sql(statement, facts)
        there = Refund.select().where(Refund.state == "proposed").count()
        for n in range(waiting - there):
            database.execute_sql(WAITING, facts | {"n": n})
    database.execute_sql("ANALYZE")


def _facts() -> dict[str, object]:
    """The people of the demo whose rows are the pattern."""
    student = Person.get(Person.email == "student@demo.example")
    enrolment = Enrolment.select().join(Student).where(Student.person == student).get()
    return {
        "student": student.id,
        "enrolment": enrolment.id,
        "cohort": Cohort.get().id,
        "registrar": Person.get(Person.email == "registrar@demo.example").id,
        "finance": Person.get(Person.email == "finance@demo.example").id,
        "refund": Refund.select().order_by(Refund.id.desc()).get().number,
    }

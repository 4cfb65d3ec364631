import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from peewee import DatabaseError
from playhouse.test_utils import assert_query_count

import portal
from portal import audit
from portal.audit.models import AuditEvent
from portal.audit.rules import LABELS
from portal.kernel.db import transaction


@pytest.fixture
def director(client, make):
    return client.sign_in(make.staff("director", name="Diane Director"))


def test_the_director_reads_who_did_what_to_which_record(director):
    audit.came_from(address="192.0.2.7", name="Grace Hopper")
    audit.record("refund:approved", subject="refund:7", actor_id=3, detail="4250")
    row = director.page("/staff/audit").select_one("tbody tr")
    for fact in ("Grace Hopper", "Refund approved", "refund:7", "4250", "192.0.2.7"):
        assert fact in row.text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("?who=grace", 2),
        ("?what=refund:", 2),
        ("?which=refund:7", 1),
        ("?day=2020-01-01", 0),
        ("?day=nonsense", 3),
        ("?page=2", 0),
        ("?what=refund:paid&who=hopper", 1),
        ("?who=%25", 0),
        ("?who=" + "x" * 101, 3),
        ("?page=999999999999", 3),
    ],
)
def test_the_trail_can_be_filtered(director, query, count):
    audit.came_from(address="", name="Grace Hopper")
    audit.record("refund:approved", subject="refund:7", actor_id=3)
    audit.record("refund:paid", subject="refund:8", actor_id=3)
    audit.came_from(address="", name="")
    audit.record("fees:funded", subject="enrolment:1", actor_id=None)
    assert len(director.page(f"/staff/audit{query}").select("tbody tr")) == count


def test_a_filter_works_over_htmx_as_without_and_can_be_taken_back(director):
    audit.record("refund:paid", subject="refund:7", actor_id=None)
    form = director.page("/staff/audit").select_one("form[role=search]")
    assert form["hx-get"] == form["action"]
    fragment = director.fragment("/staff/audit?which=refund:7")
    assert len(fragment.select("tbody tr")) == 1
    assert fragment.select_one("#which")["value"] == "refund:7"
    assert fragment.select_one("form a[href='/staff/audit']")


def test_a_line_is_read_in_paris_time_and_under_its_name(director):
    AuditEvent.create(
        at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC), tag="odd:deed", subject="x:1", actor_id=None
    )
    row = director.page("/staff/audit?day=2026-07-02").select_one("tbody tr")
    assert " ".join(row.th.text.split()) == "2 Jul 2026, 00:30"
    assert "odd:deed" in row.text, "a deed without a name is shown by its tag"
    assert not director.page("/staff/audit?day=2026-07-01").select("tbody tr")


def test_a_hostile_detail_stays_text(director):
    audit.came_from(address="", name="<img src=x onerror=alert(1)>")
    audit.record(
        "refund:refused", subject="refund:7", actor_id=1, detail="<script>alert(1)</script>"
    )
    assert not director.page("/staff/audit").select("tbody img, tbody script")


def test_every_deed_of_the_portal_has_a_name():
    code = "\n".join(
        file.read_text() for file in Path(portal.__file__).parent.rglob("service*/**/*.py")
    )
    code += "\n".join(file.read_text() for file in Path(portal.__file__).parent.rglob("service.py"))
    tags = set(re.findall(r'(?:record|_note)\(\s*"([a-z]+:[a-z-]+)"', code))
    assert len(tags) > 20
    assert tags <= set(LABELS)


def test_a_page_of_the_trail_costs_one_query(director):
    for n in range(60):
        audit.record("a:b", subject=f"c:{n}", actor_id=None)
    with assert_query_count(2):
        page = director.page("/staff/audit")
    assert len(page.select("tbody tr")) == 50
    assert len(director.fragment("/staff/audit?page=2").select("tbody tr")) == 10


@pytest.mark.parametrize("change", ["UPDATE audit_event SET tag = 'x'", "DELETE FROM audit_event"])
def test_nobody_changes_or_removes_a_line(db, change):
    audit.record("a:b", subject="c:1", actor_id=None)
    with pytest.raises(DatabaseError, match="append-only"), transaction():
        db.execute_sql(change)
    assert AuditEvent.get().tag == "a:b"


@pytest.mark.parametrize("permission", ["registrar", "finance", "administrator"])
def test_others_do_not_read_it(client, make, permission):
    client.sign_in(make.staff(permission)).page("/staff/audit", expect=403)

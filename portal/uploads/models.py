"""Every file that came, with its fingerprint, what became of it and why."""

from peewee import Check, ForeignKeyField, IntegerField, TextField

from portal.identity import Person
from portal.kernel import clock
from portal.kernel.db import InstantField, Table
from portal.uploads.rules import UploadState


class Upload(Table):
    """One file somebody sent. `name` is where storage keeps it; empty when the file is gone."""

    purpose = TextField(constraints=[Check("purpose IN ('contract', 'bank')")])
    sha256 = TextField()
    size = IntegerField(constraints=[Check("size >= 0")])
    sent_as = TextField()
    sent_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
    state = TextField(
        default=UploadState.RECEIVED,
        constraints=[
            Check(
                "state IN ('received', 'inspected', 'scanned', 'kept', 'held', 'refused', 'dropped')"
            )
        ],
    )
    name = TextField(default="")
    #: A marked sentence.
    reason = TextField(default="")
    received_at = InstantField(default=clock.now)
    changed_at = InstantField(default=clock.now)

    sent_by_id: int | None

    class Meta:
        indexes = ((("state", "id"), False), (("name",), False))
        constraints = [
            Check("state NOT IN ('kept', 'held') OR name <> ''"),
            Check("state <> 'refused' OR (reason <> '' AND name = '')"),
        ]

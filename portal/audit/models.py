from peewee import IntegerField, TextField

from portal.kernel import clock
from portal.kernel.db import InstantField, Table


class AuditEvent(Table):
    """One line of the trail. The database refuses to change or delete it (triggers in the migrations)."""

    at = InstantField(index=True, default=clock.now)
    actor_id = IntegerField(null=True, index=True)
    actor_name = TextField(default="")
    tag = TextField(index=True)
    subject = TextField(index=True)
    detail = TextField(default="")
    address = TextField(default="")

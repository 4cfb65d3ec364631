from peewee import Check, DateField, ForeignKeyField, IntegerField, TextField

from portal.certificates.rules import CertificateStatus
from portal.identity import Person
from portal.kernel import clock
from portal.kernel.db import InstantField, Table
from portal.programme import Enrolment


class Certificate(Table):
    """A paper the school answers for. `facts` is the JSON of everything printed; `document` names its frozen bytes.

    A row without `document` is a number already given whose paper is still to be printed.
    """

    number = TextField(unique=True)
    code = TextField(unique=True)
    enrolment = ForeignKeyField(Enrolment, backref="certificates", on_delete="RESTRICT")
    kind = TextField(default="enrolment", constraints=[Check("kind IN ('enrolment')")])
    language = TextField(constraints=[Check("language IN ('fr', 'en')")])
    facts = TextField()
    status = TextField(
        default=CertificateStatus.VALID,
        constraints=[Check("status IN ('valid', 'replaced', 'revoked')")],
    )
    replaced_by = ForeignKeyField("self", backref="+", null=True, on_delete="RESTRICT")
    reason = TextField(default="")
    status_changed_at = InstantField(null=True)
    issued_on = DateField(default=clock.today)
    issued_at = InstantField(default=clock.now)
    issued_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
    request_key = TextField(unique=True)
    document = TextField(null=True, unique=True)
    sha256 = TextField(null=True, index=True)
    size = IntegerField(null=True)

    enrolment_id: int
    replaced_by_id: int | None

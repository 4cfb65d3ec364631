from typing import Any

from peewee import BooleanField, Check, ForeignKeyField, TextField

from portal.identity.rules import Role
from portal.kernel import clock
from portal.kernel.db import InstantField, Table
from portal.kernel.text import fold


class Person(Table):
    """Somebody who may sign in. `email` is stored folded; `password_hash` is empty until the invitation is taken up."""

    name = TextField()
    email = TextField(unique=True)
    password_hash = TextField(default="")
    role = TextField(
        choices=[(role.value, role.value) for role in Role],
        constraints=[Check("role IN ('student', 'company', 'staff')")],
    )
    locale = TextField(default="fr", constraints=[Check("locale IN ('fr', 'en')")])
    theme = TextField(default="", constraints=[Check("theme IN ('', 'light', 'dark')")])
    shortcuts = BooleanField(default=True)
    active = BooleanField(default=True)
    created_at = InstantField(default=clock.now)
    folded = TextField(default="")

    def save(self, *args: Any, **kwargs: Any) -> int:
        """`folded` is what searches look in; it follows the name and the address."""
        self.folded = fold(f"{self.name} {self.email}")
        return super().save(*args, **kwargs)


class StaffPermission(Table):
    """What a member of staff may do; several rows for several hats."""

    person_id: int
    person = ForeignKeyField(Person, backref="permissions", on_delete="CASCADE")
    permission = TextField(
        constraints=[Check("permission IN ('registrar', 'finance', 'director', 'administrator')")]
    )

    class Meta:
        indexes = ((("person", "permission"), True),)


class SignedInSession(Table):
    """A row per signed-in browser. Deleting the row signs that browser out at its next request."""

    person = ForeignKeyField(Person, backref="sessions", on_delete="CASCADE")
    fingerprint = TextField(unique=True)
    started_at = InstantField(default=clock.now)
    seen_at = InstantField(default=clock.now)
    address = TextField(default="")
    browser = TextField(default="")

    person_id: int


class SignInAttempt(Table):
    """A failed try, counted per account and per address; forgotten after the window."""

    at = InstantField(default=clock.now, index=True)
    email = TextField(index=True)
    address = TextField(index=True)


class SecretLink(Table):
    """A link sent by mail that opens one thing, once, for a while. Only its fingerprint is kept."""

    person = ForeignKeyField(Person, backref="links", on_delete="CASCADE")
    purpose = TextField(constraints=[Check("purpose IN ('invitation', 'reset')")])
    fingerprint = TextField(unique=True)
    expires_at = InstantField()
    used_at = InstantField(null=True)
    created_at = InstantField(default=clock.now)

    person_id: int

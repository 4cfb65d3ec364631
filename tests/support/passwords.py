"""People who chose a password."""

from functools import cache

from portal.identity.passwords import hashed

PASSWORD = "correct horse battery"
_hashed = cache(hashed)


def with_password(person):
    person.password_hash = _hashed(PASSWORD)
    person.save(only=["password_hash"])
    return person

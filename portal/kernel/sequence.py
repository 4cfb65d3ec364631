"""Unbroken numbers: each taken once, in order, and given back when its transaction fails."""

from peewee import Check, IntegerField, TextField

from portal.kernel.db import Table, database


class NumberSequence(Table):
    name = TextField(unique=True)
    last = IntegerField(default=0, constraints=[Check("last >= 0")])


def next_number(name: str) -> int:
    """The next number of `name`, from 1. Call it inside the transaction that uses the number."""
    if not database.in_transaction():
        raise RuntimeError("take a number inside the transaction that uses it")
    NumberSequence.insert(name=name).on_conflict_ignore().execute()
    (
        NumberSequence.update(last=NumberSequence.last + 1)
        .where(NumberSequence.name == name)
        .execute()
    )
    return NumberSequence.get(NumberSequence.name == name).last

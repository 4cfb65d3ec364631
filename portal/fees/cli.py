"""What an operator types about the ledger: `flask --app portal.app ledger …`."""

import sys

import click
from flask.cli import AppGroup

from portal.fees import proof
from portal.kernel.db import database

commands = AppGroup("ledger", help="Look after the ledger.")


@commands.command("verify")
def verify() -> None:
    """Prove that no row of the ledger was changed or removed; ends with an error when one was."""
    with database.connection_context():
        verdict = proof.verify()
    for flaw in verdict.flaws:
        click.echo(f"{flaw.source} of enrolment {flaw.enrolment_id} {flaw.why}", err=True)
    click.echo(f"{verdict.transactions} transactions, {len(verdict.flaws)} flaws")
    click.echo(f"seal {verdict.seal}")
    if verdict.flaws:
        sys.exit(1)

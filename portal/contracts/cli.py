"""What an operator types about contracts: `flask --app portal.app contracts …`."""

import click
from flask.cli import AppGroup

from portal.contracts import service
from portal.kernel.db import database

commands = AppGroup("contracts", help="Look after work-study contracts.")


@commands.command("tick")
def tick() -> None:
    """Apply every legal term that has run out, end papers, remind of missing ones; daily jobs do the same.

    Repeating it changes nothing.
    """
    with database.connection_context():
        moved = service.tick()
        service.expire_papers()
        reminded = service.remind_due()
    click.echo(f"{moved} contracts moved, {reminded} reminders sent")

"""Commands an operator types: `flask --app portal.app portal …`."""

import click
from flask import current_app
from flask.cli import AppGroup

from portal import contracts
from portal.certificates.models import Certificate
from portal.infra.files import sweep
from portal.kernel.db import database
from portal.schema import upgrade

commands = AppGroup("portal", help="Look after an installation.")


@commands.command("upgrade")
def upgrade_schema() -> None:
    """Bring the database to the newest migration."""
    for name in upgrade():
        click.echo(f"applied {name}")


@commands.command("sweep")
def sweep_storage() -> None:
    """Remove files no record names, a day after they came. Run it nightly."""
    with database.connection_context():
        papers = [row.document for row in Certificate.select(Certificate.document)]
        known = contracts.document_names() | {name for name in papers if name}
    if not known:
        raise click.ClickException("No record names any file: is this the right database?")
    for name in sweep(current_app.extensions["storage"], known=known):
        click.echo(f"removed {name}")

"""Commands an operator types: `flask --app portal.app portal …`."""

import click
from flask.cli import AppGroup

from portal.schema import upgrade

commands = AppGroup("portal", help="Look after an installation.")


@commands.command("upgrade")
def upgrade_schema() -> None:
    """Bring the database to the newest migration."""
    for name in upgrade():
        click.echo(f"applied {name}")

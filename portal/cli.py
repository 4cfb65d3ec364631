"""Commands an operator types: `flask --app portal.app portal …`."""

import os
import socket
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from portal import bank, certificates, contracts, fees, payouts, uploads
from portal.certificates import pdf
from portal.identity import Permission, Role, service
from portal.infra.files import sweep
from portal.kernel.db import database, transaction
from portal.kernel.errors import Refusal
from portal.notifications.models import OutgoingMail
from portal.schema import upgrade
from portal.settings import Settings

commands = AppGroup("portal", help="Look after an installation.")
THREADS = 8


@commands.command("upgrade")
def upgrade_schema() -> None:
    """Bring the database to the newest migration."""
    for name in upgrade():
        click.echo(f"applied {name}")


@commands.command("demo")
def fill_with_demo() -> None:
    """Fill an empty database with a school that lives, and say who can sign in."""
    _fill()


@commands.command("add-person")
@click.argument("email")
@click.argument("name")
@click.option("--locale", default="fr", type=click.Choice(["fr", "en"]), help="Their language.")
def add_administrator(email: str, name: str, locale: str) -> None:
    """Invite an administrator, who invites everybody else; prints the link, which works once."""
    try:
        with database.connection_context(), transaction():
            service.add_person(
                email=email,
                name=name,
                role=Role.STAFF,
                permissions=[Permission.ADMINISTRATOR],
                locale=locale,
                by=None,
            )
            link = _last_invitation()
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"{name} chooses a password here, within seven days: {link}")


@commands.command("sweep")
def sweep_storage() -> None:
    """Remove files no record names, a day after they came. Run it nightly."""
    with database.connection_context():
        known = contracts.document_names() | certificates.document_names() | bank.stored_names()
        if not known:
            raise click.ClickException("No record names any file: is this the right database?")
        uploads.sweep(known)
    for name in sweep(current_app.extensions["storage"], known=known):
        click.echo(f"removed {name}")


@commands.command("reseal")
def reseal() -> None:
    """Seal every bank account and file anew with the first of PORTAL_DATA_KEYS; then the older keys may go."""
    with database.connection_context():
        sealed = fees.reseal() + payouts.reseal() + bank.reseal()
    click.echo(f"{sealed} accounts sealed")
    sealed, lost = current_app.extensions["storage"].reseal()
    click.echo(f"{sealed} files sealed")
    if lost:
        raise click.ClickException(
            f"{len(lost)} files stay as they are, because none of PORTAL_DATA_KEYS opens them: "
            f"{', '.join(lost)}. Add the key that is missing and run this again."
        )


@commands.command("serve")
@click.option("--workers", default=2, help="Web processes.")
def serve(workers: int) -> None:
    """Upgrade the database, fill a demo, then become the web server on 127.0.0.1 and PORTAL_PORT."""
    settings: Settings = current_app.extensions["settings"]
    check_port(settings.port)
    upgrade()
    if settings.demo:
        _fill()
    click.echo(f"\nThe portal is at {settings.public_url} — Ctrl-C stops it.\n")
    sys.stdout.flush()
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    options = [
        f"--bind=127.0.0.1:{settings.port}",
        f"--workers={workers}",
        f"--threads={THREADS}",
        "--worker-class=gthread",
        "--log-level=warning",
        "--no-control-socket",  # it would lie in the home folder, for whoever may write there
    ]
    os.execv(gunicorn, [gunicorn, *options, "wsgi:app"])  # noqa: S606


def check_port(port: int) -> None:
    """`ClickException` when something listens there already, before a server says it less clearly."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} cannot be used ({error.strerror}). Stop what listens there, or choose "
                f"another one: PORTAL_PORT={port + 1} make run"
            ) from None


def _last_invitation() -> str:
    """The link of the mail just written: only the mail knows it, the database keeps its fingerprint."""
    mail = OutgoingMail.select().order_by(OutgoingMail.id.desc()).first()
    return next(word for word in mail.body.split() if "/invitation/" in word)


def _fill() -> None:
    from portal import demo  # a real school never loads it

    settings: Settings = current_app.extensions["settings"]
    if not settings.demo:
        raise click.ClickException("Only a demo is filled: set PORTAL_DEMO=yes.")
    with database.connection_context():
        if demo.is_empty():
            click.echo("Writing the demo data …")
            demo.seed(storage=current_app.extensions["storage"])
            pdf.stop()  # the server that may take this process over starts its own printer
    click.echo(demo.who_can_sign_in())

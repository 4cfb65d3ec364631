"""The only module that knows every room."""

from pathlib import Path

from flask import Flask, g, request, url_for
from flask.cli import NoAppException
from flask_compress import Compress
from flask_login import LoginManager, current_user
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from peewee import InterfaceError, OperationalError
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import (
    audit,
    bank,
    contracts,
    fees,
    identity,
    notifications,
    payouts,
    refunds,
    rhythm,
    uploads,
)
from portal.audit.views import pages as audit_pages
from portal.bank import tasks as _bank_tasks  # noqa: F401
from portal.bank.views import pages as bank_pages
from portal.certificates.views import pages as certificate_pages
from portal.cli import commands
from portal.contracts import tasks as _contract_tasks  # noqa: F401
from portal.contracts.cli import commands as contract_commands
from portal.contracts.views import pages as contract_pages
from portal.fees import tasks as _fees_tasks  # noqa: F401
from portal.fees.cli import commands as ledger_commands
from portal.fees.views import pages as fee_pages
from portal.home.views import health_answer
from portal.home.views import pages as home_pages
from portal.identity import tasks as _identity_tasks  # noqa: F401
from portal.identity.views import pages as identity_pages
from portal.infra import files, jobs, logs, mail, virus
from portal.infra.files import Storage
from portal.infra.local import LocalStorage
from portal.infra.s3 import S3Storage
from portal.kernel import clock, db, vault
from portal.notifications import tasks as _notifications_tasks  # noqa: F401
from portal.notifications.views import pages as outbox_pages
from portal.office.views import pages as office_pages
from portal.payouts.views import pages as payout_pages
from portal.refunds.views import pages as refund_pages
from portal.rhythm.views import pages as rhythm_pages
from portal.settings import Settings, SettingsError
from portal.timetable.views import pages as timetable_pages
from portal.uploads import tasks as _upload_tasks  # noqa: F401
from portal.web import errors, guards, headers, htmx, i18n, limits, temporary, typed
from portal.web import pages as paging

ROOT = Path(__file__).parent.parent
ROOMS = (
    home_pages,
    identity_pages,
    timetable_pages,
    contract_pages,
    fee_pages,
    refund_pages,
    payout_pages,
    bank_pages,
    certificate_pages,
    rhythm_pages,
    office_pages,
    audit_pages,
)
LARGEST_REQUEST = 11 * 1024 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """The portal, ready for a server, a test or a command; only `wsgi` also starts the jobs."""
    settings = settings or read_settings()
    logs.configure(debug=settings.debug)
    clock.run_ahead(settings.clock_ahead_days)
    app = Flask(
        __name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        DEBUG=settings.debug,
        SESSION_COOKIE_NAME="__Host-session" if settings.secure_cookies else "session",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        MAX_FORM_PARTS=200,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.secure_cookies,
        # Pages stay uncompressed: a secret beside a stranger's text must not show in the length (BREACH).
        COMPRESS_MIMETYPES=[
            "text/css",
            "text/javascript",
            "application/javascript",
            "image/svg+xml",
        ],
        COMPRESS_ALGORITHM=["gzip"],
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals.update(demo=settings.demo, school=settings.school)
    app.extensions["settings"] = settings
    app.extensions["storage"] = open_storage(settings)
    files.connect(app.extensions["storage"])
    app.extensions["jobs"] = jobs.connect(settings.jobs_url, secret=settings.secret_key)
    mail.connect(settings.mail_url)
    virus.connect(settings.clamd_url)
    notifications.configure(public_url=settings.public_url, sender=settings.mail_from)
    db.connect(settings.database_url)
    vault.configure(settings.sealing_keys)

    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    for toolkit in (htmx, typed, i18n, errors, headers, paging, temporary, limits):
        toolkit.init_app(app)
    Compress(app)
    init_database(app)
    CSRFProtect(app)
    init_sign_in(app)
    wire_rooms()
    for room in ROOMS:
        app.register_blueprint(room)
    if settings.demo:
        from portal.demo.views import pages as demo_pages  # a real school never loads it

        app.register_blueprint(outbox_pages)
        app.register_blueprint(demo_pages)
    app.cli.add_command(commands)
    app.cli.add_command(ledger_commands)
    app.cli.add_command(contract_commands)
    guards.refuse_unguarded(app)
    return app


def open_storage(settings: Settings) -> Storage:
    """The folder or the object store of the settings, sealed with their keys."""
    where = settings.object_store
    store = S3Storage(where) if where else LocalStorage(settings.folder)
    return Storage(store, settings.sealing_keys)


def read_settings() -> Settings:
    """The settings of this process; commands print the sentence when one is wrong, and stop."""
    try:
        return Settings.from_environment()
    except SettingsError as problem:
        raise NoAppException(f"The portal cannot start. {problem}") from None


def wire_rooms() -> None:
    """Let rooms hear of what happens in rooms below them, which do not know them."""
    identity.letters.then(notifications.deliver)
    contracts.signed.then(refunds.open_for_contract)
    contracts.decided_by_funder.then(refunds.open_for_answer)
    contracts.fell.then(refunds.withdraw_for_contract)
    uploads.released.then(contracts.release_paper)
    uploads.rejected.then(contracts.reject_paper)
    uploads.released.then(bank.read_released)
    uploads.rejected.then(bank.refuse_infected)
    contracts.company_renamed.then(fees.rename_company)
    fees.account_changed.then(refunds.reconsider)
    fees.expect_refunds(refunds.returning_to)
    fees.expect_breaks(lambda enrolment_id: contracts.broken_alone(enrolment_id) is not None)
    refunds.expect_transfers(payouts.whereabouts)
    contracts.expect_months_without_tuition(
        lambda: fees.policy_on(clock.today()).months_without_tuition
    )
    contracts.expect_new_tuition(fees.asked_anew_on)
    contracts.expect_school_days(rhythm.school_days)
    contracts.expect_money_effect(refunds.effect_of)
    contracts.expect_funding(lambda enrolment_id: fees.position_of(enrolment_id).price)


def init_sign_in(app: Flask) -> None:
    login = LoginManager(app)
    login.user_loader(identity.recognise)

    @login.unauthorized_handler
    def sign_in_first():
        answer = htmx.go(url_for("identity.show_sign_in", next=wanted()))
        if htmx.from_htmx():
            answer.status_code = 401
        return answer

    def wanted() -> str | None:
        """Where to return after signing in: pages only, never the address of a form."""
        return request.full_path.rstrip("?") if request.method == "GET" else None

    @app.before_request
    def say_where_work_comes_from():
        if request.endpoint == "static":  # no database is open then
            return
        name = current_user.name if current_user.is_authenticated else ""
        audit.came_from(address=request.remote_addr or "", name=name)


def init_database(app: Flask) -> None:
    @app.before_request
    def open_database():
        if request.endpoint != "static":
            g.opened_database = db.database.connect(reuse_if_open=True)

    @app.teardown_request
    def close_database(_error):
        if g.pop("opened_database", False):
            db.database.close()

    @app.errorhandler(OperationalError)
    @app.errorhandler(InterfaceError)
    def database_is_away(_error):
        errors.log.exception("the database is locked or away")
        if request.endpoint == "home.health":
            return health_answer(False)
        errors.forget_visitor()
        return errors.answer(str(errors.SENTENCES[503]), 503)

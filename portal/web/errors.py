"""Refusals and failures become answers here, and only here."""

from errno import EDQUOT, ENOSPC
from secrets import token_hex

import structlog
from flask import Flask, Response, g, render_template, request
from flask_babel import gettext, lazy_gettext
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from portal.kernel.errors import Away, Missing, NotAllowed, NotPossible, Refusal, Stale, TooMany
from portal.kernel.i18n import as_written
from portal.web.htmx import wants_fragment
from portal.web.i18n import spoken_language

log = structlog.get_logger("portal.web")

STATUS: dict[type[Refusal], int] = {
    Missing: 404,
    NotAllowed: 403,
    NotPossible: 409,
    Stale: 409,
    TooMany: 429,
}
OURS = lazy_gettext("Something went wrong on our side. Nothing was changed.")
SENTENCES = {
    400: lazy_gettext("This request could not be understood. Reload the page and try again."),
    403: lazy_gettext("You may not see this page."),
    404: lazy_gettext("There is nothing here."),
    405: lazy_gettext("This address does not take that kind of request."),
    413: lazy_gettext(
        "This file is too large. The limit is 10 MB, for photographs 60 MB together."
    ),
    429: lazy_gettext("Too many attempts. Please wait a little."),
    507: lazy_gettext(
        "The portal has no room for files at the moment. Nothing was kept. Try again later."
    ),
    503: lazy_gettext(
        "The portal is busy or being looked after. Nothing was changed. Try again in a minute."
    ),
}
TITLES = {
    400: lazy_gettext("Not understood"),
    403: lazy_gettext("Not for you"),
    404: lazy_gettext("Page not found"),
    405: lazy_gettext("Not understood"),
    409: lazy_gettext("Not possible"),
    413: lazy_gettext("File too large"),
    429: lazy_gettext("Too many attempts"),
    500: lazy_gettext("Something went wrong"),
    503: lazy_gettext("Back in a moment"),
    507: lazy_gettext("No room left"),
}


def status_of(refusal: Refusal) -> int:
    return STATUS[type(refusal)]


def sentence_of(refusal: Refusal) -> str:
    """What to tell the person, in their language."""
    return gettext(refusal.message, **as_written(refusal.facts, spoken_language()))


def answer(message: str, status: int) -> Response:
    """An error page; for HTMX a plain sentence that stays out of the page and shows in the banner."""
    if request.endpoint == "static":
        forget_visitor()
    if wants_fragment():
        return Response(message, status, {"HX-Reswap": "none"}, mimetype="text/plain")
    title = TITLES.get(status, TITLES[500 if status >= 500 else 400])
    page = render_template("layout/problem.html", title=title, message=message, status=status)
    return Response(page, status)


def broken() -> Response:
    """Our own failure. Asks nobody anything new: what failed before would fail again while saying so."""
    if "_login_user" not in g:
        forget_visitor()
    try:
        return answer(str(OURS), 500)
    except Exception:
        log.exception("the error page failed too")
        return Response(str(OURS), 500, {"HX-Reswap": "none"}, mimetype="text/plain")


def forget_visitor() -> None:
    """Draw the page for nobody: who asks is not known, or asking the database would fail again."""
    g._login_user = AnonymousUserMixin()


def no_place_for_files(error: OSError) -> Response:
    """An answer when there is no room for a file, or its store is away; every other failure of the system is ours."""
    if isinstance(error, Away):
        log.error("away", what=str(error))
        return answer(str(SENTENCES[503]), 503)
    if error.errno not in (ENOSPC, EDQUOT):
        raise error
    log.error("the disk is full")
    return answer(str(SENTENCES[507]), 507)


def init_app(app: Flask) -> None:
    app.log_exception = lambda exc_info: log.error("failed", exc_info=exc_info)  # type: ignore[method-assign]
    _number_requests(app)
    app.register_error_handler(OSError, no_place_for_files)

    @app.errorhandler(Refusal)
    def refused(refusal: Refusal):
        return answer(sentence_of(refusal), status_of(refusal))

    @app.errorhandler(CSRFError)
    def expired(_error: CSRFError):
        return answer(gettext("This page is too old. Reload it and try again."), 400)

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException):
        status = error.code or 500
        if status < 400:
            return error
        if status == 500:
            return broken()
        given = answer(str(SENTENCES.get(status, SENTENCES[503 if status > 500 else 400])), status)
        if status == 405 and "Allow" in error.get_response().headers:
            given.headers["Allow"] = error.get_response().headers["Allow"]
        return given


def _number_requests(app: Flask) -> None:
    """Give each request the number under which its failure is found in the log, and write its one line there."""

    @app.before_request
    def number_the_request():
        g.request_number = token_hex(4)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=g.request_number)

    @app.after_request
    def tell_the_number(response: Response):
        response.headers["X-Request-Id"] = g.get("request_number", "")
        if request.endpoint != "static":
            log.info(
                "answered",
                method=request.method,
                endpoint=request.endpoint,
                status=response.status_code,
                person=getattr(g.get("_login_user"), "id", None),
            )
        return response

"""Anybody checks a paper: by its code, or by the file itself."""

from hashlib import sha256

from flask import redirect, render_template, request, url_for

from portal.certificates import queries
from portal.certificates.forms import CopyForm
from portal.certificates.rules import Facts, in_groups, plain_code
from portal.certificates.views.blueprint import pages
from portal.kernel import clock
from portal.web.guards import public
from portal.web.limits import limiter

CHUNK = 64 * 1024
#: Codes hold 60 bits; this makes guessing them hopeless and leaves an office its stack of papers.
PACE = "60 per minute"


@pages.get("/verify")
@limiter.limit(PACE)
@public
def show_verify():
    code = plain_code(request.args.get("code", ""))
    if code:
        return redirect(url_for("certificates.verify", code=code), code=303)
    return render_template("certificates/verify.html", form=CopyForm())


@pages.post("/verify")
@limiter.limit(PACE)
@public
def find_by_copy():
    form = CopyForm()
    if not form.validate_on_submit():
        return render_template("certificates/verify.html", form=form), 422
    return verdict(queries.by_sha256(_digest(form)), code="", same_bytes=True)


@pages.get("/verify/<code>")
@limiter.limit(PACE)
@public
def verify(code: str):
    return verdict(queries.by_code(plain_code(code)), code=plain_code(code))


@pages.post("/verify/<code>")
@limiter.limit(PACE)
@public
def compare(code: str):
    paper, form = queries.by_code(plain_code(code)), CopyForm()
    if not form.validate_on_submit():
        return verdict(paper, code=plain_code(code), form=form, status=422)
    same = paper is not None and _digest(form) == paper.sha256
    return verdict(paper, code=plain_code(code), same_bytes=same)


def verdict(paper, *, code: str, same_bytes: bool | None = None, form=None, status: int = 200):
    """The page that says plainly what we know; 404 when we know nothing of it."""
    if paper is None:
        return render_template(
            "certificates/unknown.html", code=in_groups(code), copied=same_bytes is not None
        ), 404
    return render_template(
        "certificates/verdict.html",
        paper=paper,
        facts=Facts.from_json(paper.facts),
        code=in_groups(paper.code),
        same_bytes=same_bytes,
        form=form or CopyForm(),
        now=clock.now(),
    ), status


def _digest(form: CopyForm) -> str:
    digest, stream = sha256(), form.copy.data.stream
    while piece := stream.read(CHUNK):
        digest.update(piece)
    return digest.hexdigest()

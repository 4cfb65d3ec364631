"""A test client that holds every HTML answer to the house rules, so single tests need not."""

from bs4 import BeautifulSoup

from portal.identity import start_session

BLOCKED = {"style", "onclick", "hx-on"}
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


class StrictClient:
    def __init__(self, app):
        self.raw = app.test_client()

    def sign_in(self, person):
        token = start_session(person.id)
        with self.raw.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
        return self

    def page(self, url, *, expect=200):
        return self._read(self.raw.get(url), expect, whole=True)

    def fragment(self, url, *, expect=200):
        return self._read(self.raw.get(url, headers=HTMX), expect, whole=False)

    def submit(self, form, *, htmx, expect=200, **changes):
        """Send a form that is on the page, the way a person would; `changes` overwrite its fields.

        Takes what a browser would send: ticked boxes only, chosen options, text of text areas.

        Returns the answer as soup, or where it leads for a redirect.
        """
        fields = fields_of(form) | changes
        answer = self.raw.post(form["action"], data=fields, headers=HTMX if htmx else {})
        if expect in (204, 303):
            assert answer.status_code == expect, answer.text[:500]
            return answer.headers["HX-Redirect" if htmx else "Location"]
        return self._read(answer, expect, whole=not htmx)

    def _read(self, answer, expect, *, whole):
        assert answer.status_code == expect, answer.text[:500]
        assert "HX-Request" in answer.headers["Vary"]
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        if answer.mimetype == "text/plain":
            assert answer.headers["HX-Reswap"] == "none", "a sentence belongs in the banner"
        soup = BeautifulSoup(answer.text, "html.parser")
        assert bool(soup.html) == whole, "a page has <html>, a fragment has not"
        self._check(soup, whole)
        return soup

    @staticmethod
    def _check(soup, whole):
        """One walk over all elements: questions in CSS, asked of every answer, would cost more than the answer."""
        elements = soup.find_all(True)
        ids = [e["id"] for e in elements if "id" in e.attrs]
        known = set(ids)
        assert len(ids) == len(known), f"duplicate ids: {sorted(ids)}"
        for e in elements:
            _check_element(e, known)
        if whole:
            assert len(soup.find_all("h1")) == 1
            assert soup.html["lang"]


def _check_element(e, ids):
    blocked = e.name == "style" or (e.name == "script" and "src" not in e.attrs)
    if blocked or not BLOCKED.isdisjoint(e.attrs):
        raise AssertionError(f"the content security policy blocks {e}")
    if e.name == "form" and e.get("method") == "post":
        assert e.find("input", attrs={"name": "csrf_token"}), f"no CSRF token: {e.get('action')}"
        assert e.get("hx-post", e["action"]) == e["action"], "works with JS only"
    if "hx-get" in e.attrs:
        without = e.get("href", e.get("action"))
        assert without == e["hx-get"], "hx-get needs the same href or action for no-JS"
    if "hx-get" in e.attrs or "hx-post" in e.attrs:
        assert e.get("hx-target", "").startswith("#"), "name the target by id"
        assert e["hx-target"][1:] in ids, f"target {e['hx-target']} is not in this answer"


def fields_of(form):
    """What a browser would send of `form` as it stands, files left out."""
    fields = {}
    for control in form.select("input[name], select[name], textarea[name]"):
        if control.name == "select":
            chosen = control.select_one("option[selected]") or control.select_one("option")
            fields[control["name"]] = chosen.get("value", chosen.text) if chosen else ""
        elif control.name == "textarea":
            fields[control["name"]] = control.text.removeprefix("\n").removeprefix("\r\n")
        elif control.get("type") in ("checkbox", "radio"):
            if control.has_attr("checked"):
                fields[control["name"]] = control.get("value", "on")
        elif control.get("type") != "file":
            fields[control["name"]] = control.get("value", "")
    return fields

"""A test client that holds every HTML answer to the house rules, so single tests need not."""

from bs4 import BeautifulSoup

from portal.identity import start_session

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
        ids = [e["id"] for e in soup.select("[id]")]
        assert len(ids) == len(set(ids)), f"duplicate ids: {sorted(ids)}"
        for e in soup.select("script:not([src]), style, [style], [onclick], [hx-on]"):
            raise AssertionError(f"the content security policy blocks {e}")
        for form in soup.select("form[method=post]"):
            assert form.select_one("input[name=csrf_token]"), f"no CSRF token: {form.get('action')}"
            assert form.get("hx-post", form["action"]) == form["action"], "works with JS only"
        for link in soup.select("[hx-get]"):
            without = link.get("href", link.get("action"))
            assert without == link["hx-get"], "hx-get needs the same href or action for no-JS"
        for e in soup.select("[hx-get], [hx-post]"):
            assert e.get("hx-target", "").startswith("#"), "name the target by id"
            assert e["hx-target"][1:] in ids, f"target {e['hx-target']} is not in this answer"
        if whole:
            assert len(soup.select("h1")) == 1
            assert soup.html["lang"]


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

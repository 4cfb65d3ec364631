"""Contracts, their papers and the bytes of small PDFs."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pikepdf

from portal import uploads
from portal.contracts import service
from portal.contracts.models import Contract
from portal.contracts.rules import DocumentKind
from portal.kernel import clock
from tests.support.client import HTMX


def pdf(text="page") -> bytes:
    """A one-page document; another `text` gives other bytes."""
    with pikepdf.new() as document:
        document.add_blank_page()
        document.docinfo["/Title"] = text
        document.save(buffer := BytesIO(), deterministic_id=True)
    return buffer.getvalue()


def submitted(make, app, *, by=None, text="page", **facts) -> Contract:
    """A contract whose file is whole and waits for the school; `by` sent it, its contact by default."""
    contract = make.contract(**facts)
    send(app, contract, by=by, text=text)
    if contract.kind == "apprenticeship":
        send(app, contract, by=by, text=f"agreement {text}", kind="training_agreement")
    return Contract.find(contract.id)


def send(app, contract, *, by=None, text="page", kind="cerfa") -> int:
    return service.receive(
        contract.id,
        document=BytesIO(pdf(text)),
        sent_as="contract.pdf",
        storage=app.extensions["storage"],
        by=(by or contract.contact).id,
        kind=DocumentKind(kind),
        inspect=uploads.trust,
    ).number


def post_file(browser, form, data: bytes, *, name="contract.pdf", headers=HTMX):
    """Send `data` with the upload `form` as a browser would."""
    return post_files(browser, form, [(name, data)], headers=headers)


def post_files(browser, form, files: list[tuple[str, bytes]], *, headers=HTMX):
    """Send several files, each a name and its bytes, with the upload `form` as a browser would.

    The body is written here: Werkzeug's test client leaves the temporary file of a large one open.
    """
    fields = {i["name"]: i.get("value", "") for i in form.select("input[type=hidden]")}
    parts = [
        f'Content-Disposition: form-data; name="{k}"\r\n\r\n{v}'.encode() for k, v in fields.items()
    ]
    parts += [_file_part(name, data) for name, data in files]
    edge = uuid4().hex.encode()
    body = (
        b"".join(b"--" + edge + b"\r\n" + part + b"\r\n" for part in parts)
        + b"--"
        + edge
        + b"--\r\n"
    )
    return browser.raw.post(
        form["action"],
        data=body,
        content_type=f"multipart/form-data; boundary={edge.decode()}",
        headers=headers,
    )


def _file_part(name: str, data: bytes) -> bytes:
    escaped = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    head = f'Content-Disposition: form-data; name="document"; filename="{escaped}"'
    return head.encode() + b"\r\nContent-Type: application/pdf\r\n\r\n" + data


def accepted(make, app, by, **facts) -> Contract:
    """A contract the school has accepted with the whole price, begun three days ago unless said."""
    make.schedule()
    facts.setdefault("starts_on", clock.today() - timedelta(days=3))
    facts.setdefault("ends_on", clock.today() + timedelta(days=360))
    return accept(submitted(make, app, **facts), by)


def accept(contract, by) -> Contract:
    return decide(service.accept, contract, by, funded=9_750_00)


def transmit(contract, by, on=None) -> Contract:
    return decide(service.transmit, contract, by, on=on or clock.today(), opco="ATLAS")


def funder_accepts(contract, by, on=None) -> Contract:
    facts = {"number": "DEC-1", "funded": 9_750_00, "employer_share": None}
    return decide(service.note_acceptance, contract, by, on=on or clock.today(), **facts)


def funder_refuses(contract, by, on=None) -> Contract:
    return decide(service.note_refusal, contract, by, on=on or clock.today(), reason="Too dear.")


def amended(app, contract, by, text="amendment") -> Contract:
    """An amendment of `contract` that the school has accepted."""
    contract = Contract.find(contract.id)
    child = service.amend(contract.id, reason="Longer.", version=contract.version, by=by.id)
    send(app, Contract.find(child), text=text)
    if contract.kind == "apprenticeship":
        send(app, Contract.find(child), text=f"agreement {text}", kind="training_agreement")
    return accept(Contract.find(child), by)


def end(contract, by, on) -> Contract:
    return decide(service.end, contract, by, on=on, reason="The company closed.")


def decide(verb, contract, by, **facts) -> Contract:
    """A staff member's click on a fresh page."""
    seen = Contract.find(contract.id)
    verb(seen.id, version=seen.version, key=uuid4().hex, by=by.id, **facts)
    return Contract.find(contract.id)


def stored(app) -> list[bytes]:
    """The documents in storage as they were sent, drafts of half ones as they lie there."""
    storage = app.extensions["storage"]
    root = app.extensions["settings"].folder
    drafts = [path.read_bytes() for path in (root / "incoming").iterdir()]
    return [plain(storage, name) for name in storage.store.names()] + drafts


def plain(storage, name: str) -> bytes:
    with storage.open(name) as document:
        return document.read()

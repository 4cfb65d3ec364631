"""Contracts, their papers and the bytes of small PDFs."""

from io import BytesIO

import pikepdf

from portal.contracts import service
from portal.contracts.models import Contract
from portal.infra.files import LocalStorage


def pdf(text="page") -> bytes:
    """A one-page document; another `text` gives other bytes."""
    with pikepdf.new() as document:
        document.add_blank_page()
        document.docinfo["/Title"] = text
        document.save(buffer := BytesIO(), deterministic_id=True)
    return buffer.getvalue()


def submitted(make, app, *, by=None, text="page", **facts) -> Contract:
    """A contract with one version that waits for the school; `by` sent it, its contact by default."""
    contract = make.contract(**facts)
    send(app, contract, by=by, text=text)
    return Contract.find(contract.id)


def send(app, contract, *, by=None, text="page") -> int:
    return service.receive(
        contract.id,
        document=BytesIO(pdf(text)),
        sent_as="contract.pdf",
        storage=app.extensions["storage"],
        by=(by or contract.contact).id,
    )


def stored(app) -> list[bytes]:
    """What lies in storage, drafts included."""
    storage: LocalStorage = app.extensions["storage"]
    return [path.read_bytes() for path in storage.root.rglob("*") if path.is_file()]

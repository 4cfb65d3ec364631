"""Papers that come in: what the portal's care costs beside the bare reading, and whether its memory grows."""

from collections.abc import Iterator
from io import BytesIO
from random import Random
from time import perf_counter
from uuid import uuid4

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from portal.contracts.models import Contract
from portal.kernel.db import database
from tests.bench.serving import Server, Visitor

MEGABYTE = 1024 * 1024
TIMED, SENT, WARM_UP = 40, 500, 40
KIND = "training_agreement"


def figures(server: Server, email: str) -> Iterator[tuple[str, float, float]]:
    """Names, values and goals; as a member of staff who adds papers to contracts that take them."""
    visitor, contracts = server.visitor(email), _contracts()
    page = f"/contracts/{contracts[0]}"
    token = {"csrf_token": visitor.form(page, f"{page}/documents")["csrf_token"], "kind": KIND}
    ours, bare = [], []
    for number in range(TIMED + 5):
        paper = scan(5 * MEGABYTE, number)
        address = f"/contracts/{contracts[number % len(contracts)]}/documents"
        ours.append(_sent(visitor, address, token, paper))
        bare.append(_sent(visitor, "/bench/upload", token, paper))
    yield "5 MB upload / received, hashed, inspected", _median(ours) / _median(bare), 1.5

    weights = []
    for number in range(WARM_UP + SENT):
        address = f"/contracts/{contracts[number % len(contracts)]}/documents"
        _sent(visitor, address, token, scan(MEGABYTE, TIMED + 5 + number))
        if number >= WARM_UP:
            weights.append(server.worker.memory_info().rss / 1e6)
    yield f"growth of the web process over {SENT} uploads, MB", _drift(weights), 10


def scan(size: int, number: int) -> bytes:
    """A scanned page of `size` bytes, unlike every other `number`."""
    with pikepdf.new() as document:
        picture = Stream(document, Random(number).randbytes(size))
        picture.stream_dict = Dictionary(
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=1654,
            Height=2339,
            ColorSpace=Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=Name.DCTDecode,
        )
        page = Dictionary(
            Type=Name.Page,
            MediaBox=Array([0, 0, 595, 842]),
            Resources=Dictionary(XObject=Dictionary(Scan=picture)),
            Contents=Stream(document, b"q 595 0 0 842 0 0 cm /Scan Do Q"),
        )
        document.pages.append(pikepdf.Page(document.make_indirect(page)))
        document.save(made := BytesIO())
    return made.getvalue()


def _contracts() -> list[int]:
    waiting = Contract.select(Contract.id).where(Contract.state == "submitted")
    with database.connection_context():
        return [one.id for one in waiting.order_by(Contract.id)]


def _sent(visitor: Visitor, address: str, fields: dict[str, str], paper: bytes) -> float:
    """Seconds until the paper is taken."""
    edge = uuid4().hex
    head = "".join(
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head += (
        f'--{edge}\r\nContent-Disposition: form-data; name="document"; filename="scan.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    body = head.encode() + paper + f"\r\n--{edge}--\r\n".encode()
    headers = {
        "Cookie": f"session={visitor.cookie}",
        "Content-Type": f"multipart/form-data; boundary={edge}",
    }
    began = perf_counter()
    visitor.line.request("POST", address, body, headers)
    answer = visitor.line.getresponse()
    said = answer.read()
    seconds = perf_counter() - began
    if answer.status != 303:
        raise RuntimeError(f"{address} answers {answer.status}: {said[:300]!r}")
    return seconds


def _median(seconds: list[float]) -> float:
    warm = sorted(seconds[5:])
    return warm[len(warm) // 2]


def _drift(weights: list[float]) -> float:
    """How much heavier the last tenth is than the first, by their medians."""
    tenth = len(weights) // 10
    first, last = sorted(weights[:tenth]), sorted(weights[-tenth:])
    return last[tenth // 2] - first[tenth // 2]

"""A line that goes dead in the middle of an upload leaves nothing: not in storage, not among temporary files."""

import random
import socket
import tempfile
from threading import Thread

import pytest
from werkzeug.serving import make_server

from portal.contracts.models import Contract, ContractDocument
from tests.support import databases
from tests.support.make_contracts import pdf, stored

EDGE = "cut-here"
CUTS = 100


@pytest.fixture
def settings(tmp_path, prepared):
    """One database is enough: what is tried here happens before it."""
    return databases.installation("sqlite", tmp_path, prepared)


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def server(app):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def request_head_and_body(app, make, client):
    """One complete upload, as it travels: the head, and a body of two megabytes."""
    contact = make.person("Jean Delcourt", "company")
    contract = make.contract(contact=contact)
    client.sign_in(contact)
    form = client.page(f"/contracts/{contract.id}").select_one("form[enctype]")
    token = form.select_one("[name=csrf_token]")["value"]
    cookie = client.raw.get_cookie("session").value
    document = pdf() + bytes(2 * 1024 * 1024)
    body = (
        f'--{EDGE}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        f'--{EDGE}\r\nContent-Disposition: form-data; name="document"; filename="c.pdf"\r\n\r\n'
    ).encode() + document + f"\r\n--{EDGE}--\r\n".encode()  # fmt: skip
    head = (
        f"POST {form['action']} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: session={cookie}\r\n"
        f"Content-Type: multipart/form-data; boundary={EDGE}\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    ).encode()
    return head, body


def test_a_hundred_cut_connections_leave_no_orphan(app, server, temporary, request_head_and_body):
    head, body = request_head_and_body
    chance = random.Random(20261123)
    for _ in range(CUTS):
        with socket.create_connection(server.server_address) as line:
            line.sendall(head + body[: chance.randrange(len(body))])
            if chance.random() < 0.5:  # half of them by a reset, without a farewell
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

    with socket.create_connection(server.server_address) as line:
        line.sendall(head + body)
        status = line.makefile("rb").readline()

    assert b" 303 " in status, "after all that a whole upload still works"
    assert len(stored(app)) == ContractDocument.select().count() == 1
    assert list(temporary.iterdir()) == []
    assert Contract.get().state == "submitted"

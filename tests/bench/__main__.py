"""`make bench`: how fast and how light the portal is, as ratios against a floor measured in the same run.

A figure that is missed is printed as missed; nothing fails. BENCH_JSON=file writes the rows too.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import click
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from portal import demo
from portal.certificates import pdf
from portal.certificates.models import Certificate
from portal.certificates.rules import Facts
from portal.kernel import db
from portal.schema import upgrade
from tests.bench import browser, crowd, desk, ledger, money, uploads
from tests.bench.serving import ROOT, Server, Visitor, open_app, serving

ROUNDS, WARM_UP = 120, 15
FEW, MANY, WAITING = 50, 20_000, 50
STUDENT, FINANCE = "student@demo.example", "finance@demo.example"
REGISTRAR = "registrar@demo.example"
#: Students of the demo without a certificate.
NEW_TO_PAPERS = [f"student{number:02d}@demo.example" for number in range(22, 31)]


@dataclass(frozen=True)
class Row:
    name: str
    ratio: float
    goal: float
    met: bool


def row(name: str, value: float, goal: float) -> Row:
    return Row(name, round(value, 2), goal, value <= goal)


def main() -> None:
    with TemporaryDirectory(prefix="portal-bench-") as folder:
        few, many = prepare(Path(folder))
        with serving(few) as small, serving(many) as large:
            rows = list(measure(small, large))
        rows += finance(Path(folder))
        rows += registrar(Path(folder))
    show(rows)
    if target := os.environ.get("BENCH_JSON"):
        Path(target).write_text(json.dumps([asdict(one) for one in rows], indent=1) + "\n")


def measure(small: Server, large: Server) -> Iterator[Row]:
    yield row("web process at rest, MB", small.worker.memory_info().rss / 1e6, 110)
    yield row("import of the app, s", import_seconds(), 1.2)
    yield from pages_against_floor(small)
    yield from many_against_few(small, large)
    yield from certificates(small)
    yield from over_the_wire(small)
    yield row("web process after all this, MB", small.worker.memory_info().rss / 1e6, 110)


def prepare(folder: Path) -> tuple[Path, Path]:
    """Two installations with the demo's people, one of them with very many others."""
    few, many = seeded(folder / "few"), folder / "many"
    shutil.copytree(few, many)
    for place, students in ((few, FEW), (many, MANY)):
        open_app(place)
        with db.database.connection_context():
            crowd.grow(students, waiting=WAITING)
    return few, many


def finance(folder: Path) -> Iterator[Row]:
    """What the finance office waits for, each on a demo of its own."""
    short, long, office = (seeded(folder / name) for name in ("short", "long", "office"))
    for place, decided in ((short, money.SHORT), (long, money.LONG)):
        open_app(place)
        with db.database.connection_context():
            money.lengthen_inbox(decided)
    with serving(short) as small, serving(long) as large:
        asks = [timed(server.visitor(FINANCE), "/staff/refunds") for server in (small, large)]
        few, many = in_turn(*asks)
    yield row(f"inbox of 50 among {money.LONG:,} refunds / {money.SHORT:,}", many / few, 1.2)
    open_app(office)
    with db.database.connection_context():
        for name, value, goal in money.figures():
            yield row(name, value, goal)
    yield row(*ledger.proof_is_linear(*ledgers(folder)))


def ledgers(folder: Path) -> tuple[Path, Path]:
    """Two installations that differ in the length of their ledgers only."""
    short, long = seeded(folder / "short-ledger"), folder / "long-ledger"
    shutil.copytree(short, long)
    for place, transactions in ((short, ledger.SHORT), (long, ledger.LONG)):
        open_app(place)
        with db.database.connection_context():
            ledger.lengthen(transactions)
    return short, long


def registrar(folder: Path) -> Iterator[Row]:
    """The queue of contracts, on two demos of its own."""
    short, long = (seeded(folder / name) for name in ("short-queue", "long-queue"))
    for place, contracts in ((short, desk.SHORT), (long, desk.LONG)):
        open_app(place)
        with db.database.connection_context():
            desk.lengthen_queue(contracts)
    with serving(short) as small, serving(long) as large:
        for name, query in (("queue", ""), ("queue of all", "?state=all")):
            asks = [
                timed(server.visitor(REGISTRAR), f"/staff/contracts{query}")
                for server in (small, large)
            ]
            few, many = in_turn(*asks)
            yield row(f"{name}, 50 of {desk.LONG:,} contracts / {desk.SHORT}", many / few, 1.2)
        for figure in uploads.figures(small, REGISTRAR):
            yield row(*figure)


def seeded(folder: Path) -> Path:
    """An installation with the demo's people."""
    folder.mkdir()
    storage = open_app(folder).extensions["storage"]
    upgrade()
    with db.database.connection_context():
        demo.seed(storage=storage)
        db.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


def pages(server: Server) -> dict[str, tuple[float, Callable[[], float]]]:
    """The pages with a goal, in multiples of the floor."""
    student, finance = server.visitor(STUDENT), server.visitor(FINANCE)
    return {
        "timetable fragment": (1.8, timed(student, "/timetable", fragment=True)),
        "timetable page": (3, timed(student, "/timetable")),
        "home": (3, timed(student, "/")),
        "fees": (3, timed(student, "/fees")),
        f"staff inbox of {WAITING} refunds": (5, timed(finance, "/staff/refunds")),
    }


def pages_against_floor(server: Server) -> Iterator[Row]:
    wanted = pages(server)
    floor = timed(server.visitor(STUDENT), "/bench/floor")
    base, *medians = in_turn(floor, *(ask for _, ask in wanted.values()))
    click.echo(f"The floor takes {base * 1000:.2f} ms here.\n")
    for (name, (goal, _)), taken in zip(wanted.items(), medians, strict=True):
        yield row(f"{name} / floor", taken / base, goal)


def many_against_few(small: Server, large: Server) -> Iterator[Row]:
    few, many = pages(small), pages(large)
    for name in few:
        with_few, with_many = in_turn(few[name][1], many[name][1])
        yield row(f"{name}, {MANY:,} students / {FEW}", with_many / with_few, 1.2)


def certificates(server: Server) -> Iterator[Row]:
    """Asked for, printed and fetched, against WeasyPrint alone on the same page; then fetched again."""
    bare = Bare()
    ours, alone = [], []
    for email in NEW_TO_PAPERS:
        seconds, number, visitor = first_certificate(server, email)
        ours.append(seconds)
        alone.append(bare.print(number))
    yield row("first certificate / bare WeasyPrint", median(ours[1:]) / median(alone[1:]), 1.4)
    again = timed(visitor, f"/certificates/{number}.pdf")
    floor = timed(server.visitor(STUDENT), "/bench/floor")
    fetched, base = in_turn(again, floor)
    yield row("second download / floor", fetched / base, 2)


def first_certificate(server: Server, email: str) -> tuple[float, str, Visitor]:
    visitor = server.visitor(email)
    form = visitor.form("/certificates", "/certificates")
    made = visitor.ask("/certificates", body=form | {"language": "en"})
    with db.database.connection_context():
        number = Certificate.get(Certificate.request_key == form["key"]).number
    fetched = visitor.ask(f"/certificates/{number}.pdf")
    return made.seconds + fetched.seconds, number, visitor


class Bare:
    """WeasyPrint warm, with nothing of ours around it."""

    def __init__(self) -> None:
        self.fonts = FontConfiguration()
        style = str(ROOT / "static/css/document.css")
        self.style = CSS(filename=style, font_config=self.fonts)

    def print(self, number: str) -> float:
        with db.database.connection_context():
            facts = Facts.from_json(Certificate.get(Certificate.number == number).facts)
        html = pdf.page(facts, pdf.qr(facts.verify_url))
        began = perf_counter()
        HTML(string=html).write_pdf(
            stylesheets=[self.style], font_config=self.fonts, pdf_variant="pdf/a-3a"
        )
        return perf_counter() - began


def over_the_wire(server: Server) -> Iterator[Row]:
    student = server.visitor(STUDENT)
    address = f"http://127.0.0.1:{server.port}"
    for name, cookie in (("sign-in page", None), ("home", student.cookie)):
        size = browser.bytes_of_first_visit(address + "/", cookie)
        if size is None:
            click.echo("Chromium is not here: the first visit is not measured.")
            break
        yield row(f"first visit, {name}, kB", size / 1000, 120)
    fragment = student.ask("/timetable", fragment=True)
    yield row("timetable fragment, kB", len(fragment.body) / 1000, 6)


def import_seconds() -> float:
    """Of the app alone, in a fresh process, compiled before."""
    script = "from time import perf_counter as t; a = t(); import portal.app; print(t() - a)"
    runs = [
        subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout
        for _ in range(5)
    ]
    return median(map(float, runs))


def timed(visitor: Visitor, path: str, *, fragment: bool = False) -> Callable[[], float]:
    return lambda: visitor.ask(path, fragment=fragment).seconds


def in_turn(*calls: Callable[[], float]) -> list[float]:
    """The median of each call; they take turns, so that whatever else the machine does meets all of them."""
    for _ in range(WARM_UP):
        for call in calls:
            call()
    taken = [[call() for call in calls] for _ in range(ROUNDS)]
    return [median(column) for column in zip(*taken, strict=True)]


def show(rows: list[Row]) -> None:
    width = max(len(one.name) for one in rows)
    click.echo(f"{'':{width}}  measured    goal")
    for one in rows:
        verdict = "met" if one.met else "MISSED"
        click.echo(f"{one.name:{width}}  {one.ratio:8.2f}  {one.goal:6g}  {verdict}")


if __name__ == "__main__":
    main()

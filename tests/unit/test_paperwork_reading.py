"""A filled form is read, compared and shown; what nobody may know stays in it."""

import contextlib
import json
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from portal.kernel.money import Cents
from portal.paperwork import (
    PROBLEMS,
    REMARKS,
    Reading,
    Record,
    Unshowable,
    cross_check,
    prefill,
    preview,
    read_form,
)

pytestmark = pytest.mark.slow

MAP = json.loads(Path("portal/paperwork/data/cerfa-10103-14.json").read_text())
#: What a sidecar calls a problem and the cross-check finds, because it takes the record to see it.
SEEN_BY_COMPARING = {"school_siret_mismatch": "school_siret", "rncp_mismatch": "rncp"}
NIR = "203043523812348"
RECORD = Record(
    student_family_name="DELAUNAY",
    student_given_names="Margaux Élise",
    born_on=date(2003, 4, 17),
    company_name="Valmorin  conseil",
    company_siret="33414954900027",
    idcc="1486",
    school_siret="999 990 005 00012",
    rncp="39867",
    starts_on=date(2026, 10, 1),
    ends_on=date(2027, 9, 30),
    practical_start_on=date(2026, 10, 5),
    concluded_on=date(2026, 9, 21),
    weekly_minutes=2100,
    monthly_pay_cents=Cents(111_205),
    tutor_name="FERRAND Hugues",
    tutor_job="directeur de mission",
)


def sidecars(shared):
    for path in sorted((shared / "data/cerfa/filled").glob("*.json")):
        yield path.with_suffix(".pdf"), json.loads(path.read_text())


def filled(shared, name):
    return shared / f"data/cerfa/filled/{name}.pdf"


def refilled(shared, **values):
    """The bytes of the normal form with other `values` in its boxes, by the boxes' own names."""
    with pikepdf.open(filled(shared, "01-normal")) as document:
        for box in document.pages[0].Annots:
            if str(box.get("/T")) in values:
                value = values[str(box.T)]
                box.V = pikepdf.Name(value) if value.startswith("/") else pikepdf.String(value)
                if value.startswith("/"):
                    box.AS = pikepdf.Name(value)
        document.save(buffer := BytesIO())
    return buffer.getvalue()


def test_every_filled_form_is_read_as_its_sidecar_says(shared):
    read, readable = 0, 0
    for path, sidecar in sidecars(shared):
        reading = read_form(path)
        readable += sidecar["carrier"] == "form_fields" and sidecar["form"] == "Cerfa 10103*14"
        if reading.problem:
            assert reading.values == {}
            assert reading.said == PROBLEMS[reading.problem]
            continue
        read += 1
        expected = {n: v for n, v in sidecar["values"].items() if n in MAP["fields"] and v}
        for name, value in expected.items():
            expected[name] = "+".join(value) if isinstance(value, list) else value
        assert reading.values == expected, path.name
        assert set(reading.remarks) == set(sidecar["problems"]) - set(SEEN_BY_COMPARING), path.name
        assert len(reading.remarked) == len(reading.remarks) <= len(REMARKS)
    assert read == readable > 10


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("09-flattened", "flattened"),
        ("10-scanned", "scan"),
        ("11-old-form-12", "form_version_not_supported"),
        ("19-professional-free-form", "form_version_not_supported"),
    ],
)
def test_a_paper_the_portal_cannot_read_is_said_to_be_one(shared, name, problem):
    assert read_form(filled(shared, name)).problem == problem


def test_a_file_that_is_no_pdf_is_unreadable():
    assert read_form(b"%PDF-1.7 nothing").problem == "unreadable"
    assert cross_check(read_form(b""), RECORD) == []


def test_every_filled_form_differs_from_the_record_where_it_was_changed(shared):
    expected = {
        "02-two-tutors-usual-name": {"student_family_name", "student_given_names"},
        "03-public-employer": {"company_name", "company_siret", "idcc"},
        "04-end-before-start": {"ends_on"},
        "05-siret-check-digit": {"company_siret"},
        "06-no-conclusion-date": {"concluded_on"},
        "07-diacritics-long-name": {"company_name", "student_family_name", "student_given_names"},
        "08-start-after-three-months": {"starts_on", "concluded_on", "practical_start_on"},
        "13-other-school": {"school_siret", "rncp"},
        "14-signed-after-start": {"concluded_on"},
        "16-name-outside-latin-1": {"student_family_name", "student_given_names"},
        "18-impossible-date": {"starts_on"},
    }
    for path, sidecar in sidecars(shared):
        found = {line.field for line in cross_check(read_form(path), RECORD)}
        assert found == expected.get(path.stem, set()), path.name
        assert {SEEN_BY_COMPARING.get(p) for p in sidecar["problems"]} - {None} <= found


def test_both_values_stand_side_by_side(shared):
    [line] = cross_check(read_form(filled(shared, "04-end-before-start")), RECORD)
    assert (line.label, line.kind) == ("Last day", "day")
    assert (line.form, line.record) == (date(2026, 8, 31), date(2027, 9, 30))
    [line] = cross_check(read_form(filled(shared, "18-impossible-date")), RECORD)
    assert line.form == "2026-09-31"


@pytest.mark.parametrize(
    ("form", "facts"),
    [
        ("07-diacritics-long-name", {"student_family_name": "DE LA ROCHEFOUCAULD MONTBELIARD D’OEUVRECOURT"}),
        ("07-diacritics-long-name", {"student_given_names": "anne eleonore"}),
        ("07-diacritics-long-name", {"company_name": "ETABLISSEMENTS COEUR ET FRERES, Mais d'Aout"}),
        ("02-two-tutors-usual-name", {"student_family_name": "benkirane-lacoste"}),
        ("02-two-tutors-usual-name", {"tutor_name": "Maite Oyarzabal"}),
        ("16-name-outside-latin-1", {"student_family_name": "NGUYEN ZOLKIEWSKA"}),
        ("01-normal", {"company_name": "Société Valmorin Conseil"}),
        ("01-normal", {"rncp": "RNCP 39867"}),
    ],
)  # fmt: skip
def test_accents_case_and_signs_make_no_difference(shared, form, facts):
    assert cross_check(read_form(filled(shared, form)), Record(**facts)) == []


def test_what_the_portal_does_not_know_is_not_compared(shared):
    assert cross_check(read_form(filled(shared, "01-normal")), Record()) == []
    blank = Reading(values={})
    assert len(cross_check(blank, RECORD)) == 16


def test_a_form_fills_in_what_the_contract_declares(shared):
    assert prefill(read_form(filled(shared, "01-normal"))) == {
        "starts_on": date(2026, 10, 1),
        "ends_on": date(2027, 9, 30),
        "practical_start_on": date(2026, 10, 5),
        "concluded_on": date(2026, 9, 21),
        "weekly_minutes": 2100,
        "monthly_pay_cents": 111_205,
        "rncp": "RNCP39867",
        "tutor_name": "Hugues Ferrand",
        "tutor_job": "Directeur de mission",
    }
    assert "starts_on" not in prefill(read_form(filled(shared, "18-impossible-date")))
    assert "concluded_on" not in prefill(read_form(filled(shared, "06-no-conclusion-date")))
    assert prefill(read_form(filled(shared, "10-scanned"))) == {}


def test_neither_the_number_nor_health_leaves_the_form(shared):
    boxes = {box: "/Yes" for one in MAP["hidden"].values() for box in one if "cocher" in box}
    data = refilled(
        shared, **boxes, **{"Zone de texte 8_18": NIR, "Zone de texte 8_17": f"Margaux {NIR}"}
    )
    reading = read_form(data)
    said = repr(reading)
    assert "nir_present" in reading.remarks
    assert NIR not in said
    assert "handicap" not in said
    assert "disabled" not in said
    assert "boe" not in said.lower()
    assert reading == replace(
        reading, values={k: v for k, v in reading.values.items() if NIR not in v}
    )
    spaced = read_form(refilled(shared, **{"Zone de texte 8_45": "2 03 04 35 238 123 48"}))
    assert spaced.text("tutor1.job") == ""


def seen(data) -> Image.Image:
    image = Image.open(BytesIO(data))
    assert image.format == "PNG"
    assert image.width <= 900
    return image.convert("RGB")


@pytest.mark.parametrize(
    "name",
    ["01-normal", "09-flattened", "10-scanned", "11-old-form-12", "19-professional-free-form"],
)
def test_the_first_page_is_shown_as_a_picture(shared, name):
    assert seen(preview(filled(shared, name))).width == 900


def colours(image, form_points):
    """The colours inside a box of the form, given in points from the bottom left."""
    scale = image.width / 595.3
    left, bottom, right, top = form_points
    box = [
        round(left * scale),
        round(image.height - top * scale),
        round(right * scale),
        round(image.height - bottom * scale),
    ]
    return {colour for _, colour in image.crop(box).getcolors(100_000)}


def test_the_number_is_covered_by_its_box_and_by_its_look(shared):
    plain = seen(preview(filled(shared, "01-normal")))
    carrying = seen(preview(filled(shared, "12-nir-present")))
    assert plain.tobytes() == carrying.tobytes()
    assert len(colours(carrying, (20, 483, 283, 493))) == 1

    elsewhere = refilled(shared, **{"Zone de texte 8_45": "2 03 04 35 238 123 48"})
    with pikepdf.open(BytesIO(elsewhere)) as document:
        [box] = [a for a in document.pages[0].Annots if str(a.get("/T")) == "Zone de texte 8_45"]
        place = [float(x) for x in box.Rect]
    assert (
        len(
            colours(
                seen(preview(elsewhere)), [place[0] + 1, place[1] + 1, place[2] - 1, place[3] - 1]
            )
        )
        == 1
    )


def test_the_number_in_a_text_layer_is_covered(shared):
    def page(number):
        with pikepdf.new() as document:
            document.add_blank_page(page_size=(595, 842))
            document.pages[0].Resources = pikepdf.Dictionary(
                Font=pikepdf.Dictionary(
                    F=pikepdf.Dictionary(
                        Type=pikepdf.Name.Font,
                        Subtype=pikepdf.Name.Type1,
                        BaseFont=pikepdf.Name.Helvetica,
                    )
                )
            )
            words = f"BT /F 12 Tf 100 700 Td (Salarie: {number} travaille a Paris depuis longtemps) Tj ET"
            document.pages[0].Contents = document.make_stream(words.encode())
            document.save(buffer := BytesIO())
        return buffer.getvalue()

    secret, other = preview(page("2 03 04 35 238 123 48")), preview(page("2 03 04 35 238 123 99"))
    assert secret == other
    assert preview(page("0 99 99 99 999 999 99")) != secret


def test_what_cannot_be_drawn_is_said_so():
    with pytest.raises(Unshowable):
        preview(b"%PDF-1.7 nothing")


def test_no_hostile_document_hangs_or_kills_the_reader(shared):
    from time import monotonic

    hostile = shared / "data/hostile"
    tried = 0
    for folder in (
        "bomb",
        "bomb-render-only",
        "parser-hang",
        "malformed-fatal",
        "encrypted-user-password",
        "javascript",
        "xfa",
        "polyglot",
    ):
        for path in sorted((hostile / "pdf" / folder).glob("*"))[:6]:
            started = monotonic()
            reading = read_form(path)
            assert reading.problem or reading.values, path
            with contextlib.suppress(Unshowable):
                assert seen(preview(path)).width <= 900
            assert monotonic() - started < 60, path
            tried += 1
    assert tried > 15

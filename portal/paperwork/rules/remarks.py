"""What a form shows to be wrong or unusual by itself."""

from collections.abc import Iterator

from stdnum.exceptions import ValidationError
from stdnum.fr import siret

from portal.kernel.clock import months_later
from portal.paperwork.rules.reading import Reading

DAYS = {
    "contract.start_date": "start_date_impossible",
    "contract.end_date": "end_date_impossible",
    "contract.conclusion_date": "conclusion_date_impossible",
    "contract.practical_start_date": "practical_start_date_impossible",
}
#: Cerfa 51649, the notice of the form: types 31 to 38 change a contract that runs.
AMENDMENTS = {str(code) for code in range(31, 39)}


def remarks_on(reading: Reading) -> tuple[str, ...]:
    """Keys of `REMARKS` that hold for the values of `reading`, in the order of the form."""
    return (*_about_employer(reading), *_about_days(reading))


def _about_employer(reading: Reading) -> Iterator[str]:
    try:
        siret.validate(reading.text("employer.siret"))
    except ValidationError:
        yield "employer_siret_invalid"
    if "+" in reading.text("employer.sector"):
        yield "employer_sector_ambiguous"
    if reading.text("contract.type_code") in AMENDMENTS:
        yield "is_amendment"


def _about_days(reading: Reading) -> Iterator[str]:
    for name, code in DAYS.items():
        if reading.text(name) and reading.day(name) is None:
            yield code
    starts, ends = reading.day("contract.start_date"), reading.day("contract.end_date")
    concluded, training = (
        reading.day("contract.conclusion_date"),
        reading.day("training.start_date"),
    )
    if not reading.text("contract.conclusion_date"):
        yield "conclusion_date_missing"
    if starts and ends and ends <= starts:
        yield "end_before_start"
    if starts and concluded and concluded > starts:
        yield "concluded_after_start"
    if starts and training and starts > months_later(training, 3):
        yield "start_more_than_3_months_after_training_start"

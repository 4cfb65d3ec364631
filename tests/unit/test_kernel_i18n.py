"""Days as people write them, wherever a rule or a mail names one."""

from datetime import date

import pytest

from portal.kernel.i18n import Sentence, as_written, translate

SENTENCE = "The first 45 days in the company ended on %(day)s."


@pytest.mark.parametrize(
    ("day", "locale", "written"),
    [
        (date(2027, 1, 5), "en", "5\u00a0January 2027"),
        (date(2027, 1, 5), "fr", "5\u00a0janvier 2027"),
        (date(2027, 1, 1), "fr", "1er\u00a0janvier 2027"),
        (date(2027, 2, 28), "fr", "28\u00a0février 2027"),
    ],
)
def test_a_day_in_a_sentence_is_written_in_the_readers_language(day, locale, written):
    assert as_written({"day": day, "name": "Ada", "count": 2}, locale) == {
        "day": written,
        "name": "Ada",
        "count": 2,
    }
    assert written in translate(SENTENCE, locale, day=day)


def test_a_marked_word_in_a_sentence_is_said_in_the_readers_language():
    paper, other = Sentence("Training agreement"), Sentence("Signed contract")
    assert as_written({"paper": paper, "name": "Training agreement"}, "fr") == {
        "paper": "Convention de formation",
        "name": "Training agreement",
    }
    assert as_written({"papers": (paper, other)}, "fr") == {
        "papers": "– Convention de formation\n– Contrat signé"
    }
    assert as_written({"why": Sentence("")}, "fr") == {"why": ""}

"""Ready-made reasons: enough of them, for every kind of paper, each one once."""

import pytest

from portal.contracts.rules import REASONS, DocumentKind, chosen, reasons_for


def test_there_are_reasons_for_every_kind_of_paper():
    assert set(REASONS) == set(DocumentKind)
    assert len({reason.code for some in REASONS.values() for reason in some}) >= 10


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_a_code_stands_once_and_every_text_is_a_sentence(kind):
    codes = [reason.code for reason in reasons_for(kind)]
    assert len(codes) == len(set(codes))
    assert all(reason.text.endswith(".") for reason in reasons_for(kind))


def test_picked_reasons_keep_their_order_and_unknown_ones_are_left_out():
    picked = chosen("cerfa", ["siret", "made-up", "employer-signature"])
    assert [reason.code for reason in picked] == ["employer-signature", "siret"]

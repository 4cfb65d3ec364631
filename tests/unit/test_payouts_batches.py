"""A bank's answer speaks of the file, of its batches and of transfers: what one leaves open, the one above it says."""

import pytest

from portal.payouts import is_answer, service
from tests.support.make_payouts import answer, approved, people, released


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_an_answer_is_known_in_every_encoding_of_a_bank(make, encoding):
    order = released(make, [approved(make)])
    declared = "UTF-8" if encoding.startswith("utf-8") else "UTF-16"
    data = answer(order, whole="ACSC").decode().replace("UTF-8", declared).encode(encoding)
    assert is_answer(data[:4096])
    assert service.read_answer(data, by=people(make).first.id).paid == 1


def test_a_statement_is_no_answer():
    for encoding in ("utf-8", "utf-16"):
        assert not is_answer("<Document><BkToCstmrStmt/></Document>".encode(encoding))

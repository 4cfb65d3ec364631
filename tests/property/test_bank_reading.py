"""However a bank cuts, overlaps and repeats its statements, each movement counts once."""

import io
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.bank.reading import Unreadable, read
from portal.bank.reading.values import plain_cents
from tests.support.make_bank import OURS, balance, booking, message, statement

FIRST = date(2026, 11, 9)


@st.composite
def movements(draw):
    """Days of bookings; some equal ones, some with the bank's number, some without."""
    facts = st.tuples(
        st.sampled_from([1, 100, 1_375_00]),
        st.sampled_from(["", "A1", "A2"]),
        st.sampled_from(["Ana", "Bob"]),
        st.sampled_from(["CRDT", "DBIT"]),
    )
    return draw(st.lists(st.lists(facts, max_size=4), min_size=1, max_size=5))


def written(days, start, end, name="Stmt"):
    """The statement of `days[start:end]`, with the balances it must have."""
    parts, total = [], 0
    for number in range(start, end):
        day = FIRST + timedelta(days=number)
        for cents, reference, payer, direction in days[number]:
            total += cents if direction == "CRDT" else -cents
            parts.append(
                booking(
                    figure(cents),
                    reference=reference and f"{reference}-{number}",
                    name=payer,
                    direction=direction,
                    booked=f"<BookgDt><Dt>{day}</Dt></BookgDt>",
                )
            )
    closing = balance("CLBD", figure(abs(total)), "CRDT" if total >= 0 else "DBIT")
    return statement(balance("OPBD", "0.00"), *parts, closing, ident=f"{start}-{end}", name=name)


def figure(cents):
    return f"{cents // 100}.{cents % 100:02d}"


def read_all(*statements, body="BkToCstmrStmt"):
    return read(io.BytesIO(message(*statements, body=body).encode()), account_ibans=OURS).entries


@given(movements(), st.data())
def test_any_split_overlap_and_repetition_holds_each_movement_once(days, data):
    whole = read_all(written(days, 0, len(days)))
    cuts = data.draw(
        st.lists(
            st.tuples(st.integers(0, len(days)), st.integers(0, len(days))).map(sorted), max_size=6
        )
    )
    pieces = [(n, n + 1) for n in range(len(days))] + [tuple(cut) for cut in cuts]
    order = data.draw(st.permutations(pieces))

    known = {}
    for start, end in order:
        known |= {one.identity: one for one in read_all(written(days, start, end))}
        told = read_all(written(days, start, end, "Ntfctn"), body="BkToCstmrDbtCdtNtfctn")
        known |= {one.identity: one for one in told}

    assert len(whole) == sum(map(len, days))
    assert len({one.identity for one in whole}) == len(whole)
    assert set(known) == {one.identity for one in whole}
    assert Counter(one.cents for one in known.values()) == Counter(one.cents for one in whole)


@given(
    st.binary(max_size=400)
    | st.text(alphabet="<>/!&;[]aDOCTYPEntrym \x00é", max_size=200).map(str.encode)
)
def test_noise_is_refused_and_nothing_else_happens(noise):
    for told in (noise, b"<Document>" + noise + b"</Document>"):
        with pytest.raises(Unreadable):
            read(io.BytesIO(told), account_ibans=OURS)


@given(st.integers(0, 10**15 - 1), st.integers(0, 5))
def test_amounts_are_read_to_the_cent(cents, zeros):
    assert plain_cents(figure(cents) + "0" * zeros) == cents

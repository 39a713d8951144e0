"""Bodies of cells and postings come out of the store as they went in, whenever they were packed."""

import contextlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.shell.store.derived.packing import (
    CELL_WORDS,
    SMALL_BYTES,
    packed,
    packed_with_words,
    unpacked,
    unpacked_with_words,
)

PARTS = st.sampled_from([CELL_WORDS[n : n + 40] for n in range(0, len(CELL_WORDS), 40)])
BODIES = st.lists(st.one_of(PARTS, st.binary(max_size=60)), max_size=200).map(b"".join)


@given(BODIES)
def test_a_body_comes_out_as_it_went_in(body):
    assert unpacked(packed(body)) == body
    assert unpacked_with_words(packed_with_words(body)) == body


@given(BODIES)
def test_a_cell_that_was_packed_without_a_dictionary_is_read_all_the_same(body):
    assert unpacked(zlib.compress(body, 1)) == body


@given(BODIES.filter(lambda body: 0 < len(body) <= SMALL_BYTES), st.data())
def test_a_body_cut_short_or_with_a_bit_turned_is_refused(body, data):
    """Threat O3: what was edited in the store does not pass for a cell."""
    kept = packed(body)
    with pytest.raises(zlib.error):
        unpacked(kept[: data.draw(st.integers(0, len(kept) - 1))])
    place = data.draw(st.integers(0, len(kept) * 8 - 1))
    turned = bytearray(kept)
    turned[place // 8] ^= 1 << place % 8
    with contextlib.suppress(zlib.error):
        assert unpacked(bytes(turned)) == body

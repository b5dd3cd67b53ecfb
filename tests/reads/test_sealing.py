"""What is packed is what comes out, whatever a source sends; what is sealed opens nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plateward.plates.sighting import Character
from plateward.reads import sealing
from plateward.reads.sealing import Content

shares = st.integers(0, 10_000).map(lambda parts: parts / 10_000)
texts = st.text(max_size=4)
characters = st.builds(
    Character, texts, shares, st.lists(st.tuples(texts, shares), max_size=4).map(tuple)
)
numbers = st.integers(-(2**31), 2**31 - 1)
contents = st.builds(
    Content,
    st.text("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=1, max_size=16),
    st.none() | shares,
    st.lists(characters, max_size=9).map(tuple),
    st.none() | st.tuples(numbers, numbers, numbers, numbers),
)


@given(contents)
def test_what_is_packed_comes_out_as_it_went_in(content: Content) -> None:
    assert sealing.unpacked(sealing.packed(content)) == content


@given(st.binary(max_size=60), st.integers(0, 2**31))
def test_a_changed_byte_or_another_owner_does_not_open(clear: bytes, at: int) -> None:
    key = bytes(range(32))
    sealed = sealing.seal(clear, key, bound="one")
    assert sealing.unseal(sealed, key, bound="one") == clear
    with pytest.raises(sealing.NotOpened):
        sealing.unseal(sealed, key, bound="another")
    changed = bytearray(sealed)
    changed[at % len(sealed)] ^= 1 + at % 255
    with pytest.raises(sealing.NotOpened):
        sealing.unseal(bytes(changed), key, bound="one")

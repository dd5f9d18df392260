"""The journal: what is whole is kept, a torn tail is passed over, anything else is damage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.record.verify import DamagedError, pack_entries, pack_frame, read_journal, unpack_entries

batches = st.lists(st.lists(st.binary(max_size=40), min_size=1, max_size=3), max_size=3)


def frames_of(first: int, written: list[list[bytes]]) -> list[bytes]:
    frames, at = [], first
    for batch in written:
        frames.append(pack_frame(at, batch))
        at += len(batch)
    return frames


@given(st.lists(st.binary(max_size=300)))
def test_a_bundle_gives_its_entries_back(entries):
    assert unpack_entries(pack_entries(entries)) == entries


@given(st.binary(max_size=60))
def test_bytes_are_a_bundle_in_one_way_or_none(data):
    try:
        entries = unpack_entries(data)
    except DamagedError:
        return
    assert pack_entries(entries) == data


@given(st.integers(0, 2**40), batches)
def test_a_journal_gives_its_entries_back(first, written):
    data = b"".join(frames_of(first, written))
    journal = read_journal(data)

    assert journal.entries == [entry for batch in written for entry in batch]
    assert journal.first == (first if written else 0)
    assert journal.length == len(data)


@given(st.integers(0, 2**40), batches, st.data())
def test_a_torn_tail_costs_nothing_but_the_write_that_never_finished(first, written, data):
    frames = frames_of(first, written)
    whole = b"".join(frames)
    cut = data.draw(st.integers(0, len(whole)))
    journal = read_journal(whole[:cut])
    survivors = [batch for i, batch in enumerate(written) if len(b"".join(frames[: i + 1])) <= cut]

    assert journal.entries == [entry for batch in survivors for entry in batch]
    assert journal.length == sum(map(len, frames[: len(survivors)]))


def test_every_changed_bit_of_a_journal_is_damage():
    data = b"".join(frames_of(7, [[b"one", b"two"], [b"three"]]))
    for at in range(len(data)):
        for bit in range(8):
            with pytest.raises(DamagedError):
                read_journal(data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :])


def test_a_frame_that_is_missing_or_out_of_order_is_damage():
    one, two, three = frames_of(0, [[b"one"], [b"two"], [b"three"]])

    with pytest.raises(DamagedError, match="goes on with entry 2 where entry 1 must stand"):
        read_journal(one + three)
    with pytest.raises(DamagedError):
        read_journal(one + one)
    with pytest.raises(DamagedError):
        read_journal(two + one + three)

"""Hashes and proofs, against published vectors and against the definitions of RFC 6962, written out slowly."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.errors import RecordError
from clew.record import tiles
from clew.record.verify import (
    EMPTY_ROOT,
    DamagedError,
    TreeHead,
    frontier_root,
    leaf_hash,
    parse_tile_path,
    tile_path,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

# The reference tree of Certificate Transparency (google/certificate-transparency, merkle tree tests): leaves, and the
# root over the first 1, 2, … 8 of them.
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def slow_root(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = largest_power_below(len(entries))
    return sha256(b"\x01" + slow_root(entries[:k]) + slow_root(entries[k:])).digest()


def slow_path(index: int, entries: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962 section 2.1.1."""
    if len(entries) == 1:
        return []
    k = largest_power_below(len(entries))
    if index < k:
        return [*slow_path(index, entries[:k]), slow_root(entries[k:])]
    return [*slow_path(index - k, entries[k:]), slow_root(entries[:k])]


def slow_subproof(old: int, entries: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962 section 2.1.2."""
    if old == len(entries):
        return [] if whole else [slow_root(entries)]
    k = largest_power_below(len(entries))
    if old <= k:
        return [*slow_subproof(old, entries[:k], whole), slow_root(entries[k:])]
    return [*slow_subproof(old - k, entries[k:], False), slow_root(entries[:k])]


def largest_power_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def entries_of(size: int) -> list[bytes]:
    return [f"entry {i}".encode() for i in range(size)]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_reference_tree_of_certificate_transparency(size):
    root = tree_root([leaf_hash(leaf) for leaf in LEAVES[:size]])

    assert root.hex() == ROOTS[size - 1]


def test_the_root_of_no_entries_is_the_hash_of_nothing():
    assert tree_root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.integers(0, 700))
def test_the_root_is_that_of_the_definition(size):
    entries = entries_of(size)

    assert tree_root([leaf_hash(entry) for entry in entries]) == slow_root(entries)


@given(st.lists(st.integers(1, 300), min_size=1, max_size=4), st.data())
def test_a_log_grown_in_steps_has_the_root_and_the_proofs_of_the_definition(memory_store, steps, data):
    store, head, entries = memory_store(), TreeHead("x", 0, EMPTY_ROOT), entries_of(sum(steps))
    for step in steps:
        files, head = tiles.grow(store, head, entries[head.size : head.size + step])
        store.write_once(files)
    size = len(entries)
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))

    assert head == TreeHead("x", size, slow_root(entries))
    assert list(tiles.read_entries(store, head)) == entries
    assert tiles.inclusion_path(store, head, index) == slow_path(index, entries)
    assert tiles.consistency_path(store, head, old) == slow_subproof(old, entries, True)


@given(st.integers(1, 130), st.data())
def test_an_inclusion_proof_holds_for_its_entry_place_size_and_root_alone(size, data):
    entries = entries_of(size)
    index = data.draw(st.integers(0, size - 1))
    path, root, leaf = slow_path(index, entries), slow_root(entries), leaf_hash(entries[index])

    assert verify_inclusion(leaf, index, size, path, root)
    assert not verify_inclusion(leaf_hash(b"another"), index, size, path, root)
    assert not verify_inclusion(leaf, index, size, path, sha256(b"another").digest())
    assert not verify_inclusion(leaf, index, size, [*path, root], root)
    if path:
        assert not verify_inclusion(leaf, index, size, path[:-1], root)
        assert not verify_inclusion(leaf, index, size, [sha256(path[0]).digest(), *path[1:]], root)
    others = [other for other in range(-1, size + 1) if other != index]
    assert not any(verify_inclusion(leaf, other, size, path, root) for other in others)
    sizes = [size * 2, size * 4 + 1, 2 * len(bin(size)) * size]  # so much larger that the path must be longer
    assert not any(verify_inclusion(leaf, index, other, path, root) for other in sizes)


@given(st.integers(1, 130), st.data())
def test_a_consistency_proof_holds_for_its_two_trees_alone(size, data):
    entries = entries_of(size)
    old = data.draw(st.integers(1, size))
    path, old_root, root = slow_subproof(old, entries, True), slow_root(entries[:old]), slow_root(entries)
    other = sha256(b"another").digest()

    assert verify_consistency(old, old_root, size, root, path)
    assert not verify_consistency(old, other, size, root, path)
    assert not verify_consistency(old, old_root, size, other, path)
    assert not verify_consistency(old, old_root, size, root, [*path, root])
    if path:
        assert not verify_consistency(old, old_root, size, root, path[:-1])
        assert not verify_consistency(old, old_root, size, root, [sha256(path[0]).digest(), *path[1:]])
    if old < size:
        assert not verify_consistency(size, root, old, old_root, path)


def test_every_tree_begins_with_the_empty_one_and_no_proof_is_needed():
    root = slow_root(entries_of(5))

    assert verify_consistency(0, EMPTY_ROOT, 5, root, [])
    assert not verify_consistency(0, root, 5, root, [])
    assert not verify_consistency(0, EMPTY_ROOT, 5, root, [root])
    assert not verify_consistency(3, slow_root(entries_of(3)), 5, root, [])
    assert not verify_consistency(-1, EMPTY_ROOT, 5, root, [])


@given(st.integers(0, 1_500))
def test_the_unfinished_tiles_give_the_root(size):
    hashes = [leaf_hash(entry) for entry in entries_of(size)]
    full = len(hashes) // 256
    rows = [hashes[full * 256 :], [tree_root(hashes[i * 256 : i * 256 + 256]) for i in range(full)]]

    assert frontier_root(rows) == tree_root(hashes)


@pytest.mark.parametrize(
    ("level", "number", "width", "name"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 5, 1, "tile/0/005.p/1"),
        (1, 1234067, 256, "tile/1/x001/x234/067"),
        (63, 1000, 255, "tile/63/x001/000.p/255"),
        ("entries", 999, 256, "tile/entries/999"),
    ],
)
def test_tiles_are_named_as_the_standard_says(level, number, width, name):
    assert tile_path(level, number, width) == name
    assert parse_tile_path(name) == (level, number, width)


@pytest.mark.parametrize(
    "name",
    [
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/64/000",
        "tile/0/x000/001",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/entry/000",
        "tile/0/000/",
        "tile/0/000\n",
        "tile/0/٠٠٠",
        "tile/-1/000",
    ],
)
def test_a_name_that_the_standard_does_not_give_is_refused(name):
    with pytest.raises(DamagedError, match="not the name of a tile"):
        parse_tile_path(name)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000])
def test_a_tree_has_just_the_tiles_that_the_standard_says(memory_store, size):
    files, _ = tiles.grow(memory_store(), TreeHead("x", 0, EMPTY_ROOT), entries_of(size))

    expected = set()
    for level, count in [("entries", size), *((level, size >> 8 * level) for level in range(8))]:
        expected |= {tile_path(level, number) for number in range(count // 256)}
        expected |= {tile_path(level, count // 256, count % 256)} if count % 256 else set()
    assert set(files) == expected


def test_nothing_is_grown_on_top_of_damaged_tiles(memory_store):
    store = memory_store()
    files, head = tiles.grow(store, TreeHead("x", 0, EMPTY_ROOT), entries_of(300))
    for name, content in files.items():
        store.files = {**files, name: bytes([content[0] ^ 1]) + content[1:]}
        if name in {"tile/0/000", "tile/entries/000"}:
            continue  # full tiles below are not read to grow; `clew verify` and every reader of entries see them
        with pytest.raises(RecordError, match="Nothing was changed"):
            tiles.grow(store, head, [b"one more"])


@pytest.mark.parametrize("name", ["tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44"])
def test_no_entry_is_read_that_does_not_belong_under_the_root(memory_store, name):
    store = memory_store()
    files, head = tiles.grow(store, TreeHead("x", 0, EMPTY_ROOT), entries_of(300))
    for damaged in (b"", files[name][:-1], files[name][:-1] + bytes([files[name][-1] ^ 1])):
        store.files = {**files, name: damaged}
        with pytest.raises(RecordError, match="clew verify"):
            list(tiles.read_entries(store, head))
    del store.files[name]
    with pytest.raises(RecordError, match="is missing"):
        list(tiles.read_entries(store, head))

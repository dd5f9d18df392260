"""Ed25519, keys and signed notes: published vectors, the cryptography library beside, and every second form refused."""

import base64

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from clew.errors import RecordError
from clew.record.note import Signer
from clew.record.verify import (
    DamagedError,
    TreeHead,
    VerifierKey,
    open_checkpoint,
    open_note,
    parse_tree_head,
    parse_vkey,
    verify_ed25519,
)

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493

# RFC 8032 section 7.1, tests 1, 2 and 3: public key, message, signature.
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]

# The example in the documentation of Go's golang.org/x/mod/sumdb/note.
GO_SIGNER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def openssl_accepts(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def ours_accepts(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        return verify_ed25519(public, message, signature)
    except DamagedError:
        return False


def signed(seed: bytes, message: bytes) -> tuple[bytes, bytes]:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return private.public_key().public_bytes_raw(), private.sign(message)


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_the_vectors_of_rfc_8032(public, message, signature):
    key, text, sign = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)

    assert verify_ed25519(key, text, sign)
    assert not verify_ed25519(key, text + b"x", sign)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100), st.integers(0, 511), st.integers(0, 255))
def test_it_agrees_with_openssl_on_good_and_on_changed_signatures(seed, message, bit, key_bit):
    public, signature = signed(seed, message)
    changed = bytearray(signature)
    changed[bit // 8] ^= 1 << bit % 8
    other_key = bytearray(public)
    other_key[key_bit // 8] ^= 1 << key_bit % 8

    assert verify_ed25519(public, message, signature)
    assert not ours_accepts(public, message, bytes(changed))
    assert not openssl_accepts(public, message, bytes(changed))
    assert not ours_accepts(bytes(other_key), message, signature)


def test_a_signature_has_one_form_only():
    public, signature = signed(b"\x07" * 32, b"text")
    scalar = int.from_bytes(signature[32:], "little")
    again = signature[:32] + (scalar + ORDER).to_bytes(32, "little")

    assert verify_ed25519(public, b"text", signature)
    assert not verify_ed25519(public, b"text", again)
    assert not verify_ed25519(public, b"text", signature + b"\x00")
    assert not verify_ed25519(public, b"text", signature[:63])


@pytest.mark.parametrize("y", [P, P + 1, P + 18, 2**255 - 1])
def test_a_point_written_in_a_second_way_is_no_key_and_no_signature(y):
    public, signature = signed(b"\x07" * 32, b"text")
    encoded = y.to_bytes(32, "little")

    with pytest.raises(DamagedError, match="not the one way"):
        verify_ed25519(encoded, b"text", signature)
    assert not verify_ed25519(public, b"text", encoded + signature[32:])


def test_a_second_way_of_writing_a_point_of_small_order_is_refused_where_the_equation_would_hold():
    # R = the neutral point (y = 1) written as y = p + 1, S = 0, key = the neutral point: S·B = R + k·A holds.
    neutral = (1).to_bytes(32, "little")

    assert verify_ed25519(neutral, b"text", neutral + bytes(32))  # the equation itself
    assert not verify_ed25519(neutral, b"text", (P + 1).to_bytes(32, "little") + bytes(32))
    with pytest.raises(DamagedError):
        verify_ed25519((P + 1).to_bytes(32, "little"), b"text", neutral + bytes(32))


@pytest.mark.parametrize("public", [(1 | 1 << 255).to_bytes(32, "little"), (2).to_bytes(32, "little"), b"", bytes(31)])
def test_what_is_not_a_point_is_no_key(public):
    with pytest.raises(DamagedError):
        verify_ed25519(public, b"text", bytes(64))


def test_the_note_and_key_of_gos_documentation():
    assert open_note(GO_NOTE.encode(), parse_vkey(GO_KEY)).startswith("If you think cryptography")
    assert str(parse_vkey(GO_KEY)) == GO_KEY


def test_the_signing_key_of_gos_documentation_gives_its_public_key():
    assert str(Signer.parse(GO_SIGNER).key) == GO_KEY


def test_every_changed_character_of_a_key_is_refused():
    for at in range(len(GO_KEY)):
        for bit in (1, 2, 4, 8, 16, 32):
            changed = GO_KEY[:at] + chr(ord(GO_KEY[at]) ^ bit) + GO_KEY[at + 1 :]
            with pytest.raises(DamagedError):
                parse_vkey(changed)


@pytest.mark.parametrize("text", ["", "+", "a", "a+b", "a+12345678+", "a b+c74f20a3+AQ==", "é" * 9, GO_KEY + "\n"])
def test_a_text_that_is_not_a_key_is_refused(text):
    with pytest.raises(DamagedError):
        parse_vkey(text)


def test_every_changed_byte_of_a_note_is_refused():
    key, note = parse_vkey(GO_KEY), GO_NOTE.encode()
    for at in range(len(note)):
        for bit in (1, 4, 32, 128):
            with pytest.raises(DamagedError):
                open_note(note[:at] + bytes([note[at] ^ bit]) + note[at + 1 :], key)


def test_the_spare_bits_of_base64_are_no_second_form_of_a_signature():
    key = parse_vkey(GO_KEY)

    with pytest.raises(DamagedError, match="one form"):
        open_note(GO_NOTE.replace("nAM=\n", "nAN=\n").encode(), key)


def test_signatures_of_others_are_passed_over_and_two_of_ours_must_both_hold(random_source):
    ours, witness = (Signer.generate(name, random_source(1)) for name in ("example.org/log", "witness.example.org"))
    head = TreeHead("example.org/log", 3, b"\x01" * 32)
    note = ours.sign(head).note
    cosignature = witness.sign(head).note.splitlines()[-1] + "\n"
    broken = note.splitlines()[-1]
    other = base64.b64encode(ours.key.key_id + bytes(64)).decode()

    assert open_checkpoint((note + cosignature).encode(), ours.key) == head
    assert open_checkpoint((note.rpartition("— ")[0] + cosignature + broken + "\n").encode(), ours.key) == head
    with pytest.raises(DamagedError, match="does not fit"):
        open_checkpoint(f"{note}— example.org/log {other}\n".encode(), ours.key)
    with pytest.raises(DamagedError, match="no signature by other"):
        open_note(note.encode(), VerifierKey("other", ours.key.public))


def test_a_checkpoint_must_bear_the_name_of_its_key(random_source):
    signer = Signer.generate("example.org/log", random_source(1))

    with pytest.raises(DamagedError, match="is not the name of the key"):
        open_checkpoint(signer.sign(TreeHead("example.org/other", 0, bytes(32))).note.encode(), signer.key)


@pytest.mark.parametrize(
    "text",
    ["", "a\n", "a\n1\n", "a\n1\nAAAA\n", "a\n1\n" + "A" * 43 + "\n"]
    + [f"{start}\n{'A' * 43}=\n" for start in ("\n1", "a\n01", "a\n-1", f"a\n{2**63}", f"a\n{10**30}", "a\n١", "a\n")],
)
def test_a_text_that_is_not_a_tree_head_is_refused(text):
    with pytest.raises(DamagedError):
        parse_tree_head(text)


def test_a_signing_key_is_kept_in_gos_form_and_not_shown(random_source):
    signer = Signer.generate("example.org/log", random_source(3))

    assert Signer.parse(f"{signer}\n") == signer
    assert str(signer).startswith(f"PRIVATE+KEY+example.org/log+{signer.key.key_id.hex()}+")
    assert signer.seed.hex() not in repr(signer)
    assert str(signer.seed) not in repr(signer)


@pytest.mark.parametrize("damage", ["", "PRIVATE+KEY+a", "PRIVATE+KEY+a+00000000+AAAA", "PRIVATE+KEY+a+00000000+!"])
def test_a_damaged_signing_key_is_refused(damage):
    with pytest.raises(RecordError, match="signing key is damaged"):
        Signer.parse(damage)

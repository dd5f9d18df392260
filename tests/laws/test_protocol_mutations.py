"""Whatever happens to a protocol file, it is read, or refused with a line that is in it. Nothing else comes out."""

import re

from hypothesis import given
from hypothesis import strategies as st

from clew.errors import InputError
from clew.pilot.check import check
from clew.pilot.parse import parse_protocol
from clew.pilot.protocol import Protocol
from protocol_texts import SOUND

MARKS = ("", "[", "]", "[[", '"', "'''", '"""', "=", "\n", "#", "{", "}", ".", ",", "\\", "\r", "\x00", "é")
WORDS = ("nan", "-inf", "true", "0x", "1e999", "2027-02-30", "id = 1\n", "cost.y = 1\n")
HEADS = ("[pilot]\n", "[[equity]]\n", "[[secondary]]\n", "[design]\n", "[size.x]\n")
SNIPPETS = st.sampled_from((*MARKS, *WORDS, *HEADS))
LINES = SOUND.split("\n")


def read_or_refused(source: bytes) -> Protocol | None:
    """The protocol; None where it was refused with a place inside the file and a remedy for each mistake."""
    try:
        return parse_protocol(source, "p.toml")
    except InputError as refused:
        last = max(1, source.count(b"\n") + (not source.endswith(b"\n")))
        for problem in refused.problems:
            place = re.fullmatch(r"p\.toml, line (\d+)(, column \d+)?", problem.where)
            assert place is not None, problem
            assert 1 <= int(place[1]) <= last, problem
            assert problem.what.endswith("."), problem
            assert problem.do.endswith((".", "?", ").")), problem
        return None


@given(st.lists(st.tuples(st.integers(0, len(SOUND)), st.integers(0, 12), SNIPPETS), min_size=1, max_size=3))
def test_text_cut_out_and_put_in(edits: list[tuple[int, int, str]]) -> None:
    text = SOUND
    for start, length, snippet in edits:
        text = text[:start] + snippet + text[start + length :]
    read_or_refused(text.encode())


@given(st.lists(st.integers(0, len(LINES) - 1), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_lines_lost_doubled_and_shuffled(places: list[int], random: object) -> None:
    lines = [line for number, line in enumerate(LINES) if number not in places[::2]]
    lines += [LINES[place] for place in places[1::2]]
    read_or_refused("\n".join(lines).encode())
    random.shuffle(lines)  # type: ignore[attr-defined]
    read_or_refused("\n".join(lines).encode())


@given(st.binary(max_size=40), st.integers(0, len(SOUND)))
def test_bytes_put_in(noise: bytes, place: int) -> None:
    source = SOUND.encode()
    read_or_refused(source[:place] + noise + source[place:])


VALUES = st.one_of(
    st.integers().map(str),
    st.floats(allow_nan=False).map(repr),
    st.sampled_from(
        ["true", "[]", "{}", '"x"', '""', "2027-03-01", "07:00:00", "[1, 2]", '["a"]', "nan", '"0.5"', "{a = 1.0}"]
    ),
)


@given(st.lists(st.tuples(st.integers(0, len(LINES) - 1), VALUES), min_size=1, max_size=4))
def test_values_of_other_types_and_sizes_and_then_the_check(edits: list[tuple[int, str]]) -> None:
    """What is read can also be checked: no rule falls over a strange but well-formed protocol."""
    lines = list(LINES)
    for place, value in edits:
        if " = " in lines[place]:
            lines[place] = f"{lines[place].split(' = ')[0]} = {value}"
    found = read_or_refused("\n".join(lines).encode())
    if found is not None:
        answer = check(found)
        assert answer.ok == (not answer.problems)
        assert all(problem.what and problem.do for problem in (*answer.problems, *answer.notices))

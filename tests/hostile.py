"""Whatever a browser, a script or an enemy sends: what a page asks for, and answers to it that nobody foresaw."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from itertools import cycle

from hypothesis import strategies as st

PASSWORD = "a long pass phrase"
PLAIN = {
    "email": ("director.of.care@example.org", "somebody@example.org"),
    "number": ("1", "2"),
    "date": ("2026-09-15", "2027-03-01"),
    "password": (PASSWORD, "another long pass phrase"),
    "checkbox": ("on",),
}
"""What somebody who means well types, by the type of the field."""
NUMBERS = (
    *("-1", "-0", "0", "1e999", "1e-999", "nan", "Infinity", "٣", "²", "1_000", "0x10", "1,5", "50%"),
    *("9" * 20, "9223372036854775808", "-9223372036854775809"),
)
DAYS = (
    *("2027-02-30", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "20270301"),
    *("2027-W01-1", "2027-03-01T00:00:00+14:00", "last"),
)
WORDS = (
    "",
    " ",
    "\0",
    "plain\0",
    "\n\r\t",
    "\x1b[31m\x7f",
    "\u202eelpmis\u2066",
    "\ufeff\u200b\ufffe\uffff",
    "e\u0301\U0001f469\u200d\U0001f692",
    "İıſß",
    "عربي 中文 ไทย",
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% now %}%s%(a)s{0}{a.b}",
    "'; DROP TABLE record_eventrow; --",
    "../../etc/passwd",
    "\r\nSet-Cookie: a=b",
    "//evil.example/",
    "http://[::1",
    "javascript:alert(1)",
    "%",
    "%00%ff%2e%2e",
    "\\",
    'a = """\n',
    "= = =\n=",
    "arm,safe\n1,2\n",
    "00000000-0000-0000-0000-00000000000g",
)
ADDRESSES = (
    "a@b",
    "a@[",
    '"a\0b"@example.org',
    f"x@{'é' * 70}.example",
    f"{'x' * 300}@example.org",
    "İ@example.org",
    "a\n@b.c",
)
VALUES = (
    "true",
    "null",
    "[]",
    "[[]]",
    "{}",
    '"text"',
    "1e999",
    '{"id": 1}',
    '{"response": []}',
    '{"id": "a", "rawId": "a", "type": "public-key", "response": {}}',
    '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {"clientDataJSON": "YQ", "userHandle": "YQ"}}',
    '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {"clientDataJSON": "e30", "attestationObject": ""}}',
    '{"id": "YQ", "rawId": "YQ", "response": {"clientDataJSON": "e30", "authenticatorData": "YQ", "signature": "YQ"}}',
    "[" * 3_000,
    "9" * 5_000,
    "0" * 64,
)
AWKWARD = (*WORDS, *NUMBERS, *DAYS, *ADDRESSES, *VALUES[:-3])
"""What nobody types who means well."""
AWKWARD_FOR = {"number": NUMBERS, "date": DAYS, "email": ADDRESSES, "hidden": VALUES}
"""The same, as it nearly fits a type of field."""
QUERY = (
    "on show q page role before kind case next key sha256 state code error once o p e all from after limit offset sort "
    "order _popup _facets _changelist_filters is_steward office__contains process passwordless"
)
FIXED = (
    "credential sure confirmed once change go title text file whole name days reason reference reauthenticated action"
)
KINDS = {"credential": "hidden", "file": "file"}
"""Names that a form of the service may have, for addresses whose page shows none."""


@dataclass(frozen=True)
class Plain:
    """The answer that is meant, one of those that there are."""

    which: int

    def to(self, asked: "Field") -> str:
        return asked.plain[self.which % len(asked.plain)]


@dataclass(frozen=True)
class Awkward:
    """An answer that nearly fits."""

    which: int

    def to(self, asked: "Field") -> str:
        some = AWKWARD_FOR.get(asked.kind, AWKWARD)
        return some[self.which % len(some)]


@dataclass(frozen=True)
class Long:
    """So many letters: written out only when sent."""

    times: int
    of: str

    def to(self, asked: "Field") -> str:
        return self.of * self.times


Answer = Plain | Awkward | Long | str


class File(BytesIO):
    """A file under whatever name and type the sender says."""

    def __init__(self, name: str, kind: str, content: bytes) -> None:
        super().__init__(content)
        self.name, self.content_type = name, kind


@dataclass
class Field:
    """What a page asks for: the kind of input, and the answers that it offers or holds."""

    kind: str
    offered: list[str] = field(default_factory=list)

    @property
    def plain(self) -> Sequence[str]:
        return self.offered or PLAIN.get(self.kind, ("plain", "another"))


class _Asked(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.fields: dict[str, Field] = {}
        self._path, self._inside, self._select = path, False, Field("select")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = said.get("method", "").lower() == "post" and said.get("action", "") in {"", ".", self._path}
        elif tag == "option":
            self._select.offered.append(said.get("value", ""))
        elif self._inside and tag in {"input", "select", "textarea", "button"} and said.get("name"):
            self._take(tag, said)

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "form"

    def _take(self, tag: str, said: dict[str, str]) -> None:
        found = self.fields.setdefault(said["name"], Field(said.get("type", "text") if tag == "input" else tag))
        found.offered += [said["value"]] if said.get("value") else []
        if tag == "select":
            self._select = found


def asked_on(html: str, path: str) -> dict[str, Field]:
    """Return what the forms of the page at `path` that are sent to it ask for, by name."""
    reader = _Asked(path)
    reader.feed(html)
    reader.fields.pop("csrfmiddlewaretoken", None)
    return reader.fields


LONG = st.builds(Long, st.sampled_from((81, 201, 5_001, 40_000)), st.sampled_from(("x", "9", "é", "<", "[", "\0", " ")))
NEARLY = st.builds(Awkward, st.integers(0, 999))
TEXT = st.one_of(NEARLY, NEARLY, st.text(max_size=40), st.integers().map(str), LONG)
MEANT = st.builds(Plain, st.integers(0, 9)).map(lambda one: (one,))
ANSWER = st.one_of(MEANT, MEANT, TEXT.map(lambda one: (one,)), st.tuples(TEXT, TEXT), st.just(()))
"""What is sent for one field: what is meant (often, else hardly a form is ever whole), anything, two, or nothing."""
FILE_NAMES = st.one_of(
    st.sampled_from(
        (
            "a.csv",
            "a.parquet",
            "a.toml",
            "../../etc/passwd.csv",
            "..",
            "a.csv\0.exe",
            'a";filename="b.csv',
            "a\r\nContent-Type: text/html.csv",
            "\u202evsc.exe",
            "CON.csv",
            ".csv",
            "C:\\a\\b.CSV",
            "é" * 300 + ".csv",
            "%00.csv",
            "=?utf-8?q?a?=.csv",
        )
    ),
    st.text(max_size=20).map(lambda stem: f"{stem}.csv"),
)
FILE_TYPES = st.sampled_from(
    ("text/csv", "", "nonsense", "text/html; charset=utf-7", "multipart/mixed; boundary=a", "é", "a/b" * 90)
)
FILE_BYTES = st.one_of(
    st.sampled_from((b"", b"\0", b"\xff\xfe", b"PAR1PAR1", b"district,arm,safe,tongue\na,usual,1,other\n", b"a = 1\n")),
    st.binary(max_size=40),
)
BODIES = st.tuples(
    st.sampled_from((b"", b"{", b"%ff=%00&=&&a", b"--a\r\n", b"--a--\r\n", b"\xff" * 9, b"a=1&" * 600)),
    st.sampled_from(
        (
            "application/json",
            "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded; charset=nonsense",
            "application/x-www-form-urlencoded; charset=utf-16",
            "multipart/form-data",
            "multipart/form-data; boundary=a",
            "multipart/form-data; boundary=" + "é" * 90,
            "nonsense",
        )
    ),
)
HEADERS = ({}, {"HX-Request": "true"}, {"Accept": "application/json"}, {"X-Requested-With": "XMLHttpRequest"})


@dataclass(frozen=True)
class Attack:
    """What is tried at one address: answers for the fields it asks for, in turn; names it never asked for; a query."""

    answers: list[tuple[Answer, ...]]
    unknown: dict[str, str]
    query: list[tuple[str, Answer]]
    part: Answer
    which: int
    headers: dict[str, str]
    file: tuple[str, str, bytes]
    body: tuple[bytes, str]

    def said(self, fields: dict[str, Field]) -> dict[str, list[str]]:
        """Return what is sent for these fields, files apart."""
        typed = {name: one for name, one in fields.items() if one.kind != "file"}
        answers = zip(typed.items(), _again(self.answers), strict=False)
        told = {name: [_text(one, asked) for one in said] for (name, asked), said in answers}
        return {**{name: [text] for name, text in self.unknown.items()}, **told}

    def files(self, fields: dict[str, Field]) -> dict[str, "File"]:
        """Return the file that is sent for each field that asks for one."""
        name, kind, content = self.file
        asking = (one for one, asked in fields.items() if asked.kind == "file")
        return {one: File(name, kind, content) for one in asking}

    @property
    def asked(self) -> dict[str, list[str]]:
        """The query, as fields of a form."""
        return {name: [_text(one, Field("")) for key, one in self.query if key == name] for name, _ in self.query}

    @property
    def place(self) -> str:
        """What stands in a place of the address."""
        return _text(self.part, Field(""))


def _text(answer: Answer, asked: Field) -> str:
    return answer if isinstance(answer, str) else answer.to(asked)


def _again(answers: list[tuple[Answer, ...]]) -> Iterator[tuple[Answer, ...]]:
    while True:
        yield from answers


FEW = st.lists(st.tuples(st.one_of(st.sampled_from(QUERY.split()), st.text(max_size=9)), TEXT), max_size=4)
ALL = st.lists(NEARLY, min_size=7, max_size=7).map(lambda values: list(zip(QUERY.split(), cycle(values), strict=False)))
ATTACKS = st.builds(
    Attack,
    answers=st.lists(ANSWER, min_size=7, max_size=7),
    unknown=st.dictionaries(st.one_of(st.sampled_from(FIXED.split()), st.text(max_size=9)), st.sampled_from(AWKWARD)),
    query=st.one_of(FEW, ALL),
    part=TEXT,
    which=st.integers(0, 9),
    headers=st.sampled_from(HEADERS),
    file=st.tuples(FILE_NAMES, FILE_TYPES, FILE_BYTES),
    body=BODIES,
)
AS_MEANT = Attack([(Plain(0),)], {}, [], "plain", 0, {}, ("a.csv", "text/csv", b"a,b\n1,2\n"), (b"", "text/plain"))
"""Every field as it is meant: what is tried at every address once."""

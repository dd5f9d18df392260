"""The page that holds published results beside ours: docs/reference/replications.md."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from clew.evaluate.designs import DESIGNS
from clew.pilot.kinds import KINDS
from evidence.replications.found import Compared, like
from evidence.replications.published import DataSet
from evidence.replications.run import Ran

NEAR = 0.05
HEAD = """\
# Published results, computed again

<!-- made by `make replications`; a test holds this page to it -->

Each line is a figure that somebody printed, and ours: a protocol, the data as a file, and the estimate that
`clew evaluate` would give, by the same path. The data come with packages that others publish; nothing of them is copied
into this project. Every protocol stands in `evidence/replications/sets/`, one file a data set.

- *Every digit*: ours, rounded, is what was printed. Else it is said how far it is away, as a share of the printed
  figure, and below the table why.
- In brackets: the standard error, which is compared apart.
- † the printed figure was written down from memory and has not been looked up again; the others were seen in print, in
  the documentation of a package, or in its tests.
"""


def page(ran: tuple[Ran, ...]) -> str:
    """Return the whole page. The order of designs is that of the protocol's reference."""
    there = [name for name in KINDS if any(each.kind == name for each in ran)]
    sections = (section(kind, [each for each in ran if each.kind == kind]) for kind in there)
    return "\n".join([HEAD, *("\n".join(part) for part in (summary(ran), *sections, sources(ran)))])


def summary(ran: tuple[Ran, ...]) -> Iterator[str]:
    """Yield how many figures agree, and how well."""
    compared = [each for one in ran for each in one.compared]
    errors = [each.error_apart for each in compared if each.error_apart is not None]
    printed = [each for each in compared if not each.published.from_memory]
    sets = {one.replication.data.name for one in ran if one.compared}
    yield "## In short\n"
    kinds = {one.kind for one in ran if one.compared}
    yield f"{len(compared)} printed figures from {len(sets)} data sets, in {len(kinds)} of {len(KINDS)} designs.\n"
    yield "| | figures | every printed digit | within 5 % | further off |"
    yield "|---|---|---|---|---|"
    yield _counted("estimates and other figures", [each.apart for each in compared])
    yield _counted("of these, seen in print", [each.apart for each in printed])
    yield _counted("standard errors", errors)
    if missing := [one for one in ran if one.not_run]:
        yield "\n**Not run**, so that this page is not whole:\n"
        yield from (f"- {one.replication.name}: {one.not_run}" for one in missing)
    yield ""


def _counted(name: str, apart: list[float]) -> str:
    exact, near = sum(each == 0 for each in apart), sum(0 < each <= NEAR for each in apart)
    return f"| {name} | {len(apart)} | {exact} | {near} | {len(apart) - exact - near} |"


def section(kind: str, ran: list[Ran]) -> Iterator[str]:
    """Yield one design's table, then its remarks."""
    title = DESIGNS[kind].about.title if kind in DESIGNS else kind
    yield f"## {title}\n"
    yield f'`kind = "{kind}"`: [what it is](designs/{kind}.md)\n'
    yield "| data and figure | printed | ours | agreement | where printed |"
    yield "|---|---|---|---|---|"
    remarks: list[str] = []
    for data, those in groupby(ran, key=lambda one: one.replication.data):
        yield f"| **{data.title}** | | | | |"
        for compared in (each for one in those for each in one.compared):
            yield _row(compared, remarks)
    lessons = [one.replication.lesson for one in ran if one.replication.lesson]
    yield ""
    yield from (f"{number}. {text}." for number, text in enumerate(remarks, start=1))
    yield from ("" for _ in remarks[:1])
    yield from (f"{lesson}\n" for lesson in lessons)


def _row(compared: Compared, remarks: list[str]) -> str:
    told = compared.published
    mark = ""
    if told.remark:
        if told.remark not in remarks:
            remarks.append(told.remark)
        mark = f" ({remarks.index(told.remark) + 1})"
    printed = _with_error(told.value, told.error) + (" †" if told.from_memory else "")
    error = None if compared.error is None or not told.error else like(compared.error, told.error)
    ours = _with_error(like(compared.ours, told.value), error or "")
    return f"| {told.what} | {printed} | {ours} | {agreement(compared)}{mark} | {told.where} |"


def _with_error(value: str, error: str) -> str:
    return f"{value} ({error})" if error else value


def agreement(compared: Compared) -> str:
    """Return in words how near ours is.

    >>> from evidence.replications.published import Published
    >>> agreement(Compared(Published("", "2.0", "", error="1.0"), 2.1, 1.0, 0.05, 0.0))
    '5 % away; s.e. every digit'
    """
    value = _apart(compared.apart)
    if compared.error_apart is None or compared.error_apart == compared.apart == 0:
        return value
    return f"{value}; s.e. {_apart(compared.error_apart)}"


def _apart(share: float) -> str:
    if share == 0:
        return "every digit"
    if share < 1e-4:
        return "less than 0.01 % away"
    return f"{share * 100:.0f} % away" if share >= 0.1 else f"{share * 100:.2g} % away"


def sources(ran: Iterable[Ran]) -> Iterator[str]:
    """Yield where each data set comes from."""
    yield "## Where the data come from\n"
    yield "| data | rows | from | figures | in |"
    yield "|---|---|---|---|---|"
    by_set: dict[str, tuple[DataSet, list[Ran]]] = {}
    for one in ran:
        by_set.setdefault(one.replication.data.name, (one.replication.data, []))[1].append(one)
    for data, those in by_set.values():
        count, kinds = sum(len(one.compared) for one in those), sorted({one.kind for one in those})
        yield f"| {data.title} | {data.rows:,} | {data.source} | {count} | {', '.join(kinds)} |"
    yield ""

"""A remark on a protocol: what a rule of `clew.pilot.check` yields."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from clew.pilot.protocol import Protocol


@dataclass(frozen=True, slots=True)
class Remark:
    """What is wrong or to be known, at which key, and what to do."""

    path: tuple[str | int, ...]
    what: str
    do: str


Rule = Callable[[Protocol], Iterator[Remark]]

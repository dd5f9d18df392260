"""The designs that an effect can be estimated in, one file each. A new one is a file here and a name in `NAMES`."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import cast

from clew.errors import InputError
from clew.evaluate.designs.method import Method
from clew.evaluate.rows import Layout
from clew.pilot.protocol import Protocol

NAMES = (
    "randomised",
    "cluster-randomised",
    "encouragement",
    "rare-events",
    "regression-discontinuity",
    "stepped-wedge",
    "synthetic-control",
    "synthetic-difference-in-differences",
    "interrupted-time-series",
    "difference-in-differences",
    "random-rollout",
    "staggered-difference-in-differences",
)
"""The kinds. Each is a file of its name, with `_` for `-`, that exports `METHOD`."""


class _Designs(Mapping[str, Method]):
    """The methods by kind. A file is read when its kind is first asked for: a pilot has one of twelve."""

    def __getitem__(self, kind: str) -> Method:
        if kind not in NAMES:
            raise KeyError(kind)
        return cast("Method", import_module(f"{__name__}.{kind.replace('-', '_')}").METHOD)

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)


DESIGNS: Mapping[str, Method] = _Designs()


def method_of(protocol: Protocol) -> Method:
    """Return how the protocol's kind of design is estimated. Raises InputError where it is not built."""
    kind = protocol.design.kind
    if kind not in DESIGNS:
        raise InputError(
            f"data of a {kind} design cannot be evaluated yet.",
            where="[design] kind",
            do=f"Built: {', '.join(DESIGNS)}.",
        )
    return DESIGNS[kind]


def layout_of(protocol: Protocol) -> Layout:
    """Return which column of the data plays which part."""
    return method_of(protocol).layout(protocol)

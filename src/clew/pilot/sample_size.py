"""What a sample size calculation hands over: frozen values that print themselves."""

import html
from dataclasses import asdict, dataclass
from typing import Any

from clew.pilot.assumptions import Assumption


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the calculation: units needed in each arm after it, None where no number of units is enough.

    `factor`: by what it multiplies the independent units needed (the design effect, the looks …); None where it counts
    or rounds. `source`: the formula's.
    """

    name: str
    factor: float | None
    treated: int | None
    comparison: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Needed:
    """What shows the smallest effect worth having by the last planned look, all steps counted.

    `units`, `cluster_size`: with the clusters planned (or `clusters` of them, where none are planned); None where no
    size of so few clusters (or no number of units) is enough. `clusters_of_stated_size`: how many clusters of the
    stated size would do. `periods`: of one interrupted series, in all; None elsewhere and where no number is enough.
    """

    units: int | None
    clusters: int | None = None
    cluster_size: int | None = None
    clusters_of_stated_size: int | None = None
    periods: int | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """What the planned size can show. `detectable`: the smallest effect with the wanted power, in the outcome's units;
    None where even the largest possible effect is not. `power_with_extensions`: over every look that may be taken.
    `periods` in all and `periods_before` the first start, None where nothing is followed over time.
    """

    units: int
    clusters: int | None
    power: float
    power_with_extensions: float
    detectable: float | None
    periods: int | None = None
    periods_before: int | None = None


@dataclass(frozen=True, slots=True)
class Rare:
    """Whether a cut in rare events can be shown by comparing years before with years after.

    `years_each_side`: by the exact one-sided test; `years_two_sided` by the two-sided one; None beyond 100,000 years.
    `expected_before`, `expected_after`: events in that time. `none_by_luck`: (years, chance of no event although
    nothing changed). `horizon_years`: how long the pilot may take. `proximal`: the outcome registered in its stead.
    """

    name: str
    events_a_year: float
    cut: float
    years_each_side: int | None
    years_two_sided: int | None
    expected_before: float | None
    expected_after: float | None
    none_by_luck: tuple[tuple[int, float], ...]
    horizon_years: float
    proximal: str | None

    @property
    def can_be_shown(self) -> bool:
        """Whether the years needed on one side fit into the pilot."""
        return self.years_each_side is not None and self.years_each_side <= self.horizon_years


@dataclass(frozen=True, slots=True)
class SampleSize:
    """How large a pilot must be, what the planned one can show, and in which words to say so."""

    pilot: str
    outcome: str
    measure: str
    effect: float
    alpha: float
    power: float
    assumptions: tuple[Assumption, ...]
    steps: tuple[Step, ...]
    needed: Needed
    planned: Planned | None
    rare: Rare | None
    sentences: tuple[str, ...] = ()

    @property
    def can_be_shown(self) -> bool | None:
        """Whether the planned size detects the smallest effect worth having; None where no size is planned."""
        if self.planned is None:
            return None
        detectable = self.planned.detectable
        return detectable is not None and detectable <= self.effect * (1 + 1e-9)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON of `clew pilot size`."""
        rare = self.rare and {**asdict(self.rare), "can_be_shown": self.rare.can_be_shown}
        return {**asdict(self), "rare": rare, "can_be_shown": self.can_be_shown}

    def _repr_html_(self) -> str:
        """Show itself in a notebook."""
        rows = "".join(f"<tr><td>{html.escape(one.name)}</td><td>{one.treated}</td></tr>" for one in self.steps)
        head = "<tr><th>step</th><th>units in the treated arm</th></tr>"
        return f"<p>{html.escape(' '.join(self.sentences))}</p><table>{head}{rows}</table>"

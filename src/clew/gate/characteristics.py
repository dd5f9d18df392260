"""What a registered rule will do: how often it says scale, stop or nothing, in worlds where the truth is known.

Made-up data of the registered design go, look by look, through the very code that will judge the real data: `analyse`
and `judge`. Nothing here is a result about the pilot; it is about its rule.

Sources: operating characteristics by simulation: Blair et al. (2019), "Declaring and Diagnosing Research Designs",
American Political Science Review 113; Morris, White & Crowther (2019), Statistics in Medicine 38 (Monte Carlo errors).
"""

import html
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from clew.errors import InputError, Problem
from clew.evaluate.analyse import analyse
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.designs import method_of
from clew.evaluate.finding import Finding
from clew.evaluate.world import HARM, NO_EFFECT, WORTH_HAVING, Scenario, World, scenarios, world_of
from clew.gate.judge import History, Judgement, judge
from clew.pilot.assumptions import Assumption
from clew.pilot.protocol import Protocol
from clew.pilot.trial import looks_paid_for

Ending = Literal["scale", "stop", "undecided"]
ENDINGS: Final[tuple[Ending, ...]] = get_args(Ending)
Endings = NDArray[np.int64]
"""(trials, 3): how each trial ended, as a place in `ENDINGS`; at which look; how many looks could not be analysed."""

SAID: Final = {
    "scale": 'the rule says "scale"',
    "stop": "the pilot is stopped, by a stop rule or for a harmed group,",
    "undecided": "nothing is decided at the end",
}
HEADLINE: Final = (
    (NO_EFFECT, "scale"),
    (WORTH_HAVING, "scale"),
    (HARM, "stop"),
    (NO_EFFECT, "undecided"),
    (WORTH_HAVING, "undecided"),
)
BATCH: Final = 40


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One figure. `estimate`: a probability, or a number of looks; `mc_error`: its Monte Carlo standard error.

    Both are None, and `sentence` says why, where the protocol leaves nothing to simulate.
    """

    scenario: str
    probability: str
    estimate: float | None
    mc_error: float | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Characteristics:
    """How a registered rule behaves. `rows`: for each scenario the ways a pilot may end, and the looks it takes."""

    pilot: str
    protocol_sha256: str
    trials: int
    seed: int
    assumptions: tuple[Assumption, ...]
    notes: tuple[str, ...]
    rows: tuple[Characteristic, ...]

    @property
    def headline(self) -> tuple[Characteristic, ...]:
        """The figures to read first: false and true scaling, stopping for harm, and deciding nothing."""
        wanted = {(scenario, _probability(scenario, ending)) for scenario, ending in HEADLINE}
        return tuple(row for row in self.rows if (row.scenario, row.probability) in wanted)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON: the same bytes for the same protocol, trials and seed, whatever the number of workers."""
        return {**asdict(self), "headline": [row.probability for row in self.headline]}

    def _repr_html_(self) -> str:
        """Show itself in a notebook."""
        rows = "".join(
            f"<tr><td>{html.escape(row.probability)}</td><td>{figure(row)}</td><td>{html.escape(row.sentence)}</td></tr>"
            for row in self.rows
        )
        return f"<table><tr><th></th><th>estimate</th><th></th></tr>{rows}</table>"


def figure(row: Characteristic) -> str:
    """Return the estimate with its Monte Carlo error, for reading.

    >>> figure(Characteristic("no effect", "P(scale | no effect)", 0.025, 0.0035, ""))
    '0.025 ± 0.0035'
    """
    return "–" if row.estimate is None else f"{row.estimate:.3g} ± {row.mc_error:.2g}"


def as_recorded(could: Characteristics) -> tuple[tuple[str, str], ...]:
    """Return operating characteristics as a lock holds them: texts, each with its Monte Carlo error."""
    run = (("trials a scenario", str(could.trials)), ("seed", str(could.seed)))
    return (*run, *((row.probability, figure(row)) for row in could.rows))


def characteristics(
    protocol: Protocol,
    *,
    trials: int = 2_000,
    seed: int = 1,
    workers: int = 1,
    progress: Callable[[int], object] | None = None,
) -> Characteristics:
    """Return how the registered design, looks and rule behave where the truth is known.

    `trials`: made-up pilots in each scenario. `workers`: processes; the result does not depend on them (a script that
    asks for more than one needs the usual ``if __name__ == "__main__"``). `progress`: is told how many more trials are
    done, of `trials_in_all`.

    Raises: InputError where more rows would be needed than can be made up, the design names what is not offered, or
    trials, seed or workers make no sense.
    """
    _check(trials=trials, seed=seed, workers=workers)
    method_of(protocol).layout(protocol)  # refuses what is not offered before anything is made up
    world = world_of(protocol)
    tried = scenarios(protocol, world)
    deciding = protocol.about(protocol.outcome)  # further outcomes enter no verdict, and nothing is made up for them
    ended = _run(Task(deciding, world, tried, seed), trials, workers, progress or (lambda _: None))
    rows = [row for scenario, endings in zip(tried, ended, strict=True) for row in _rows(scenario, endings)]
    if len(tried) < 3:
        why = "No equity group is registered, so harm to one of them would go unseen."
        rows += [Characteristic(HARM, _probability(HARM, ending), None, None, why) for ending in ENDINGS]
    return Characteristics(
        protocol.pilot.id, protocol.sha256, trials, seed, world.listed, (*world.notes, *_mute(ended)), tuple(rows)
    )


def trials_in_all(protocol: Protocol, trials: int) -> int:
    """Return how many trials `progress` will have been told of in the end: `trials` in each scenario."""
    return trials * len(scenarios(protocol, world_of(protocol)))


def _check(**numbers: int) -> None:
    least = {"trials": 1, "seed": 0, "workers": 1}
    problems = tuple(
        Problem(f"{name} is {value}, but must be at least {least[name]}", do="Give a whole number from there up.")
        for name, value in numbers.items()
        if value < least[name]
    )
    if problems:
        raise InputError(problems=problems)


@dataclass(frozen=True, slots=True)
class Task:
    """What every process needs to know. Each trial has a seed sequence of its own, by scenario and number."""

    protocol: Protocol
    world: World
    scenarios: tuple[Scenario, ...]
    seed: int

    def batch(self, scenario: int, first: int, last: int) -> Endings:
        """Return how trials `first` to `last` − 1 of a scenario ended."""
        return np.array([self.trial(scenario, number) for number in range(first, last)], dtype=np.int64)

    def trial(self, scenario: int, number: int) -> tuple[int, int, int]:
        """Return how one trial ended; see `Endings`."""
        seeds = np.random.SeedSequence(self.seed, spawn_key=(scenario, number))
        chance = np.random.default_rng(seeds)
        drawn = method_of(self.protocol).draw(self.protocol, self.world, self.scenarios[scenario], chance)
        history, mute = History(), 0
        last = looks_paid_for(self.protocol)
        for look in range(1, last + 1):
            finding = _analysed(self.protocol, ArrayRows(drawn.at(look)), look)
            if finding is None:
                mute += 1
                continue
            judgement = judge(self.protocol, finding, history)
            if judgement.verdict in {"scale", "stop"}:
                return ENDINGS.index(ending_of(judgement)), look, mute
            history = after(history, judgement)
        return ENDINGS.index("undecided"), last, mute


def _analysed(protocol: Protocol, rows: ArrayRows, look: int) -> Finding | None:
    """Return the finding, None where the rows cannot carry the estimate yet (an outcome that has not varied so far)."""
    try:
        return analyse(protocol, rows, look=look)
    except InputError:
        return None


def ending_of(judgement: Judgement) -> Ending:
    """Return how a pilot ends with this verdict: a stop for want of a decision is "undecided"."""
    if judgement.verdict == "scale":
        return "scale"
    ruled = any(reason.holds for reason in judgement.reasons if reason.rule.startswith("stop."))
    return "stop" if judgement.verdict == "stop" and ruled else "undecided"


def after(history: History, judgement: Judgement) -> History:
    """Return what is used up once the pilot goes on as the verdict says."""
    return History(
        history.extensions_used + (judgement.verdict == "extend"),
        history.adaptations_used + (judgement.verdict == "adapt"),
    )


def _run(task: Task, trials: int, workers: int, progress: Callable[[int], object]) -> list[Endings]:
    """Return the endings of every scenario, in the order of trials whoever ran them."""
    batches = [
        (scenario, first, min(first + BATCH, trials))
        for scenario in range(len(task.scenarios))
        for first in range(0, trials, BATCH)
    ]
    ended = [np.zeros((trials, 3), dtype=np.int64) for _ in task.scenarios]
    for (scenario, first, last), endings in _batches(task, batches, workers):
        ended[scenario][first:last] = endings
        progress(last - first)
    return ended


Batch = tuple[int, int, int]


def _batches(task: Task, batches: list[Batch], workers: int) -> Iterator[tuple[Batch, Endings]]:
    if workers == 1:
        yield from ((batch, task.batch(*batch)) for batch in batches)
        return
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_leave_interrupts_to_the_caller)
    try:
        waiting = {pool.submit(task.batch, *batch): batch for batch in batches}
        for done in as_completed(waiting):
            yield waiting[done], done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_the_caller() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _mute(ended: list[Endings]) -> Iterator[str]:
    """Yield what must be said where made-up rows could not carry the estimate."""
    mute = sum(int(endings[:, 2].sum()) for endings in ended)
    looks = sum(int(endings[:, 1].sum()) for endings in ended)
    if mute:
        yield f"At {mute / looks:.1%} of the looks the rows could not carry the estimate, so nothing was decided."


def _rows(scenario: Scenario, ended: Endings) -> Iterator[Characteristic]:
    trials = len(ended)
    for place, ending in enumerate(ENDINGS):
        count = int(np.count_nonzero(ended[:, 0] == place))
        share = count / trials
        error = float(np.sqrt(share * (1 - share) / trials))
        sentence = f"If {scenario.truth}, {SAID[ending]} {_how_often(count, trials, error)}."
        yield Characteristic(scenario.name, _probability(scenario.name, ending), share, error, sentence)
    looks = ended[:, 1].astype(np.float64)
    error = float(looks.std(ddof=1) / np.sqrt(trials)) if trials > 1 else 0.0
    sentence = f"If {scenario.truth}, {looks.mean():.2f} looks are taken on average."
    yield Characteristic(scenario.name, f"expected looks | {scenario.name}", float(looks.mean()), error, sentence)


def _probability(scenario: str, ending: str) -> str:
    return f"P({ending} | {scenario})"


def _how_often(count: int, trials: int, error: float) -> str:
    """Return a share in words; where nothing or everything was seen, what 95 % confidence leaves (rule of three)."""
    bound = min(1.0, 3 / trials)
    if count == 0:
        return f"in none of {trials} trials (so in fewer than {bound:.2%}, with 95% confidence)"
    if count == trials:
        return f"in all of {trials} trials (so in more than {1 - bound:.2%}, with 95% confidence)"
    return f"in {count / trials:.1%} of {trials} trials (Monte Carlo error {error:.1%})"

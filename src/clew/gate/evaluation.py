"""An evaluation as it is published: what was promised, what was found, what the locked rule says, in one value."""

import hashlib
import html
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from math import inf, isfinite
from typing import Any

from clew.errors import InputError
from clew.evaluate.finding import (
    Account,
    Alternative,
    EquityGroup,
    Estimate,
    Finding,
    Further,
    LookAt,
    Mark,
    Picture,
    Point,
    Randomisation,
    Screen,
    SecondaryOutcome,
    Series,
)
from clew.gate.judge import Instead, Judgement, Reason
from clew.pilot.protocol import Protocol

Published = Mapping[str, Any]  # Any: JSON
MADE_UP = "Made-up data: this pilot is an example and never took place."
LATE = "Registered after data began."
CHANGED = "Changed after data began."
IN_BACKEND = "Evaluated in {backend}, where the data lie: their SHA-256 is of counts and sums, not of the rows."
NOT_PUBLISHED = {"locked", "notices"}
"""What `to_dict` holds besides: where an evaluation stands on a record, which is known only afterwards."""


@dataclass(frozen=True, slots=True)
class Locked:
    """Where the promise stands in the record: log `index` of the lock or last amendment, and the signed `checkpoint`.

    `after_data`: registered after data began; `amended_after_data`: changed after data began. Both stay true for ever.
    """

    index: int
    checkpoint: str
    after_data: bool = False
    amended_after_data: bool = False
    amendments: int = 0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that one look at a pilot's data yields. `to_dict()` is the JSON of `clew evaluate`."""

    protocol: Protocol
    finding: Finding
    judgement: Judgement
    locked: Locked | None = None

    @property
    def verdict(self) -> str:
        """The computed verdict."""
        return self.judgement.verdict

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences that stand beside the verdict for ever."""
        return tuple(_notices(self))

    def to_dict(self) -> dict[str, Any]:
        """Return the published JSON: numbers as numbers, None where not computable (with `why` beside it), never
        NaN."""
        return {**self._promised(), **self._found(), **self._judged()}

    def _promised(self) -> dict[str, Any]:
        locked = self.locked and {
            "index": self.locked.index,
            "checkpoint": self.locked.checkpoint,
            "registered_after_data_began": self.locked.after_data,
            "changed_after_data_began": self.locked.amended_after_data,
            "amendments": self.locked.amendments,
        }
        return {
            "pilot": self.protocol.pilot.id,
            "title": self.protocol.pilot.title,
            "synthetic": self.protocol.pilot.synthetic,
            "protocol_sha256": self.protocol.sha256,
            "data_sha256": self.finding.data_sha256,
            **({"backend": self.finding.backend} if self.finding.backend else {}),
            "locked": locked,
            "notices": list(self.notices),
        }

    def _found(self) -> dict[str, Any]:
        finding, effect = self.finding, self.finding.effect
        randomisation = finding.randomisation
        return {
            "design": finding.design,
            "estimator": finding.estimator,
            "standard_errors": finding.standard_errors,
            **asdict(effect),
            "interval": _ends(effect.interval),
            "missing": dict(finding.missing),
            "randomisation": randomisation and asdict(randomisation),
            "looks": _looks(finding.look),
            "equity": [_group(group) for group in finding.equity],
            "screens": [_screen(screen, self.judgement) for screen in finding.screens],
            "account": {name: _money(value) for name, value in asdict(finding.account).items()},
            "evidence_level": finding.evidence_level,
            **({"further": [_with_ends(one) for one in finding.further]} if finding.further else {}),
            **({"pictures": [asdict(one) for one in finding.pictures]} if finding.pictures else {}),
            **({"secondary": [_with_ends(one) for one in finding.secondary]} if finding.secondary else {}),
        }

    def _judged(self) -> dict[str, Any]:
        return {
            "verdict": self.judgement.verdict,
            "why": self.judgement.why,
            "reasons": [asdict(reason) for reason in self.judgement.reasons],
        }

    def _repr_html_(self) -> str:
        """Show itself in a notebook: the verdict, the effect and each reason."""
        rows = "".join(
            f"<tr><td>{html.escape(reason.rule)}</td><td>{html.escape(reason.needed)}</td>"
            f"<td>{html.escape(reason.found)}</td><td>{'yes' if reason.holds else 'no'}</td></tr>"
            for reason in self.judgement.reasons
        )
        head = "<tr><th>rule</th><th>needed</th><th>found</th><th>holds</th></tr>"
        title = html.escape(f"{self.protocol.pilot.title}: {self.verdict}. {effect_sentence(self.finding)}")
        return f"<table><caption>{title}</caption>{head}{rows}</table>"


def published_bytes(evaluation: Evaluation) -> bytes:
    """Return the document whose SHA-256 stands on the record: the published JSON without where it stands there."""
    published = {name: value for name, value in evaluation.to_dict().items() if name not in NOT_PUBLISHED}
    return json.dumps(published, sort_keys=True, allow_nan=False).encode()


def evaluation_sha256(evaluation: Evaluation) -> str:
    """Return the SHA-256 of the published document."""
    return hashlib.sha256(published_bytes(evaluation)).hexdigest()


def read_back(content: bytes | Published, protocol: Protocol, locked: Locked | None = None) -> Evaluation:
    """Return the evaluation that a published document holds, so that its SHA-256 is the document's again.

    `protocol`: the one that it was judged by. `locked`: where that stands on a record. Raises InputError where the
    document is none, or was judged by another protocol.
    """
    try:
        published = json.loads(content) if isinstance(content, bytes) else content
        judged_by = str(published["protocol_sha256"])
        evaluation = Evaluation(protocol, _finding(published), _judgement(published), locked)
    except (ValueError, KeyError, TypeError, ArithmeticError, AttributeError) as error:
        raise InputError("this is no published evaluation.", do="Bring the JSON that `clew evaluate` wrote.") from error
    if judged_by != protocol.sha256:
        raise InputError(
            "the evaluation was made by another protocol.",
            where=f"SHA-256 {judged_by[:12]}…",
            do="Read it with the protocol of that SHA-256.",
        )
    return evaluation


def _finding(published: Published) -> Finding:
    drawn = published["randomisation"]
    return Finding(
        design=published["design"],
        estimator=published["estimator"],
        standard_errors=published["standard_errors"],
        effect=Estimate(**{**_only(Estimate, published), "interval": _pair(published["interval"])}),
        look=LookAt(**published["looks"]),
        equity=tuple(_group_back(group) for group in published["equity"]),
        screens=tuple(_screen_back(screen) for screen in published["screens"]),
        account=_account(published["account"]),
        randomisation=None if drawn is None else Randomisation(**drawn),
        evidence_level=published["evidence_level"],
        missing=tuple(published["missing"].items()),
        data_sha256=published["data_sha256"],
        backend=published.get("backend", ""),
        further=tuple(_further_back(one) for one in published.get("further", ())),
        pictures=tuple(_picture_back(one) for one in published.get("pictures", ())),
        secondary=tuple(_secondary_back(one) for one in published.get("secondary", ())),
    )


def _screen_back(screen: Published) -> Screen:
    told = screen.get("instead")
    if told is None:
        return Screen(**screen)
    instead = Alternative(told["says"], told["estimate"], _pair(told["interval"]))
    return Screen(**{**screen, "instead": instead})


def _further_back(one: Published) -> Further:
    return Further(**{**one, "interval": None if one["interval"] is None else _pair(one["interval"])})


def _secondary_back(one: Published) -> SecondaryOutcome:
    return SecondaryOutcome(**{**one, "interval": None if one["interval"] is None else _pair(one["interval"])})


def _picture_back(one: Published) -> Picture:
    series = tuple(
        Series(each["name"], each["style"], tuple(Point(**point) for point in each["points"])) for each in one["series"]
    )
    return Picture(**{**one, "series": series, "marks": tuple(Mark(**mark) for mark in one["marks"])})


def _judgement(published: Published) -> Judgement:
    reasons = tuple(Reason(**reason) for reason in published["reasons"])
    told = ((screen["name"], screen["instead"]) for screen in published["screens"] if "instead" in screen)
    instead = tuple(Instead(name, other["verdict"]) for name, other in told)
    return Judgement(published["verdict"], published["why"], reasons, instead)


def _only(kind: type[Estimate], published: Published) -> dict[str, Any]:  # Any: JSON
    return {field.name: published[field.name] for field in fields(kind)}


def _group_back(group: Published) -> EquityGroup:
    interval = group["interval"]
    return EquityGroup(**{**group, "interval": None if interval is None else _pair(interval)})


def _account(account: Published) -> Account:
    amounts = {
        name: None if account[name] is None else Decimal(account[name]) for name in ("cost_total", "cost_per_outcome")
    }
    return Account(**{**account, **amounts})


def _pair(ends: Any) -> tuple[float, float]:  # Any: JSON
    low, high = ends
    return -inf if low is None else low, inf if high is None else high


def effect_sentence(finding: Finding) -> str:
    """Return the effect, its interval and level as one plain sentence part."""
    low, high = finding.effect.interval
    span = f"{low:+.4g} to {high:+.4g}".replace("-inf", "any loss").replace("+inf", "any gain")
    return f"Effect {finding.effect.estimate:+.4g}, {100 * finding.effect.level:.3g}% interval {span}."


def _notices(evaluation: Evaluation) -> list[str]:
    found: list[str] = []
    if evaluation.protocol.pilot.synthetic:
        found.append(MADE_UP)
    if evaluation.finding.backend:
        found.append(IN_BACKEND.format(backend=evaluation.finding.backend))
    locked = evaluation.locked
    if locked is None:
        found.append("Not locked: nothing proves that this rule was written before the data.")
        return found
    if locked.after_data:
        found.append(LATE)
    if locked.amended_after_data:
        found.append(CHANGED)
    return found


def _looks(look: LookAt) -> dict[str, Any] | None:
    return asdict(look)


def _group(group: EquityGroup) -> dict[str, Any]:
    return {**asdict(group), "interval": _ends(group.interval) if group.interval else None}


def _screen(screen: Screen, judgement: Judgement) -> dict[str, Any]:
    """A screen as published: what it has nothing to say of stays out."""
    told = {"name": screen.name, "flag": screen.flag, "statistic": screen.statistic, "why": screen.why}
    if screen.p_value is not None:
        told["p_value"] = screen.p_value
    if screen.instead is not None:
        verdicts = {one.screen: one.verdict for one in judgement.instead}
        told["instead"] = {
            **asdict(screen.instead),
            "interval": _ends(screen.instead.interval),
            "verdict": verdicts.get(screen.name),
        }
    return told


def _with_ends(one: Further | SecondaryOutcome) -> dict[str, Any]:
    return {**asdict(one), "interval": _ends(one.interval) if one.interval else None}


def _ends(interval: tuple[float, float]) -> list[float | None]:
    """An interval as published; None where it has no end on that side."""
    return [end if isfinite(end) else None for end in interval]


def _money(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else value

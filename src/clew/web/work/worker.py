"""The worker: does what waits, and survives `kill -9`: what a dead worker had begun is taken up again.

`python -m clew.web.work.worker` is the child of `clew serve` and ends with its parent; `clew work` stands alone.
SIGTERM and SIGINT let it finish the task in hand.
"""

import os
from collections.abc import Callable
from importlib import import_module

import django


def run(*, until: Callable[[], bool] = lambda: False) -> None:
    """Work until a signal comes, or `until` holds."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clew.web.settings")
    django.setup()
    import_module("clew.web.work.queue").work(until=until)  # its tables are known only now


def main() -> None:
    """Work until a signal comes or the parent process is gone."""
    parent = os.getppid()
    run(until=lambda: os.getppid() != parent)


if __name__ == "__main__":
    main()

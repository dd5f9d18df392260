"""A service with a decided pilot, and a token to bring data for it."""

import pytest

from clew.web.evaluate.tokens import make

PILOT = "visits"


@pytest.fixture(autouse=True)
def empty_uploads(settings, tmp_path):
    """Let every test have a folder of uploads of its own."""
    settings.UPLOADS = tmp_path / "uploads"


@pytest.fixture
def a_pilot(story):
    """A pilot with a look taken."""
    return story().opened().locked().looked(1)


@pytest.fixture
def token(a_pilot, account) -> str:
    """A token of the evaluator's."""
    return make(PILOT, account("evaluation unit"), "nightly", 30)

"""The service's settings with one address more: /bare, the least that a Django view can do."""

from clew.web.settings import *  # noqa: F403

ROOT_URLCONF = "bench.bare_urls"

"""Pilots on the web: protocols drafted, tried out, locked and amended; the page of a pilot."""

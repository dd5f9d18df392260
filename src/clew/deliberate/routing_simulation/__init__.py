"""Routings compared on made-up conversations whose truth is known; nothing here is a result about real people."""

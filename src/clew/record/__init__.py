"""The record: an append-only log of events that anyone can verify with one file and no trust in us."""

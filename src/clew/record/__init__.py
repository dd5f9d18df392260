"""The record: events on an append-only, tamper-evident log of plain files, and the check that anyone can run."""

"""The record in the database: its files, its events as rows, and the addresses at which anybody may fetch it."""

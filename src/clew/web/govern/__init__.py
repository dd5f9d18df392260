"""People: accounts, the offices under which the record knows them, and who holds no duty any more."""

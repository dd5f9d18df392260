"""What people really agree on: votes, the opinion map, common ground, who is missing, what to ask next."""

"""What clew is, what its words mean, how accessible it is, what it keeps: pages made from the code's own tables."""

"""Work that takes long, and survives the death of whoever does it."""

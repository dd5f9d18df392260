"""Every claim of speed, side by side with a peer or a yardstick, in one run. Ratios count; machines are noisy."""

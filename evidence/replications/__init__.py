"""Published results beside those of `clew`: one file a data set, run through protocol, files and estimator alike."""

"""Data and looks on the web: uploads sealed by their hash, looks taken in the background."""

"""Cases on the web: the home page, a case with its path, at any date."""

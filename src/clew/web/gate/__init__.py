"""The gate on the web: public input, review, answers, override, decision."""

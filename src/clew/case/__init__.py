"""The case: one public problem and all that is done about it. Begin with `clew.case.phases`."""

"""The same for programs: everything public to read, data to upload by token, decisions as a feed."""

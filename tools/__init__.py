"""One folder per capability, each with the same file names."""

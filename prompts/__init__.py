"""Words: prompts and answer templates per language."""

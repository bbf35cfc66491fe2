"""A person's own notes (L3): written after approval, found by their author alone."""

"""Reading and writing by aggregate; queries live here."""

"""Links what people say to the records they may see."""

"""The conversation: the planner model, model factory, personas, middleware, turns."""

"""Where people talk to their twin. Each channel is one adapter over the same turns."""

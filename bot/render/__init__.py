"""Pure functions from a reply to what one channel sends."""

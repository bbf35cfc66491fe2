"""The day: diary, what is due, and what to do first."""

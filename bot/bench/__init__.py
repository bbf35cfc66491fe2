"""``salestwin bench``: how fast it is and how much it takes, beside a yardstick in the same run."""

"""Customer briefs (CUST-1)."""

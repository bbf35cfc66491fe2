"""Delivery and composition: channels, identity, approvals, the command line."""

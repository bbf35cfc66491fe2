"""Playbook search: the fitting playbook, why it fits, and where each line stands."""

"""The embedded chat model: understands, plans and words the answer. Deterministic.

Stages, each in a module of its own: normalise → spans → wishes → slots → plan → words.
"""

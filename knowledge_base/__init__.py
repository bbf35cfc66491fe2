"""Playbooks and documents: schema, ingestion, index, search."""

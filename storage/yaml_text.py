"""Reads YAML with PyYAML's safe loader, in C where the wheel has it. Imports nothing else."""

from typing import Any


def safe_loader() -> Any:
    """The safe loader class: libyaml's, or the same in Python where PyYAML was built without it."""
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str | bytes) -> Any:
    """The one document in ``text``. Raises ``yaml.YAMLError``."""
    import yaml

    return yaml.load(text, Loader=safe_loader())  # noqa: S506 - the loader is a safe one

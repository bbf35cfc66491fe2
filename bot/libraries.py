"""What this program tells the libraries it is made of, through the environment.

The environment is read in ``bot/settings.py`` and written here, both nowhere else. It cannot be
written there: pydantic is one of those that look into it while they are imported, and settings are
made of pydantic. So this file imports next to nothing and its function comes before everything.
"""

import os

_SAID = {
    "PYPINYIN_NO_PHRASES": "1",  # the phrase table costs 40 MB and is not used
    "LANGSMITH_TRACING": "false",  # nothing leaves this machine unasked
    "LANGSMITH_TRACING_V2": "false",
    "LANGCHAIN_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGGRAPH_STRICT_MSGPACK": "true",  # only plain types come out of a stored conversation
    "ANONYMIZED_TELEMETRY": "false",
    "PYDANTIC_DISABLE_PLUGINS": "__all__",  # saves a walk over all installed packages
}


def instruct_libraries() -> None:
    """Say it. Libraries read this once, when they are imported, so it comes before all imports."""
    os.environ.update(_SAID)

"""docs/import.md says what is true: its mapping loads, and no setting is left out."""

import re
from pathlib import Path

from storage.importing.mapping import (
    ColumnPart,
    DerivePart,
    ImportMapping,
    OrganisationPart,
    PersonPart,
    SourcePart,
    TablePart,
)
from storage.importing.mapping_file import parse_mapping

GUIDE = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")


def test_the_mapping_in_the_guide_loads() -> None:
    (text,) = re.findall(r"```yaml\n(version:.*?)```", GUIDE, re.DOTALL)
    mapping, _ = parse_mapping(text, "docs/import.md")
    assert [table.target for table in mapping.tables] == ["person", "customer", "opportunity"]


def test_every_setting_is_described() -> None:
    parts = (
        ImportMapping,
        OrganisationPart,
        PersonPart,
        SourcePart,
        TablePart,
        ColumnPart,
        DerivePart,
    )
    for part in parts:
        for name, field in part.model_fields.items():
            assert re.search(rf"\b{field.alias or name}\b", GUIDE), (part.__name__, name)

"""Sums, names and times in the many shapes that letters give them."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from intents.catalog import load_catalog
from intents.understanding import read_fields

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
SHAPES = yaml.safe_load((Path(__file__).parent / "shapes.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("shape", SHAPES, ids=[shape["text"][:24] for shape in SHAPES])
def test_a_sum_a_name_or_a_time_is_read_from_its_shape(shape: dict[str, Any]) -> None:
    found = read_fields(shape["text"], NOW, load_catalog(), shape["topic"], facts=True).fields
    assert {name: found[name].value for name in shape["fields"] if name in found} == shape["fields"]

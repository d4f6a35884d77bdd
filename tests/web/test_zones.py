import json

import pytest

from .zones import GOLDEN, ZONES, rows


@pytest.mark.parametrize("name", ZONES)
def test_python_draws_each_zone_as_the_golden_file_holds_it(name: str) -> None:
    held = {zone["name"]: zone for zone in json.loads(GOLDEN.read_text())["zones"]}
    assert held[name]["zone"] == json.loads(json.dumps(ZONES[name]))
    assert rows(ZONES[name]) == held[name]["rows"]
    assert 0 < sum(row.count("#") for row in held[name]["rows"])

"""The index of refusals in docs/security.md names tests that there are."""

import ast
import re

import pytest

from tests.house.files import CHECKOUT

INDEX = (CHECKOUT / "docs" / "security.md").read_text("utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", INDEX)


def test_the_index_names_tests() -> None:
    assert len(NAMED) >= 11


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_test_that_is_named_is_there(file: str, name: str) -> None:
    tree = ast.parse((CHECKOUT / file).read_text("utf-8"))
    found = {each.name for each in tree.body if hasattr(each, "name")}
    assert name in found

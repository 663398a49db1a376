"""The page of the package says what its docstrings say."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import api_page


def test_the_page_is_that_of_the_docstrings():
    assert api_page.PAGE.read_text("utf-8") == api_page.page(), "run python spark/api_page.py"

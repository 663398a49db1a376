"""
Writes docs/sparkctl_io.md from the docstrings of the package.

    python spark/api_page.py
"""

import enum
import inspect
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
PAGE = ROOT.parent / "docs" / "sparkctl_io.md"
HEAD = """# sparkctl_io

What `from sparkctl_io import …` gives. `docs/sink.md` shows how it is used; this page is made from the
docstrings, by `python spark/api_page.py`.
"""


def page() -> str:
    """The page as it should be."""
    sys.path.insert(0, str(ROOT))
    import sparkctl_io
    from sparkctl_io.reading.csv_lines import CsvLines
    from sparkctl_io.reading.json_lines import JsonLines
    from sparkctl_io.reading.values import typed

    sections = [HEAD, *(_section(name, getattr(sparkctl_io, name)) for name in sparkctl_io.__all__)]
    for title, found in (("Lines of JSON", JsonLines), ("Lines of CSV", CsvLines), ("Values of text", typed)):
        sections.append(f"## {title}\n\n{inspect.getdoc(found)}\n")
    return "\n".join(sections)


def _section(name: str, found: type) -> str:
    text = f"{inspect.getdoc(found)}\n"
    if not inspect.isclass(found):
        source = inspect.getsource(found)
        signature = source[len("def ") : source.index('"""')].rstrip().removesuffix(":")
        return f"## {name}\n\n```python\n{signature}\n```\n\n{text}"
    if issubclass(found, enum.Enum):
        text += "\n" + "".join(f"- `{member.value}`\n" for member in found)
    elif fields := inspect.get_annotations(found):
        lines = "".join(f"{field}: {_named(kind)}\n" for field, kind in fields.items())
        text += f"\n```python\n{lines}```\n"
    return f"## {name}\n\n{text}"


def _named(kind: object) -> str:
    return kind.__name__ if inspect.isclass(kind) else str(kind)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

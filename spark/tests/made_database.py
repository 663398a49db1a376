"""A database as somebody else has made it, before anything of ours writes to it."""

import sqlite3
from pathlib import Path


def make(database: Path, *statements: str) -> None:
    connection = sqlite3.connect(database)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()

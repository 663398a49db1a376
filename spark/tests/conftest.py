"""One small session for all tests, and the rows that many of them write."""

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyspark import cloudpickle
from pyspark.sql import SparkSession

os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
# As sparkctl's drivers: what a test does once is over before the second compiler's work pays.
os.environ.setdefault("SPARK_SUBMIT_OPTS", "-XX:TieredStopAtLevel=1")

import etl  # the jobs themselves, with their folder on the path
import score
import season
import segments

# As a script a job would be __main__, which travels with the tasks anyway.
for job in (etl, score, season, segments):
    cloudpickle.register_pickle_by_value(job)


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    session = (
        SparkSession.builder.master("local[2,3]")
        .appName("tests")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


Query = Callable[..., list[tuple[object, ...]]]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "test.db"


@pytest.fixture
def query(database: Path) -> Query:
    """Asks the database, as any other program would."""

    def ask(sql: str, *values: object) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    return ask


@pytest.fixture
def left_behind(database: Path) -> Callable[[], list[str]]:
    """Lists what lies beside the database, and shouldn't."""

    def look() -> list[str]:
        return sorted(
            found.name
            for found in database.parent.iterdir()
            if found.name.startswith((".", database.name + "-"))
        )

    return look

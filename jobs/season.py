"""
Describes a season of basketball by what each player did per game: CSV in, cleaned strictly; who is how old,
who of the regulars scored most, who still starts at 35; every column described. Out come SQLite tables and
small pictures.

    spark-submit jobs/season.py --input players.csv --database season.db

A player who changed team has a row for each team, and mostly one for the whole season: team TOT, or 2TM, 3TM.
He counts once, as that row says, or as the rows of his teams say together. Columns may have the names below
or the short ones of tables of statistics (Rk, Player, Pos, Tm, G, GS, ...).
"""

import argparse
import math
from functools import reduce
from operator import or_

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql.functions import (
    avg,
    bool_or,
    col,
    count,
    first,
    lit,
    max_by,
    nullif,
    when,
)
from pyspark.sql.functions import max as greatest_of
from pyspark.sql.functions import round as rounded
from pyspark.sql.functions import sum as sum_of
from pyspark.sql.types import DoubleType, LongType, StringType, StructField, StructType

from jobkit.artifacts import Artifacts
from jobkit.charts import bar_chart, line_chart
from jobkit.command_line import (
    add_arguments,
    add_csv_arguments,
    committed_before,
    lock_timeout_ms,
    run_job,
)
from jobkit.first_rows import first_of_each, no_valid_rows
from sparkctl_io import CommittedRun, read_csv, read_header, reject, require, write_sqlite

KINDS = {"integer": LongType(), "real": DoubleType(), "text": StringType()}
# Name, type, and the short name that tables of statistics use.
COLUMNS = [
    ("rank", "integer", "Rk"),
    ("player", "text", "Player"),
    ("position", "text", "Pos"),
    ("age", "integer", "Age"),
    ("team", "text", "Tm"),
    ("games", "integer", "G"),
    ("games_started", "integer", "GS"),
    ("minutes", "real", "MP"),
    ("field_goals", "real", "FG"),
    ("field_goal_attempts", "real", "FGA"),
    ("field_goal_percent", "real", "FG%"),
    ("three_points", "real", "3P"),
    ("three_point_attempts", "real", "3PA"),
    ("three_point_percent", "real", "3P%"),
    ("free_throws", "real", "FT"),
    ("free_throw_attempts", "real", "FTA"),
    ("free_throw_percent", "real", "FT%"),
    ("rebounds", "real", "TRB"),
    ("assists", "real", "AST"),
    ("steals", "real", "STL"),
    ("blocks", "real", "BLK"),
    ("turnovers", "real", "TOV"),
    ("fouls", "real", "PF"),
    ("points", "real", "PTS"),
]
SHORT_NAMES = {name: short for name, _, short in COLUMNS}
# Of who never tried a shot nobody knows how many would have hit.
PERCENTS = [name for name, _, _ in COLUMNS if name.endswith("_percent")]
TEXTS = [name for name, kind, _ in COLUMNS if kind == "text"]
NUMBERS = [name for name, kind, _ in COLUMNS if kind != "text"]
PLAYERS = StructType([StructField(name, KINDS[kind], nullable=name in PERCENTS) for name, kind, _ in COLUMNS])
KEY = ["rank", "team"]
TOTAL, TOTALS = "TOT", "^(TOT|[2-9]TM)$"
MEASURES = [name for name in NUMBERS if name != "rank"]
# Of each share: what hit, and what was tried.
SHARES = {
    "field_goal_percent": ("field_goals", "field_goal_attempts"),
    "three_point_percent": ("three_points", "three_point_attempts"),
    "free_throw_percent": ("free_throws", "free_throw_attempts"),
}
DIGITS = 9
"""Sums in another order differ in the last digit: two players who score the same must stay equal."""
YOUNGEST, OLDEST = 10, 80
VETERAN = 35
ENOUGH_GAMES = 0.7
"""
The share of the most games of a player that a top scorer must have: one good evening is no season. Of 82
games it is 58, as leagues have it.
"""


def clean(rows: DataFrame) -> DataFrame:
    """The rules for players. Of the rules that a row breaks, the first is its reason."""
    must_be_known = [name for name in (*TEXTS, *NUMBERS) if name not in PERCENTS]
    impossible = (
        *(col(name).contains("\0") for name in TEXTS),
        *(col(name) < 0 for name in NUMBERS),
        *(col(name) > 1 for name in PERCENTS),
        ~col("age").between(YOUNGEST, OLDEST),
        col("games") < 1,
        col("games_started") > col("games"),
    )
    return (
        rows.transform(require(*KEY, reason="missing-key"))
        .transform(require(*must_be_known))
        .transform(reject("invalid-value", reduce(or_, impossible)))
    )


def once_each(rows: DataFrame) -> DataFrame:
    """One row for each player: that of his whole season, or else the rows of his teams put together."""
    is_total = col("team").rlike(TOTALS)
    has_total = bool_or(is_total).over(Window.partitionBy("rank"))
    counted = rows.withColumn("_total", has_total).where(is_total | ~col("_total"))
    alone = count("*") == 1
    together = {name: when(alone, first(name)).otherwise(_together(name)) for name in rows.columns[1:]}
    return counted.groupBy("rank").agg(*(value.alias(name) for name, value in together.items()))


def _together(name: str) -> Column:
    """The value of several teams: their sum, their mean for each game, or hits for each shot."""
    if name in ("games", "games_started"):
        return sum_of(name)
    if name == "team":
        return lit(TOTAL)
    if name in ("player", "position", "age"):
        return max_by(name, "games")
    if name in SHARES:
        hits, shots = (sum_of(col(column) * col("games")) for column in SHARES[name])
        return rounded(hits / nullif(shots, lit(0.0)), DIGITS)
    return rounded(sum_of(col(name) * col("games")) / sum_of("games"), DIGITS)


def by_age(season: DataFrame) -> DataFrame:
    """The histogram of ages, and how many points each age scores in a game."""
    of_age = season.groupBy("age")
    return of_age.agg(count("*").alias("players"), avg("points").alias("mean_points")).orderBy("age")


def top_scorers(season: DataFrame, most: int = 10) -> DataFrame:
    """Of the regulars. Of who scores the same in a game, more games count more, and then the rank."""
    most_games = season.agg(greatest_of("games")).collect()[0][0]
    regular = season.where(col("games") >= math.ceil(ENOUGH_GAMES * most_games))
    order = (col("points").desc(), col("games").desc(), "rank")
    best = regular.select("rank", "player", "team", "age", "games", "points").orderBy(*order).limit(most)
    placed = [(place, *row) for place, row in enumerate(best.collect(), start=1)]
    return season.sparkSession.createDataFrame(placed, f"place long, {best.schema.simpleString()[7:-1]}")


def veteran_starts(season: DataFrame) -> DataFrame:
    """Lists the players of 35 and over by how often they were in the first five."""
    veterans = season.where(col("age") >= VETERAN)
    return veterans.select("rank", "player", "age", "team", "games", "games_started").orderBy(
        col("games_started").desc(), "rank"
    )


def description(season: DataFrame) -> DataFrame:
    """Describes the players by Spark's `describe`: a row for each column that measures something."""
    said = {row["summary"]: row for row in season.select(*MEASURES).describe().collect()}
    numbers = [
        (
            column,
            int(said["count"][column]),
            *(_number(said[what][column]) for what in ("mean", "stddev", "min", "max")),
        )
        for column in MEASURES
    ]
    return season.sparkSession.createDataFrame(
        numbers,
        "name string not null, count long not null, mean double, stddev double, min double, max double",
    )


def _number(text: str | None) -> float | None:
    """The value of nothing, and the deviation of a single value, are unknown."""
    value = None if text is None else float(text)
    return None if value is None or math.isnan(value) else value


def at_hand(frame: DataFrame) -> DataFrame:
    """The rows of a small result, computed once, however often they are looked at."""
    return frame.sparkSession.createDataFrame(frame.collect(), frame.schema)


def tell(arguments: argparse.Namespace, tables: dict[str, DataFrame]) -> None:
    """The metrics of the season, and its pictures."""
    artifacts = Artifacts(arguments.artifacts)
    ages, scorers, veterans = (tables[name].collect() for name in ("by_age", "top_scorers", "veteran_starts"))
    players = sum(row["players"] for row in ages)
    artifacts.metrics(
        {
            "players": players,
            "mean age": sum(row["age"] * row["players"] for row in ages) / players,
            "most points per game": scorers[0]["points"],
            "players of 35 and over": len(veterans),
            "starts of players of 35 and over": sum(row["games_started"] for row in veterans),
        }
    )
    histogram = {row["age"]: row["players"] for row in ages}
    bars = [(str(age), histogram.get(age, 0)) for age in range(min(histogram), max(histogram) + 1)]
    artifacts.picture("age", bar_chart("Age of the players", "age", "players", bars))
    points = [(row["age"], row["mean_points"]) for row in ages]
    artifacts.picture(
        "points-by-age",
        line_chart("Points per game by age", "age", "mean points", points),
    )
    bars = [(row["player"].split()[-1], row["points"]) for row in scorers]
    artifacts.picture("top-scorers", bar_chart("The top ten", "player", "points per game", bars))
    if veterans:
        bars = [(row["player"].split()[-1], row["games_started"]) for row in veterans[:15]]
        artifacts.picture(
            "veterans",
            bar_chart("Starts at 35 and over", "player", "games started", bars),
        )
    artifacts.save()


def load(arguments: argparse.Namespace) -> CommittedRun:
    if before := committed_before(arguments):
        return before
    Artifacts(arguments.artifacts)
    # Says what keeps the files from being read before Spark starts, which takes a while.
    read_header(arguments.input, PLAYERS.names, delimiter=arguments.delimiter, other_names=SHORT_NAMES)

    spark = SparkSession.builder.appName("season").getOrCreate()
    try:
        return describe(spark, arguments)
    finally:
        spark.stop()


def describe(spark: SparkSession, arguments: argparse.Namespace) -> CommittedRun:
    players = clean(
        read_csv(spark, arguments.input, PLAYERS, delimiter=arguments.delimiter, other_names=SHORT_NAMES)
    ).cache()
    # A season is small. In one task its sums are the same to the last digit on any cluster.
    rows = first_of_each(players, KEY).repartition(1).sortWithinPartitions(*KEY).cache()
    if rows.isEmpty():
        raise no_valid_rows(players, arguments.input)
    season = once_each(rows).cache()
    tables = {
        "by_age": at_hand(by_age(season)),
        "top_scorers": top_scorers(season),
        "veteran_starts": at_hand(veteran_starts(season)),
        "description": description(season),
    }
    tell(arguments, tables)
    return write_sqlite(
        players,
        arguments.database,
        arguments.table,
        mode="overwrite",
        run_id=arguments.run_id,
        key=KEY,
        companions={f"{arguments.table}_{name}": frame for name, frame in tables.items()},
        lock_timeout_ms=lock_timeout_ms(arguments),
    )


def command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Describes a season by what each player did per game.")
    add_arguments(parser, "players")
    add_csv_arguments(parser)
    return parser


def main() -> None:
    arguments = command_line().parse_args()
    run_job("season", lambda: load(arguments))


if __name__ == "__main__":
    main()

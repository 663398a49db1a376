"""The job that describes a season: who counts once, who is first, and what is no row of a season."""

import json
import statistics

import pytest

import season
from sparkctl_io import errors

SHORT = "Rk,Player,Pos,Age,Tm,G,GS,MP,FG,FGA,FG%,3P,3PA,3P%,FT,FTA,FT%,TRB,AST,STL,BLK,TOV,PF,PTS,Awards"


def player(rank, age=25, team="BOS", games=10, started=5, points="10.0", **changes):
    row = {name: "1.0" for name, kind, _ in season.COLUMNS if kind == "real"}
    row |= dict.fromkeys(season.PERCENTS, ".500")
    row |= {"rank": rank, "player": f"Zoë {rank}", "position": "C", "age": age, "team": team, "games": games}
    row |= {"games_started": started, "points": points} | changes
    return ",".join(str(row[name]) for name, _, _ in season.COLUMNS)


ROWS = [
    player(1, age=36, team="TOT", games=30, started=20, points="20.0"),
    player(1, age=36, team="BOS", games=25, started=18, points="19.0"),
    player(1, age=36, team="ATL", games=5, started=2, points="25.0"),
    player(2, points="20.0", games=40),
    player(3, points="20.0", games=30),
    player(4, age=40, started=0, points="1.5", free_throw_percent=""),
    player(4, age=40, team="DEN", games=12, started=1, points="2.5"),
    *(player(number, points=f"{number}.0", games=28) for number in range(5, 13)),
    player(13, points="99.0", games=27),
    player(14, age=30, team="3TM", games=9, points="1.0"),
    *(player(14, age=30, team=team, games=3, started=1, points="9.9") for team in ("ATL", "BOS", "DEN")),
]
BAD = [
    (player(50, started=11), "invalid-value"),
    (player(50, age=9), "invalid-value"),
    (player(50, points="-1"), "invalid-value"),
    (player(50, field_goal_percent="1.5"), "invalid-value"),
    (player(50, games=0, started=0), "invalid-value"),
    (player(50, games="x"), "wrong-type"),
    (player(50, points=""), "missing-value"),
    (player(50, player=" "), "missing-value"),
    (player("", points=""), "missing-key"),
    (player(50, team=" ", points=""), "missing-key"),
    (player(50) + ",", "malformed-csv"),
    (player(1, team="TOT"), "duplicate-key"),
]


def describe(spark, folder, header, rows, *options):
    source = folder / "in.csv"
    source.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    asked = season.command_line().parse_args(
        ["--input", str(source), "--database", str(folder / "test.db"), *options]
    )
    return season.describe(spark, asked)


def test_a_season_is_described(spark, tmp_path, query):
    (tmp_path / "artifacts").mkdir()
    rows = [*ROWS, *(line for line, _ in BAD)]
    header = ",".join(season.PLAYERS.names)
    run = describe(spark, tmp_path, header, rows, "--artifacts", str(tmp_path / "artifacts"))
    assert (run.loaded, run.quarantined, run.duplicates) == (len(ROWS), len(BAD) - 1, 1)
    assert [row[0] for row in query("SELECT reason FROM players_quarantine ORDER BY line")] == [
        reason for _, reason in BAD
    ]
    assert query("SELECT free_throw_percent FROM players WHERE rank = 4 ORDER BY team") == [(None,), (0.5,)]
    # A player who changed team counts once: as his whole season, or as his teams together.
    assert query("SELECT age, players FROM players_by_age") == [(25, 11), (30, 1), (36, 1), (40, 1)]
    # Who has played in less than 70 % of the 40 games that another one has is no top scorer.
    assert query("SELECT place, rank, team, points FROM players_top_scorers") == [
        (1, 2, "BOS", 20.0),
        (2, 1, "TOT", 20.0),
        (3, 3, "BOS", 20.0),
        *((place, 16 - place, "BOS", 16.0 - place) for place in range(4, 11)),
    ]
    assert query("SELECT rank, age, team, games, games_started FROM players_veteran_starts") == [
        (1, 36, "TOT", 30, 20),
        (4, 40, "TOT", 22, 1),
    ]
    points = [20.0, 20.0, 20.0, (10 * 1.5 + 12 * 2.5) / 22, *map(float, range(5, 13)), 99.0, 1.0]
    [found] = query("SELECT count, mean, stddev, min, max FROM players_description WHERE name = 'points'")
    assert found == pytest.approx(
        (14, statistics.fmean(points), statistics.stdev(points), min(points), max(points))
    )
    assert query("SELECT count FROM players_description WHERE name = 'free_throw_percent'") == [(14,)]
    # The number of a player measures nothing.
    described = [row[0] for row in query("SELECT name FROM players_description")]
    assert described == [name for name in season.NUMBERS if name != "rank"]
    assert json.loads((tmp_path / "artifacts/metrics.json").read_text())["metrics"] == {
        "players": 14,
        "mean age": pytest.approx((36 + 40 + 30 + 11 * 25) / 14),
        "most points per game": 20.0,
        "players of 35 and over": 2,
        "starts of players of 35 and over": 21,
    }
    assert sorted(path.name for path in (tmp_path / "artifacts").glob("*.svg")) == [
        "age.svg",
        "points-by-age.svg",
        "top-scorers.svg",
        "veterans.svg",
    ]


def test_the_rows_of_teams_are_put_together_where_the_whole_season_has_none(spark, tmp_path):
    lines = [
        player(
            1, team="BOS", games=30, started=10, points="10.0", three_points="1.0", three_point_attempts="2.0"
        ),
        player(
            1, team="ATL", games=10, started=10, points="20.0", three_points="0.0", three_point_attempts="4.0"
        ),
        player(2, team="BOS", three_point_attempts="0.0", three_point_percent=""),
        player(2, team="ATL", three_point_attempts="0.0", three_point_percent=""),
        player(3, points="12.3", three_point_percent=".333"),
    ]
    kinds = [(name, season.KINDS[kind].typeName(), i) for i, (name, kind, _) in enumerate(season.COLUMNS)]
    cast = {"long": int, "double": float, "string": str}
    rows = [
        tuple(cast[kind](line.split(",")[i]) if line.split(",")[i] else None for _, kind, i in kinds)
        for line in lines
    ]
    frame = spark.createDataFrame(rows, season.PLAYERS)
    found = {
        row["rank"]: (
            row["team"],
            row["games"],
            row["games_started"],
            row["points"],
            row["three_point_percent"],
        )
        for row in season.once_each(frame).collect()
    }
    # 30 hits of 60 shots in Boston, none of 40 in Atlanta.
    assert found == {
        1: ("TOT", 40, 20, 12.5, 0.3),
        2: ("TOT", 20, 10, 10.0, None),
        3: ("BOS", 10, 5, 12.3, 0.333),
    }


def test_tables_with_the_short_names_are_read_too(spark, tmp_path, query):
    rows = [player(1, field_goal_percent="") + ",MVP"]
    assert describe(spark, tmp_path, SHORT, rows).loaded == 1
    assert query("SELECT name, count, mean, stddev FROM players_description WHERE name LIKE '%goal%'") == [
        ("field_goals", 1, 1.0, None),
        ("field_goal_attempts", 1, 1.0, None),
        ("field_goal_percent", 0, None, None),
    ]
    assert query("SELECT count(*) FROM players_veteran_starts") == [(0,)]


def test_a_file_without_a_valid_row_is_refused(spark, tmp_path):
    with pytest.raises(errors.InputUnfitError, match="is valid: 2 read, malformed-csv 1, wrong-type 1"):
        describe(spark, tmp_path, SHORT, [player(1), player("x") + ","])

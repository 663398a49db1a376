"""The job that describes a season: who counts once, who is first, and what is no row of a season."""

import json
import statistics

import pytest

import season
from sparkctl_jobs import errors
from sparkctl_jobs.csv_header import read_header

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
    player(2, points="20.0", games=50),
    player(3, points="20.0", games=30),
    player(4, age=40, started=0, points="1.5", free_throw_percent=""),
    player(4, age=40, team="DEN", games=12, started=1, points="2.5"),
    *(player(number, points=f"{number}.0") for number in range(5, 14)),
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
    names = {name: short for name, _, short in season.COLUMNS}
    return season.describe(spark, asked, read_header(asked.input, season.PLAYERS.names, other_names=names))


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
    # A player who changed team counts once: for the whole season, or for the team with most games.
    assert query("SELECT age, players FROM players_by_age") == [(25, 11), (36, 1), (40, 1)]
    assert query("SELECT place, rank, team, points FROM players_top_scorers") == [
        (1, 2, "BOS", 20.0),
        (2, 1, "TOT", 20.0),
        (3, 3, "BOS", 20.0),
        *((place, 17 - place, "BOS", 17.0 - place) for place in range(4, 11)),
    ]
    assert query("SELECT rank, age, team, games, games_started FROM players_veteran_starts") == [
        (1, 36, "TOT", 30, 20),
        (4, 40, "DEN", 12, 1),
    ]
    points = [row[0] for row in query("SELECT points FROM players")]
    [found] = query("SELECT count, mean, stddev, min, max FROM players_description WHERE name = 'points'")
    assert found == pytest.approx(
        (16, statistics.fmean(points), statistics.stdev(points), min(points), max(points))
    )
    assert query("SELECT count FROM players_description WHERE name = 'free_throw_percent'") == [(15,)]
    assert query("SELECT count(*) FROM players_description") == [(len(season.NUMBERS),)]
    assert json.loads((tmp_path / "artifacts/metrics.json").read_text())["metrics"] == {
        "players": 13,
        "mean age": pytest.approx((36 + 40 + 11 * 25) / 13),
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

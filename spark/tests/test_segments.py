"""The jobs that find segments and score with them: true groups, the same ones always, and never a wrong model."""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pyspark
import pytest
from pyspark.ml import PipelineModel

import score
import segments
from jobkit import outputs
from jobkit import replace_folder as replacing
from jobkit.clusters.points import SEGMENT, PointColumns, read_points
from jobkit.clusters.saved_model import CLUSTER, SegmentModel, load_model, with_features
from jobkit.first_rows import first_of_each
from sparkctl_io import errors

GROUPS = [(20, 20.0), (30, 80.0), (60, 50.0)]


def people(count=60, seed=1, header="customer_id,age,annual_income,spending_score"):
    """Three groups, in turns: the truth of row n is n % 3."""
    chance = random.Random(seed)
    lines = [header]
    for number in range(count):
        age, income = GROUPS[number % 3]
        lines.append(
            f"{number},{age + chance.randrange(5)},{income + chance.randrange(50) / 10},{chance.randrange(9)}"
        )
    return lines


def write(path, lines):
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def find(spark, source, folder, *options):
    """Does the script's work in the session of the tests."""
    asked = segments.command_line().parse_args(
        [
            *("--input", str(source), "--database", str(folder / "test.db"), "--max-k", "4", "--starts", "1"),
            *("--predictions", str(folder / "p.csv"), "--model", str(folder / "model")),
            *("--features", "age,annual_income", *options),
        ]
    )
    columns = PointColumns(asked.id, asked.id_type, tuple(asked.features))
    return segments.find_segments(spark, asked, columns)


def test_the_groups_are_found_and_every_output_says_the_same(spark, tmp_path, query):
    lines = people()
    lines[5:5] = ["4,x,1,1", "", "1000,,1,1", ",1,1,1", "1,NaN,1,1"]
    source = write(tmp_path / "in.csv", [*lines, "7,1,1,1", "8,1,1"])
    (tmp_path / "artifacts").mkdir()
    run = find(spark, source, tmp_path, "--run-id", "r", "--artifacts", str(tmp_path / "artifacts"))
    assert (run.read, run.loaded, run.quarantined, run.duplicates) == (66, 60, 5, 1)
    assert query("SELECT line, reason FROM segments_quarantine ORDER BY line") == [
        (6, "wrong-type"),
        (8, "missing-value"),
        (9, "missing-key"),
        (10, "wrong-type"),
        (67, "duplicate-key"),
        (68, "malformed-csv"),
    ]
    rows = query("SELECT * FROM segments ORDER BY customer_id")
    # Numbered by age, then by income.
    assert [(row[0], row[3]) for row in rows] == [(number, number % 3) for number in range(60)]
    written = (tmp_path / "p.csv").read_text("utf-8").splitlines()
    outputs = [tmp_path / "p.csv", tmp_path / "model", *(tmp_path / "model").rglob("*")]
    assert all(path.stat().st_mode & 0o060 == 0o060 for path in outputs)
    assert written[0] == "customer_id,age,annual_income,segment"
    assert [tuple(map(float, line.split(","))) for line in written[1:]] == rows
    assert query("SELECT segment, size, feature FROM segments_centres") == [
        (segment, 20, feature) for segment in range(3) for feature in ("age", "annual_income")
    ]
    assert query("SELECT k, chosen FROM segments_by_k") == [(2, 0), (3, 1), (4, 0)]
    measured = json.loads((tmp_path / "artifacts/metrics.json").read_text())
    assert measured["metrics"] | {"silhouette": 0, "inertia": 0} == {
        "k": 3, "silhouette": 0, "inertia": 0,
        "size of segment 0": 20, "size of segment 1": 20, "size of segment 2": 20,
    }  # fmt: skip
    assert measured["metrics"]["silhouette"] > 0.9
    assert [series["name"] for series in measured["series"]] == ["Silhouette by k", "Inertia by k"]
    assert "<svg" in (tmp_path / "artifacts/segments.svg").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "artifacts",
        "in.csv",
        "model",
        "p.csv",
        "test.db",
    ]

    # However the lines are cut and ordered.
    shuffled = [lines[0], *random.Random(2).sample(people()[1:], 60)]
    (tmp_path / "again").mkdir()
    spark.conf.set("spark.sql.files.maxPartitionBytes", 300)
    try:
        find(spark, write(tmp_path / "in.csv", shuffled), tmp_path / "again")
    finally:
        spark.conf.unset("spark.sql.files.maxPartitionBytes")
    assert (tmp_path / "again/p.csv").read_bytes() == (tmp_path / "p.csv").read_bytes()

    # The model in its folder gives other rows the same segments.
    other = write(
        tmp_path / "new.csv", ["annual_income,customer_id,age", "22,1,21", "82,2,31", "x,3,3", "51,4,61"]
    )
    asked = score.command_line().parse_args(
        ["--input", str(other), "--model", str(tmp_path / "model"), "--database", str(tmp_path / "test.db")]
    )
    assert score.score(spark, asked).loaded == 3
    assert query("SELECT * FROM scores") == [(1, 21, 22, 0), (2, 31, 82, 1), (4, 61, 51, 2)]


class Found(NamedTuple):
    """Outputs of one run, and the best trial of those that it has measured."""

    folder: Path
    best: segments.Trial


@pytest.fixture(scope="module")
def found(spark, tmp_path_factory):
    """The segments of thirty people, in a folder that tests leave as it is."""
    folder, measured = tmp_path_factory.mktemp("found"), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segments, "choose_k", noted(measured, segments.choose_k))
        find(spark, write(folder / "in.csv", people(30)), folder, "--max-k", "3", "--run-id", "first")
    [(best, _)] = measured
    return Found(folder, best)


def test_what_goes_wrong_at_the_end_leaves_every_output_as_it_was(spark, found, monkeypatch):
    folder = found.folder
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def fails(*arguments, **options):
        raise errors.LockedError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(segments, "write_sqlite", fails)
        with pytest.raises(errors.LockedError):
            find(spark, write(folder / "in.csv", people(33, seed=9)), folder, "--max-k", "3")
    (folder / "in.csv").write_bytes(before[folder / "in.csv"])
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_the_model_that_is_saved_is_the_one_that_was_measured(found):
    assert load_model(found.folder / "model").pipeline.stages[-1].uid == found.best.model.uid


def noted(results, function):
    def call(*arguments):
        results.append(function(*arguments))
        return results[-1]

    return call


def test_a_rejected_row_is_not_shown_to_the_model(spark, tmp_path, monkeypatch):
    columns = PointColumns("id", "integer", ("x", "a.b"))
    chance = random.Random(4)
    lines = [f"{number},{chance.uniform(-9, 9)},{chance.uniform(0, 1e6)}" for number in range(400)]
    source = write(tmp_path / "in.csv", ["id,x,a.b", *lines[:200], "500,,1", "501,NaN,1", "", *lines[200:]])
    rows = read_points(spark, str(source), columns, ",")
    points = with_features(first_of_each(rows, ["id"]), columns)
    prepared = segments.fit_preparation(points, columns)
    fitted = segments.k_means(7, 1).fit(prepared.transform(points))
    model = SegmentModel.numbered(PipelineModel([*prepared.stages, fitted]), columns)
    by_pipeline = {
        row["id"]: model.segments[row[CLUSTER]] for row in model.pipeline.transform(points).collect()
    }

    def never(*arguments):
        raise AssertionError("rejected rows are among these")

    monkeypatch.setattr(PipelineModel, "transform", never)
    found = model.assign(rows).collect()
    # Two lines can't be read, and one is no row.
    assert [row["_source"]["line"] for row in found] == [*range(2, 203), *range(205, 405)]
    assert {row["id"]: row[SEGMENT] for row in found if row["_source"]["reason"] is None} == by_pipeline
    assert {row[SEGMENT] for row in found if row["_source"]["reason"] is not None} == {None}


def outputs_in(folder):
    """The content of every output, as far as there are any."""
    model = sorted(path for path in (folder / "model").rglob("*") if path.is_file())
    return {path.name: path.read_bytes() for path in [folder / "p.csv", *model] if path.exists()}


def test_who_dies_between_the_table_and_its_outputs_is_finished_by_a_repeat(
    spark, found, tmp_path, monkeypatch, capsys, query
):
    shutil.copytree(found.folder, tmp_path, dirs_exist_ok=True)
    first = outputs_in(tmp_path)
    assert query("SELECT run_id, path, published FROM segments_outputs ORDER BY path") == [
        ("first", "model", 1),
        ("first", "p.csv", 1),
    ]

    def dies(*arguments):
        raise KeyboardInterrupt

    second = write(tmp_path / "in.csv", people(33, seed=9))
    with monkeypatch.context() as patch:
        patch.setattr(outputs, "_publish", dies)
        with pytest.raises(KeyboardInterrupt):
            find(spark, second, tmp_path, "--max-k", "3", "--run-id", "second")
    assert query("SELECT count(*) FROM segments") == [(33,)]
    assert outputs_in(tmp_path) == first
    assert query("SELECT DISTINCT run_id, published FROM segments_outputs") == [("second", 0)]

    # The repeat needs neither Spark nor the input.
    second.unlink()
    monkeypatch.setattr(segments, "SparkSession", None)
    asked = f"segments.py --input in.csv --database {tmp_path}/test.db --run-id second --predictions {tmp_path}/p.csv"
    monkeypatch.setattr(sys, "argv", asked.split())
    with pytest.raises(SystemExit) as error:
        segments.main()
    assert error.value.code == 65
    assert "run second has not put model into its place yet" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", [*asked.split(), "--model", f"{tmp_path}/model"])
    segments.main()
    assert capsys.readouterr().out.startswith("run second was committed before, nothing changed")
    assert query("SELECT DISTINCT run_id, published FROM segments_outputs") == [("second", 1)]
    lines = (tmp_path / "p.csv").read_text("utf-8").splitlines()[1:]
    rows = query("SELECT * FROM segments ORDER BY customer_id")
    assert [tuple(map(float, line.split(","))) for line in lines] == rows
    recorded = dict(query("SELECT path, digest FROM segments_outputs"))
    assert {name: outputs.digest_of(tmp_path / name) for name in recorded} == recorded


@pytest.fixture
def pending(tmp_path):
    """A table with an output that is not in its place, as a run leaves it that died."""
    staged = outputs.Staging.create(tmp_path / "p.csv", "r")
    (staged.folder / "p.csv").write_text("new")
    staged.leave()
    connection = sqlite3.connect(tmp_path / "test.db")
    connection.execute("CREATE TABLE t_outputs (run_id TEXT, path TEXT, digest TEXT, published INTEGER)")
    digest = outputs.digest_of(staged.folder / "p.csv")
    connection.execute("INSERT INTO t_outputs VALUES ('r', 'p.csv', ?, 0)", (digest,))
    connection.commit()
    connection.close()
    return staged.folder / "p.csv"


def finish(folder, *names, run_id="r", wait_ms=100):
    outputs.finish_outputs(folder / "test.db", "t", [folder / name for name in names], run_id, wait_ms)


def test_another_run_finishes_what_it_finds(tmp_path, pending, query):
    finish(tmp_path, "q.csv", run_id="other")
    assert not (tmp_path / "p.csv").exists()
    finish(tmp_path, "p.csv", run_id="other")
    assert (tmp_path / "p.csv").read_text() == "new"
    assert query("SELECT published FROM t_outputs") == [(1,)]


def test_who_died_after_the_last_rename_is_finished_too(tmp_path, pending, query):
    pending.rename(tmp_path / "p.csv")
    finish(tmp_path, "p.csv")
    assert query("SELECT published FROM t_outputs") == [(1,)]


def test_an_output_that_is_lost_is_an_error_of_its_own_run_alone(tmp_path, pending, query):
    pending.write_text("something else")
    with pytest.raises(errors.OutputLostError, match=r"p\.csv is not there, and its content is lost"):
        finish(tmp_path, "p.csv")
    finish(tmp_path, "p.csv", run_id="other")
    assert not (tmp_path / "p.csv").exists()
    assert query("SELECT published FROM t_outputs") == [(0,)]


def test_a_commit_of_somebody_else_is_waited_for(tmp_path, pending):
    holder = sqlite3.connect(tmp_path / "test.db")
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(errors.LockedError):
        finish(tmp_path, "p.csv")
    holder.close()
    assert not (tmp_path / "p.csv").exists()
    finish(tmp_path, "p.csv")
    assert (tmp_path / "p.csv").read_text() == "new"


@pytest.mark.parametrize(
    ("lines", "options", "message"),
    [
        (people(3), ["--max-k", "4"], "3 different valid rows can't make 4 segments: lower --max-k"),
        (people(1), ["--max-k", "2"], "1 different valid row can't make 2 segments: lower --max-k"),
        ([people()[0], *["1,x,1,1", "2,NaN,1,1"], "3,1", "4,1,1e400,1"], [],
         "no row of {source} is valid: 4 read, malformed-csv 1, wrong-type 3"),
        ([people()[0], *(f"{n},30,{n},1" for n in range(9))], [],
         "the column age has the same value in every valid row, and tells nobody apart: leave it out of --features"),
        ([people()[0], *(f"{n},{n}e306,{n},1" for n in range(9))], [],
         "the values of the column age lie too far apart to be scaled"),
    ],
)  # fmt: skip
def test_rows_that_no_model_can_be_made_of(spark, tmp_path, lines, options, message):
    source = write(tmp_path / "in.csv", lines)
    with pytest.raises(errors.InputUnfitError) as error:
        find(spark, source, tmp_path, *options)
    assert str(error.value) == message.format(source=source)
    assert error.value.exit_code == 65
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_the_first_of_each_key_is_that_of_the_sink(spark, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("z.csv", "in/a b+c.csv", "in/a-b.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        rows = [f"{number},{line}" for line, number in enumerate([1, 2, 1, 3])] + [f"4,{len(name)}"]
        write(tmp_path / name, ["id,x", *rows])
    inputs = ["z.csv", "in"]
    rows = read_points(spark, inputs, PointColumns("id", "integer", ("x",)), ",")
    found = first_of_each(rows, ["id"]).orderBy("id").collect()
    assert [tuple(row) for row in found] == [(1, 0.0), (2, 1.0), (3, 3.0), (4, len("in/a b+c.csv"))]


@pytest.mark.parametrize("exchanges", [True, False])
def test_a_folder_takes_the_place_of_another(tmp_path, monkeypatch, exchanges):
    if not exchanges:
        monkeypatch.setattr(replacing, "_exchange", lambda *_: False)
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
        (folder / folder.name).touch()
    replacing.replace_folder(new, old)
    assert [str(path.relative_to(tmp_path)) for path in sorted(tmp_path.rglob("*"))] == ["old", "old/new"]
    with pytest.raises(FileNotFoundError):
        replacing.replace_folder(new, old)
    assert (old / "new").exists()


def refusal(monkeypatch, capsys, script, *arguments):
    monkeypatch.setattr(script, "SparkSession", None)
    monkeypatch.setattr(sys, "argv", [script.__name__, *map(str, arguments)])
    with pytest.raises(SystemExit) as error:
        script.main()
    return error.value.code, capsys.readouterr().err


def test_what_is_wrong_is_said_before_spark_starts(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "in.csv", people())
    always = ("--input", "in.csv", "--database", "x.db")
    for arguments, code, message in [
        ((*always, "--features", "age,size"), 65,
         "in.csv has no column size: its first line must name the columns, and has"
         " customer_id, age, annual_income, spending_score"),
        ((*always, "--features", "age,age"), 1,
         "the columns 'customer_id', 'age', 'age' can't be used: they must differ, and not be segment or begin with _"),
        ((*always, "--min-k", "5", "--max-k", "4"), 1, "--min-k 5 --max-k 4: from 2 up, and not downwards"),
        ((*always, "--model", "no/model"), 73, "the folder of an output is not there: no. Make it first."),
        ((*always, "--artifacts", "no"), 73, "the folder for artifacts is not there: no. Make it first."),
        (("--input", "no.csv", "--database", "x.db"), 66, f"input not found: no.csv (seen from {tmp_path})"),
    ]:  # fmt: skip
        assert refusal(monkeypatch, capsys, segments, *arguments) == (code, f"segments: {message}\n")
    assert refusal(monkeypatch, capsys, score, *always, "--model", "model") == (
        66,
        "score: there is no model in model: fit one first, with jobs/segments.py --model model\n",
    )


def test_plain_spark_submit_runs_it_on_ten_lines_of_other_columns(tmp_path, query):
    lines = ["Código;Idade;Pontuação média"] + [f"c{n};{20 + 40 * (n % 2) + n};{n % 2},5" for n in range(9)]
    write(tmp_path / "clientes.csv", [line.replace(",", ".") for line in lines])
    home = Path(pyspark.__file__).parent
    environment = {
        **os.environ, "SPARK_HOME": str(home), "PYSPARK_PYTHON": sys.executable, "PYTHONPATH": str(home.parent),
    }  # fmt: skip
    command = [
        *(home / "bin/spark-submit", "--master", "local[2]", "--conf", "spark.ui.enabled=false"),
        *(segments.__file__, "--input", "clientes.csv", "--delimiter", ";", "--database", "test.db"),
        *("--id", "Código", "--id-type", "text", "--features", "Idade,Pontuação média", "--run-id", "first"),
        *("--max-k", "3", "--starts", "1", "--model", "modelo", "--predictions", "resultado.csv"),
    ]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "run first committed: segments read 9 = loaded 9 + quarantined 0 + duplicates 0 + filtered 0\n"
    )
    assert query('SELECT "Código", segment FROM segments ORDER BY 1') == [(f"c{n}", n % 2) for n in range(9)]
    assert (
        (tmp_path / "resultado.csv")
        .read_text("utf-8")
        .startswith("Código,Idade,Pontuação média,segment\nc0,20.0,0.5,0\n")
    )
    shutil.rmtree(tmp_path / "modelo")
    again = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (again.returncode, (tmp_path / "modelo").exists()) == (0, False), again.stderr

"""Artifacts for a job's report: numbers that are numbers, pictures that are nothing but pictures."""

import json
import math
import stat
import xml.etree.ElementTree as ET

import pytest

from jobkit.artifacts import Artifacts
from jobkit.charts import bar_chart, line_chart, scatter_chart
from jobkit.charts.canvas import round_ticks
from sparkctl_io import errors

SVG = "{http://www.w3.org/2000/svg}"


def test_metrics_and_series_are_one_file(tmp_path):
    artifacts = Artifacts(tmp_path)
    artifacts.metrics({"k": 5})
    artifacts.metrics({"silhouette": 0.73})
    artifacts.series("Silhouette by k", "k", "silhouette", [(2, 0.51), (3, 0.62)])
    artifacts.picture("age", "<svg/>")
    artifacts.save()
    assert json.loads((tmp_path / "metrics.json").read_text()) == {
        "schemaVersion": 1,
        "metrics": {"k": 5, "silhouette": 0.73},
        "series": [
            {"name": "Silhouette by k", "x": "k", "y": "silhouette", "points": [[2, 0.51], [3, 0.62]]}
        ],
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["age.svg", "metrics.json"]
    assert stat.S_IMODE((tmp_path / "age.svg").stat().st_mode) == 0o664


@pytest.mark.parametrize("value", [math.nan, math.inf, "5", None, True])
def test_only_finite_numbers_are_metrics(tmp_path, value):
    for artifacts in (Artifacts(tmp_path), Artifacts(None)):
        with pytest.raises(errors.JobError) as error:
            artifacts.metrics({"k": value})
        assert str(error.value) == f"the metric k is {value!r}: only finite numbers can be kept"
        with pytest.raises(errors.JobError):
            artifacts.series("s", "x", "y", [(1, value)])


def test_without_a_folder_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    artifacts = Artifacts(None)
    artifacts.metrics({"k": 5})
    artifacts.picture("age", "<svg/>")
    artifacts.save()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_and_a_name_that_is_a_path_are_refused(tmp_path):
    with pytest.raises(errors.CannotCreateError, match="the folder for artifacts is not there"):
        Artifacts(tmp_path / "no")
    with pytest.raises(errors.JobError, match=r"'\.\./x' can't be the name of a picture"):
        Artifacts(tmp_path).picture("../x", "<svg/>")


NASTY = '<script>alert("1")</script> & \0 \ud800 王'


@pytest.mark.parametrize(
    "svg",
    [
        bar_chart(NASTY, NASTY, "n", [(NASTY, 3), ("b", 0), ("c", -1.5)]),
        line_chart(NASTY, NASTY, NASTY, [(2, 0.5), (3, 0.7), (4, 0.6)], marked=3),
        scatter_chart(NASTY, "x", "y", {NASTY: [(1, 2), (2, 3)], "b": [(5, 5)]}, centres=[(1.5, 2.5)]),
    ],
    ids=["bars", "line", "scatter"],
)
def test_text_stays_text(svg):
    picture = ET.fromstring(svg.encode())
    assert picture.tag == f"{SVG}svg"
    tags = {element.tag.removeprefix(SVG) for element in picture.iter()}
    assert tags <= {"svg", "title", "rect", "line", "text", "circle", "polyline", "path", "g"}
    assert any("<script>" in (element.text or "") for element in picture.iter(f"{SVG}text"))
    assert not any(
        name.startswith("on") or "href" in name for element in picture.iter() for name in element.attrib
    )


def test_marks_stand_where_their_values_are():
    picture = ET.fromstring(line_chart("t", "x", "y", [(0, 0), (5, 50), (10, 100)], marked=5))
    dots = [
        (float(dot.get("cx")), float(dot.get("cy")), dot.get("r")) for dot in picture.iter(f"{SVG}circle")
    ]
    (x0, y0, _), (x1, y1, marked), (x2, y2, _) = dots
    assert (x1 - x0, y0 - y1, marked) == (x2 - x1, y1 - y2, "7")
    bars = ET.fromstring(bar_chart("t", "x", "y", [("a", 2), ("b", 4)]))
    heights = [float(bar.get("height")) for bar in bars.iter(f"{SVG}rect")][1:]
    assert heights[1] == pytest.approx(2 * heights[0], abs=0.1)


def test_labels_of_bars_do_not_run_into_each_other():
    def labels(*bars):
        picture = ET.fromstring(bar_chart("t", "x", "y", bars))
        starts = {name[:6] for name, _ in bars}
        found = [text for text in picture.iter(f"{SVG}text") if (text.text or "")[:6] in starts]
        return float(picture.get("height")), [
            (text.text, "rotate" in text.get("transform", "")) for text in found
        ]

    short_height, short_ones = labels(("Ada", 1), ("Li", 2))
    assert short_ones == [("Ada", False), ("Li", False)]
    height, long_ones = labels(*[("Christiansen-Johnson", 1)] * 10, ("Li", 2))
    assert long_ones == [("Christianse…", True)] * 10 + [("Li", True)]
    assert height > short_height


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 10, [0, 2, 4, 6, 8, 10]),
        (0.51, 0.87, [0.5, 0.6, 0.7, 0.8, 0.9]),
        (3, 3, [2.0, 2.5, 3.0, 3.5, 4.0]),
        (0, 0, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (-1e9, 2e9, [-1e9, -0.5e9, 0, 0.5e9, 1e9, 1.5e9, 2e9]),
    ],
)
def test_ticks_are_round_and_hold_the_values(low, high, ticks):
    assert round_ticks(low, high) == ticks


def test_a_chart_of_nothing_is_refused():
    with pytest.raises(errors.JobError, match="the chart 't' needs some values, and finite ones"):
        bar_chart("t", "x", "y", [])
    with pytest.raises(errors.JobError):
        line_chart("t", "x", "y", [(1, math.nan)])

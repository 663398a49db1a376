"""The common part of the jobs' command lines."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from sparkctl_io import CommittedRun, JobError, check_database, find_inputs, find_run


def add_arguments(parser: argparse.ArgumentParser, table: str) -> None:
    """Adds the options for the places that rows come from and go to."""
    parser.add_argument(
        "--input", action="append", required=True, help="a file, folder or glob; may be repeated"
    )
    parser.add_argument("--database", type=Path, required=True, help="the SQLite file")
    parser.add_argument("--table", default=table)
    parser.add_argument(
        "--run-id", help="a run id that is committed already changes nothing (default: a new one)"
    )
    parser.add_argument(
        "--lock-timeout", type=float, default=60, metavar="SECONDS", help="how long to wait for others"
    )


def add_csv_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the further options of a job that reads CSV and measures something."""
    parser.add_argument("--delimiter", default=",", type=_letter, help="what stands between two fields")
    parser.add_argument("--artifacts", type=Path, help="a folder for metrics.json and pictures")


def lock_timeout_ms(arguments: argparse.Namespace) -> int:
    seconds: float = arguments.lock_timeout
    return round(seconds * 1000)


def committed_before(arguments: argparse.Namespace) -> CommittedRun | None:
    """
    The run, if it is committed already: then there is nothing to do.

    A database that can't be written, or an input that is not there, is an error here, before Spark starts,
    which takes a while.
    """
    wait_ms = lock_timeout_ms(arguments)
    check_database(arguments.database, wait_ms)
    before = None
    if arguments.run_id:
        before = find_run(arguments.database, arguments.run_id, arguments.table, wait_ms)
    if before is None:
        find_inputs(arguments.input)
    return before


def run_job(name: str, job: Callable[[], CommittedRun]) -> None:
    """Runs a job to its one line of result, or to its error and exit code."""
    try:
        run = job()
    except JobError as error:
        print(f"{name}: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    more = f" + added {run.added}" if run.added else ""
    print(
        f"run {run.run_id} {'was committed before, nothing changed' if run.repeated else 'committed'}:"
        f" {run.target} read {run.read}{more} = loaded {run.loaded} + quarantined {run.quarantined}"
        f" + duplicates {run.duplicates} + filtered {run.filtered}"
        f"{f'; {run.repaired} of the loaded ones repaired' if run.repaired else ''}"
    )


def positive(text: str) -> int:
    """A whole number from 1 up."""
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 up")
    return int(text)


def _letter(text: str) -> str:
    text = {"\\t": "\t", "tab": "\t"}.get(text, text)
    if len(text) != 1 or text in '"\r\n':
        raise argparse.ArgumentTypeError(f"{text!r} can't stand between fields: it must be one letter")
    return text

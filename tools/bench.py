#!/usr/bin/env python3
"""Runs benchmarks and shows their figures beside those of the peers.

    bench.py [--json] [--list] NAME…

NAME is a folder of bench/ with an executable file "run", or NAME_bench built from *_bench.cpp. A "run" prints
on standard output {"figures": [{"bench", "name", "value", "unit", "peer", "peer_value", "ratio", "aim", "met"}]}
and anything else on standard error; it finds the programs in the folder named by VISTIME_BIN. Fields that do
not apply are null or absent. Exit code 1 when a benchmark could not run; figures that miss their aim are shown, not
punished, since they depend on the machine.
"""

import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FIELDS = ("bench", "name", "value", "unit", "peer", "peer_value", "ratio", "aim", "met")
COLUMNS = FIELDS


class BenchError(Exception):
    pass


def runner_of(root, name):
    """The command of a benchmark, and whether it speaks Google Benchmark's JSON."""
    run = os.path.join(root, "bench", name, "run")
    if os.access(run, os.X_OK) and os.path.isfile(run):
        return [run, "--json"], False
    program = os.path.join(root, "build", "release", "benches", name + "_bench")
    if os.access(program, os.X_OK):
        return [program, "--benchmark_format=json"], True
    raise BenchError(f"there is no benchmark '{name}'; there are: {', '.join(known(root)) or 'none'}")


def known(root):
    names = set()
    for folder, inside in ((os.path.join(root, "bench"), "run"), (os.path.join(root, "build/release/benches"), "")):
        for entry in os.listdir(folder) if os.path.isdir(folder) else ():
            if os.access(os.path.join(folder, entry, inside) if inside else os.path.join(folder, entry), os.X_OK):
                names.add(entry[: -len("_bench")] if entry.endswith("_bench") else entry)
    return sorted(names)


def figures_of_google(bench, answer):
    return [
        {"bench": bench, "name": entry["name"], "value": entry["cpu_time"], "unit": entry["time_unit"]}
        for entry in answer["benchmarks"]
        if entry.get("run_type") != "aggregate"
    ]


def complete(bench, figure):
    """A figure with every field; a missing ratio is computed from value and peer_value."""
    full = {field: figure.get(field) for field in FIELDS}
    full["bench"] = full["bench"] or bench
    if not full["name"] or not isinstance(full["value"], (int, float)) or isinstance(full["value"], bool):
        raise BenchError(f"{bench}: a figure needs a name and a number as its value: {figure}")
    if full["ratio"] is None and full["peer_value"]:
        full["ratio"] = full["value"] / full["peer_value"]
    return full


def run(root, name):
    command, google = runner_of(root, name)
    environment = {**os.environ, "VISTIME_BIN": os.path.join(root, "build", "bin"), "VISTIME_ROOT": root}
    done = subprocess.run(command, cwd=root, env=environment, stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise BenchError(f"{name} ended with code {done.returncode}")
    try:
        answer = json.loads(done.stdout)
        figures = figures_of_google(name, answer) if google else answer["figures"]
    except (ValueError, KeyError, TypeError) as error:
        raise BenchError(f"{name} printed no figures: {error}") from error
    if not figures:
        raise BenchError(f"{name} printed an empty list of figures")
    return [complete(name, figure) for figure in figures]


def cell(field, value):
    if value is None:
        return ""
    if field == "met":
        return "yes" if value else "NO"
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, float)):
        return f"{value:,.2f}" if abs(value) < 100 and value != int(value) else f"{value:,.0f}"
    return str(value)


def table(figures):
    rows = [[column.replace("_", " ") for column in COLUMNS]]
    rows += [[cell(column, figure[column]) for column in COLUMNS] for figure in figures]
    used = [index for index in range(len(COLUMNS)) if any(row[index] for row in rows[1:])]
    widths = {index: max(len(row[index]) for row in rows) for index in used}
    numbers = {"value", "peer_value", "ratio"}
    return "\n".join(
        "  ".join(
            row[i].rjust(widths[i]) if COLUMNS[i] in numbers else row[i].ljust(widths[i]) for i in used
        ).rstrip()
        for row in rows
    )


def main():
    arguments = sys.argv[1:]
    names = [argument for argument in arguments if not argument.startswith("--")]
    if "--list" in arguments:
        print("\n".join(known(ROOT)))
        return 0
    figures, failed = [], False
    for name in names:
        try:
            figures += run(ROOT, name)
        except BenchError as error:
            print(f"bench: {error}", file=sys.stderr)
            failed = True
    if "--json" in arguments:
        print(json.dumps({"figures": figures}, indent=2))
    elif figures:
        print(table(figures))
    return 1 if failed or not names else 0


if __name__ == "__main__":
    sys.exit(main())

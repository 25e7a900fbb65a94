"""`make bench`: every benchmark, as ratios measured in one run; `make bench ARGS="viewport"` runs some of them.

A missed target is said, not failed: a noisy machine is no fault of the code, and a person reads the table.
"""

import importlib
import os
import platform
import sys

import django

NAMES = (
    "lookup",
    "endpoint",
    "viewport",
    "posting",
    "casting",
    "digests",
    "addresses",
    "duplicates",
    "queue",
    "open311",
    "features",
    "tiles",
    "dashboard",
    "exports",
    "counting",
)


def main(names: list[str]) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()
    from benchmarks.report import Report

    if unknown := set(names) - set(NAMES):
        print(f"No such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    report = Report()
    for name in names or NAMES:
        print(f"\n# {name}", flush=True)
        importlib.import_module(f"benchmarks.{name}").run(report)
    print(f"\nPython {platform.python_version()}, {os.cpu_count()} cores\n\n{report.table()}")
    missed = report.missed()
    print(f"\n{len(report.lines)} lines, {len(missed)} missed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

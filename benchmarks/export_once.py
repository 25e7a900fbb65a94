"""The export of `benchmarks/exports.py` in a process of its own: prints seconds and peak memory in kilobytes."""

import os
import resource
import sys
import time
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()
    from benchmarks.exports import asked
    from geo.exports.wanted import count

    started = time.perf_counter()
    chosen, selected = asked()
    total = count(selected)
    if (written := chosen.write(selected, Path(sys.argv[1]))) != total:
        raise RuntimeError(f"{written} rows of {total}")
    print(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)

"""No child outlives the supervisor, and nobody else's process is touched."""

import os
import signal
import subprocess
import sys
import time

import pytest

from config.local import processes
from config.local.paths import ROOT
from config.local.processes import Child, birth, end_leftovers, remember

# A process that ignores polite requests, with a child that does too; it says both pids.
STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child:
    print(os.getpid(), child, flush=True)
time.sleep(600)
"""


def child(tmp_path, code, **options):
    made = Child("test", [sys.executable, "-c", code], tmp_path / "test.log", env=dict(os.environ), **options)
    made.start()
    return made


def until(condition, seconds=10):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.02)


def pids(log, count):
    until(lambda: len(log.read_text().split()) == count)
    return [int(text) for text in log.read_text().split()]


def test_the_end_takes_grandchildren_along(tmp_path):
    stubborn = child(tmp_path, STUBBORN, stop=[(signal.SIGTERM, 0.2)])
    family = pids(tmp_path / "test.log", 2)
    stubborn.end()
    until(lambda: not any(birth(pid) for pid in family))


def test_a_polite_end_comes_first(tmp_path):
    code = (
        "import signal, sys, time\n"
        "signal.signal(15, lambda *a: sys.exit('goodbye'))\nprint('up', flush=True)\ntime.sleep(600)"
    )
    polite = child(tmp_path, code)
    until(lambda: "up" in (tmp_path / "test.log").read_text())
    polite.end()
    assert "goodbye" in (tmp_path / "test.log").read_text()
    assert polite.process.returncode == 1


def test_kill_9_of_the_supervisor_takes_its_children(tmp_path):
    code = f"""
import os, sys, time
from pathlib import Path
from config.local.processes import Child
child = Child("x", ["sleep", "600"], Path({str(tmp_path / "x.log")!r}), env=dict(os.environ))
child.start()
print(child.process.pid, flush=True)
time.sleep(600)
"""
    supervisor = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    pid = int(supervisor.stdout.readline())
    assert birth(pid)
    supervisor.kill()
    supervisor.wait()
    until(lambda: not birth(pid))


def test_leftovers_are_recognised_and_others_left_alone(tmp_path):
    ours = child(tmp_path, "import time; time.sleep(600)")
    other = subprocess.Popen(["sleep", "600"], start_new_session=True)
    try:
        name, pid, born = remember([ours])[0]
        # The second has the pid of a process that was born at another time: the number was given again.
        assert end_leftovers([[name, pid, born], ["other", other.pid, "1"]]) == [name]
        assert other.poll() is None
        ours.process.wait(5)
    finally:
        other.kill()
        other.wait()


def test_birth_of_nobody():
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert processes.birth(gone.pid) is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stop_requests_raise_once(number, tmp_path):
    """Even started in the background, where a shell makes SIGINT ignored."""
    code = f"""
import os, signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
from config.local import signals
signals.install()
try:
    os.kill(os.getpid(), {int(number)})
    time.sleep(5)
except signals.Stopped as stopped:
    os.kill(os.getpid(), {int(number)})
    print("stopped", stopped.number, signals.Requests.hurry())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=20)
    assert done.stdout.split() == ["stopped", str(int(number)), "True"], done.stderr


def test_sigint_that_only_make_receives(tmp_path):
    """`kill -INT` of make alone: it waits for its child, who must notice."""
    script = tmp_path / "child.py"
    script.write_text(
        "import time\nfrom config.local import signals\nsignals.install()\nprint('up', flush=True)\n"
        "try:\n    while True:\n        signals.listen()\n        time.sleep(0.05)\n"
        "except signals.Stopped:\n    print('noticed', flush=True)\n"
    )
    (tmp_path / "Makefile").write_text(f"all:\n\t@exec env PYTHONPATH={ROOT} {sys.executable} {script}\n")
    make = subprocess.Popen(["make", "-C", tmp_path], stdout=subprocess.PIPE, text=True)
    while make.stdout.readline().strip() != "up":
        pass
    make.send_signal(signal.SIGINT)
    assert "noticed" in make.communicate(timeout=10)[0]


def test_a_request_does_not_interrupt_a_stop_already_going_on():
    code = """
import os, signal
from config.local import signals
signals.install()
signals.Requests.stopping()
os.kill(os.getpid(), signal.SIGINT)
print("went on", signals.Requests.hurry())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=20)
    assert done.stdout == "went on True\n", done.stderr

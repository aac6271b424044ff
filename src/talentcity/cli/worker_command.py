"""Run the background worker alone: it carries out the plan runs that the pages ask for.

`talentcity serve` runs one already. Ctrl-C or SIGTERM ends it when the task at hand is done; a task whose worker
is killed comes back within a minute.
"""

from __future__ import annotations

import argparse
import os
import signal
import threading
import time

from talentcity.cli.common import at_least, say

HELP = "run the background worker alone"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `talentcity worker`."""
    parser.add_argument("--end-with", type=at_least(1), metavar="PID", help="end when that parent process has ended")


def run(args: argparse.Namespace) -> int:
    """Work until Ctrl-C or SIGTERM."""
    from talentcity.office import boot

    boot.start()
    boot.require_promise()
    boot.migrate()
    from django_q.cluster import Cluster

    cluster = Cluster()
    cluster.start()
    say(args, "The worker waits for tasks; Ctrl-C ends it when the task at hand is done.")
    if args.end_with is not None:
        threading.Thread(target=_end_with, args=(args.end_with,), daemon=True).start()
    while cluster.sentinel.is_alive():
        cluster.sentinel.join(1.0)
    return 0 if cluster.sentinel.exitcode == 0 else 1


def _end_with(parent: int) -> None:
    """A parent that was killed cannot end its worker; the worker sees that it was handed to another one."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os.kill(os.getpid(), signal.SIGTERM)

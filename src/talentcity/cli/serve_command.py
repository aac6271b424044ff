"""Run the office: web pages and the background worker in one command; Ctrl-C ends both.

The data folder is TALENTCITY_HOME (default: talentcity-data here); its SQLite database is made and brought up to
date first. DATABASE_URL names another database, such as PostgreSQL. TALENTCITY_HOSTS names the hosts under which
the office is reached from elsewhere.
"""

from __future__ import annotations

import argparse
import sys

from talentcity.cli.common import at_least, say

HELP = "run the office: web and worker in one command"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `talentcity serve`."""
    parser.add_argument(
        "--port", type=at_least(1), default=8000, help="the next free one if it is taken (default: 8000)"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1, this machine only)"
    )
    parser.add_argument(
        "--no-worker", action="store_true", help="web pages only; `talentcity worker` may run elsewhere"
    )


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    from talentcity.office import boot, serving

    boot.start()
    boot.require_promise()
    boot.migrate()
    sock = serving.listening(args.host, args.port)
    status: int = serving.serve(
        sock,
        ready=lambda address: say(args, address),
        complain=lambda words: print(f"talentcity serve: {words}", file=sys.stderr, flush=True),
        worker=not args.no_worker,
    )
    return status

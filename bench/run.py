#!/usr/bin/env python3
"""`make bench`: how fast Tollgate is beside nginx, on this machine, in the same run.

Writes docs/benchmark.md. BENCH_SECONDS (8) and BENCH_ROUNDS (5) make it shorter or longer.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time

import answers
import gateways
import processes
import report
from cases import CASES, Case

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmark.md"


def load(gateway, case: Case, seconds: float, connections: int) -> dict:
    """One run of wrk; dies if any request failed."""
    wrk = processes.program("wrk", "wrk")
    script = str(ROOT / "bench" / "load.lua")
    command = [wrk, "-t1", f"-c{connections}", f"-d{round(seconds)}s", "--timeout", "10s"]
    command += ["-s", script, gateway.url(case)]
    pinned = ["taskset", "-c", str(gateways.LOAD_CORE), *command]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as body:
        body.write(case.body(gateway.model(case)))
        body.flush()
        environment = os.environ | {"BENCH_KEY": gateway.key, "BENCH_BODY": body.name}
        done = subprocess.run(pinned, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"bench: wrk failed: {done.stderr or done.stdout}")
    figures = json.loads(done.stdout.splitlines()[-1])
    told = f"{gateway.name}, {case.name}"
    if figures["failed"] or not figures["requests"]:
        sys.exit(f"bench: {told}: {figures['failed']} requests failed of {figures}")
    per_answer = figures["bytes"] / figures["requests"]
    if per_answer < case.least():
        sys.exit(f"bench: {told}: {per_answer:.0f} bytes per answer, {case.least()} expected")
    return figures


def measure(gateway, case: Case, seconds: float) -> dict:
    """One round: what wrk saw and what the gateway spent."""
    before = processes.cpu_seconds(gateway.pid)
    figures = load(gateway, case, seconds, case.connections)
    spent = processes.cpu_seconds(gateway.pid) - before
    figures["per_second"] = figures["requests"] / figures["seconds"]
    figures["cpu_micros"] = spent * 1e6 / figures["requests"]
    print(
        f"  {case.name:17} {gateway.name:9} {figures['per_second']:9,.0f}/s "
        f"{figures['cpu_micros']:7.1f} µs CPU   p50 {figures['p50']:6,.0f} µs   "
        f"p99 {figures['p99']:7,.0f} µs",
        file=sys.stderr,
    )
    return figures


class Bench:
    """The rounds, and what was sent in them."""

    def __init__(self, mock, contenders, seconds: float, rounds: int):
        self.mock, self.contenders = mock, contenders
        self.seconds, self.rounds = seconds, rounds
        self.sent = {gateway.name: 0 for gateway in contenders}
        self.cut = {gateway.name: 0 for gateway in contenders}

    def _note(self, gateway, figures: dict, connections: int) -> dict:
        self.sent[gateway.name] += figures["requests"]
        self.cut[gateway.name] += connections
        return figures

    def _of(self, case: Case) -> list:
        """Who is measured with this case."""
        return [g for g in self.contenders if case.beside or g.name == "tollgate"]

    def warm_up(self, case: Case) -> None:
        """One second of a case, that counts for nothing but the ledger."""
        for gateway in self._of(case):
            self._note(gateway, load(gateway, case, 1, case.connections), case.connections)

    def run(self, cases: list[Case]) -> dict:
        """`figures[case][gateway][figure]`, medians over the rounds."""
        taken = {case.name: {g.name: [] for g in self._of(case)} for case in cases}
        for case in cases:
            self.warm_up(case)
        for number in range(self.rounds):
            print(f"round {number + 1} of {self.rounds}", file=sys.stderr)
            for case in cases:
                alone = max(1, self.seconds / 4)
                direct = load(self.mock, case, alone, 1)["p50"]
                for gateway in self._of(case):
                    figures = measure(gateway, case, self.seconds)
                    self._note(gateway, figures, case.connections)
                    single = self._note(gateway, load(gateway, case, alone, 1), 1)
                    figures["added"] = single["p50"] - direct
                    taken[case.name][gateway.name].append(figures)
        names = ("per_second", "cpu_micros", "p50", "p99", "added")
        return {
            case: {
                gateway: {name: report.median(rounds, name) for name in names}
                for gateway, rounds in of_case.items()
            }
            for case, of_case in taken.items()
        }


def settled(tollgate, sent: int, cut: int) -> str:
    """Proves that every call is in the ledger. wrk breaks off what is in flight when its time is
    up and does not count it, so up to one call per connection and run is recorded on top."""
    deadline = time.monotonic() + 60
    recorded = tollgate.recorded()
    while recorded < sent and time.monotonic() < deadline:
        time.sleep(0.5)
        recorded = tollgate.recorded()
    if not sent <= recorded <= sent + cut:
        sys.exit(f"bench: {sent:,} calls were answered, {recorded:,} are in the ledger")
    return (
        f"{sent:,} calls were answered and counted by wrk, and {recorded:,} are settled in the "
        f"ledger; the difference is what wrk broke off when its time was up (at most {cut:,})."
    )


# What the calls page asks for when it opens, then with filters, on its second page, and the overview.
PAGES = [
    "/calls?limit=100",
    "/calls?limit=100&ending=refused",
    "/calls?limit=100&model=mock-json/bench-1&status=200",
    "/calls?limit=100&application=bench&provider=mock-stream",
    "/usage?since=24h",
    "/usage/by?by=model&since=24h",
]


def pages(tollgate, recorded: int) -> str:
    """How long the console waits for its calls page, with every call of this run recorded."""
    slowest = max((max(tollgate.seconds_of(path) for _ in range(5)), path) for path in PAGES)
    return (
        f"With {recorded:,} calls recorded, the slowest answer to what the calls page and the overview "
        f"ask for took {slowest[0] * 1000:.0f} ms (`{slowest[1]}`, the worst of five)."
    )


def build(profile: str) -> pathlib.Path:
    """Builds the binary that is measured."""
    subprocess.run(["cargo", "build", "--profile", profile, "-p", "tollgate"], cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return target / profile / "tollgate"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--date", default=datetime.date.today().isoformat())
    parser.add_argument("--profile", default="release")
    parser.add_argument("--binary", type=pathlib.Path, help="measure this one; build nothing")
    parser.add_argument("--dry-run", action="store_true", help="do not write docs/benchmark.md")
    options = parser.parse_args()
    seconds = float(os.environ.get("BENCH_SECONDS", "8"))
    rounds = int(os.environ.get("BENCH_ROUNDS", "5"))
    if (os.cpu_count() or 1) < 2:
        sys.exit("bench: two cores are needed, one for the gateway and one for the load")
    binary = options.binary or build(options.profile)

    with tempfile.TemporaryDirectory(prefix="tollgate-bench-") as name:
        folder = pathlib.Path(name)
        running = []
        try:
            mock = gateways.Mock(folder / "mock")
            running.append(mock)
            nginx = gateways.Proxy(folder / "nginx", mock)
            running.append(nginx)
            tollgate = gateways.Tollgate(folder / "tollgate", mock, binary)
            running.append(tollgate)
            page = bench(mock, [nginx, tollgate], seconds, rounds, options.date)
        finally:
            for process in reversed(running):
                process.stop()
    print(page)
    if not options.dry_run:
        PAGE.write_text(page)


def bench(mock, contenders, seconds: float, rounds: int, date: str) -> str:
    """Measures, checks, and returns the page."""
    nginx, tollgate = contenders
    memory = {g.name: {"idle": processes.resident_mib(g.pid)} for g in contenders}
    before = tollgate.recorded()
    runs = Bench(mock, contenders, seconds, rounds)
    figures = runs.run([case for case in CASES if case.name != "large"])

    def remember(moment: str) -> None:
        for gateway in contenders:
            memory[gateway.name][moment] = processes.resident_mib(gateway.pid)

    remember("after load")
    time.sleep(10)
    remember("10 s later")
    figures |= runs.run([case for case in CASES if case.name == "large"])
    remember("after large calls")
    checks = ["No request failed, at either gateway; every answer had its full length."]
    checks.append(settled(tollgate, before + runs.sent["tollgate"], runs.cut["tollgate"]))
    checks.append(pages(tollgate, tollgate.recorded()))
    setup = {
        "rounds": rounds,
        "seconds": f"{seconds:g}",
        "document": len(answers.document()),
        "stream": f"{len(answers.stream()):,}",
        "events": answers.stream().count("data: "),
        "cores": os.cpu_count(),
        "cpu": report.cpu_model(),
        "kernel": platform.release(),
        "date": date,
    }
    notes = report.notes_of(PAGE.read_text() if PAGE.exists() else "")
    return report.page(setup, figures, memory, checks, notes)


if __name__ == "__main__":
    main()

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

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmark.md"
CONNECTIONS = 32


def load(gateway, kind: str, seconds: float, connections: int = CONNECTIONS) -> dict:
    """One run of wrk; dies if any request failed."""
    wrk = processes.program("wrk", "wrk")
    environment = os.environ | {
        "BENCH_KEY": getattr(gateway, "key", "none"),
        "BENCH_MODEL": getattr(gateway, "models", {}).get(kind, "bench-1"),
        "BENCH_STREAM": "1" if kind == "stream" else "0",
    }
    script = str(ROOT / "bench" / "load.lua")
    command = [wrk, "-t1", f"-c{connections}", f"-d{round(seconds)}s", "--timeout", "10s"]
    command += ["-s", script, gateway.url(kind)]
    pinned = ["taskset", "-c", str(gateways.LOAD_CORE), *command]
    done = subprocess.run(pinned, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"bench: wrk failed: {done.stderr or done.stdout}")
    figures = json.loads(done.stdout.splitlines()[-1])
    name = getattr(gateway, "name", "mock")
    if figures["failed"] or not figures["requests"]:
        sys.exit(f"bench: {name}, {kind}: {figures['failed']} requests failed of {figures}")
    per_answer = figures["bytes"] / figures["requests"]
    least = len(answers.stream() if kind == "stream" else answers.document())
    # The usage that no caller asked for is taken out of a stream again: some bytes less are right.
    if per_answer < 0.95 * least:
        sys.exit(f"bench: {name}, {kind}: {per_answer:.0f} bytes per answer, {least} expected")
    return figures


def measure(gateway, kind: str, seconds: float) -> dict:
    """One round: what wrk saw and what the gateway spent."""
    before = processes.cpu_seconds(gateway.pid)
    figures = load(gateway, kind, seconds)
    spent = processes.cpu_seconds(gateway.pid) - before
    figures["per_second"] = figures["requests"] / figures["seconds"]
    figures["cpu_micros"] = spent * 1e6 / figures["requests"]
    print(
        f"  {kind:6} {gateway.name:9} {figures['per_second']:9,.0f}/s "
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

    def warm_up(self) -> None:
        for gateway in self.contenders:
            for kind in ("json", "stream"):
                self._note(gateway, load(gateway, kind, 1), CONNECTIONS)

    def run(self) -> dict:
        """`figures[kind][gateway][figure]`, medians over the rounds."""
        taken = {k: {g.name: [] for g in self.contenders} for k in ("json", "stream")}
        alone = {k: {g.name: [] for g in self.contenders} for k in ("json", "stream")}
        for number in range(self.rounds):
            print(f"round {number + 1} of {self.rounds}", file=sys.stderr)
            for kind in ("json", "stream"):
                direct = load(self.mock, kind, max(1, self.seconds / 4), 1)["p50"]
                for gateway in self.contenders:
                    figures = measure(gateway, kind, self.seconds)
                    taken[kind][gateway.name].append(self._note(gateway, figures, CONNECTIONS))
                    single = load(gateway, kind, max(1, self.seconds / 4), 1)
                    self._note(gateway, single, 1)
                    alone[kind][gateway.name].append({"added": single["p50"] - direct})
        names = ("per_second", "cpu_micros", "p50", "p99")
        return {
            kind: {
                gateway: {name: report.median(rounds, name) for name in names}
                | {"added": report.median(alone[kind][gateway], "added")}
                for gateway, rounds in of_kind.items()
            }
            for kind, of_kind in taken.items()
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
    runs.warm_up()
    figures = runs.run()
    for gateway in contenders:
        memory[gateway.name]["after load"] = processes.resident_mib(gateway.pid)
    time.sleep(10)
    for gateway in contenders:
        memory[gateway.name]["10 s later"] = processes.resident_mib(gateway.pid)
    checks = ["No request failed, at either gateway; every answer had its full length."]
    checks.append(settled(tollgate, before + runs.sent["tollgate"], runs.cut["tollgate"]))
    checks.append(pages(tollgate, tollgate.recorded()))
    setup = {
        "connections": CONNECTIONS,
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

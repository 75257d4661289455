"""The page that says what was measured."""

import pathlib
import platform
import statistics

_HEAD = """\
# Benchmark

<!-- This page is written by `make bench`; do not edit it. -->

Tollgate with everything on (key check, two budgets and a prepaid wallet, hold, metering, exact
settlement through the journal into the ledger, a record of every call) beside nginx as a plain
reverse proxy that compares one key. The gateway under test has one core for itself; the load
generator (wrk, 32 connections) and the mock upstream (nginx with a static answer) share
another. {rounds} rounds of {seconds} s, interleaved; medians. A JSON call is answered with
{document} bytes, a stream with {events} events and {stream} bytes in one burst. Ratios are what
carries over to other machines.

Machine: {cores} cores, {cpu}, Linux {kernel}; {date}.
"""


def cpu_model() -> str:
    """The processor's name."""
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def median(rounds: list[dict], figure: str) -> float:
    """The median of a figure over the rounds."""
    return statistics.median(one[figure] for one in rounds)


_FIGURES = [
    ("per_second", "{}s per second", "{:,.0f}"),
    ("cpu_micros", "CPU µs per {}", "{:.1f}"),
    ("p50", "p50, µs", "{:,.0f}"),
    ("p99", "p99, µs", "{:,.0f}"),
    ("added", "added p50 at one connection, µs", "{:,.0f}"),
]


def _rows(title: str, noun: str, figures: dict[str, dict[str, float]]) -> list[str]:
    rows = [f"## {title}", "", "| | nginx | Tollgate | Tollgate : nginx |", "|---|--:|--:|--:|"]
    for figure, name, form in _FIGURES:
        nginx, tollgate = figures["nginx"][figure], figures["tollgate"][figure]
        ratio = f"{tollgate / nginx:.2f}" if nginx > 0 else ""
        name = name.format(noun)
        rows.append(f"| {name} | {form.format(nginx)} | {form.format(tollgate)} | {ratio} |")
    return [*rows, ""]


# Two cases each: what passes as it came, and the same that is translated to `anthropic-messages` and back.
_TRANSLATED = [("JSON call", "passed", "translated"), ("stream", "passed-stream", "translated-stream")]


def _translation(figures: dict) -> list[str]:
    rows = [
        "## Translation",
        "",
        "A request of 2 KB to an upstream of the caller's dialect, and to one of `anthropic-messages`.",
        "",
        "| CPU µs | passed | translated | translated : passed |",
        "|---|--:|--:|--:|",
    ]
    for noun, passed, translated in _TRANSLATED:
        one, other = (figures[name]["tollgate"]["cpu_micros"] for name in (passed, translated))
        rows.append(f"| per {noun} | {one:.1f} | {other:.1f} | {other / one:.2f} |")
    return [*rows, ""]


def _large(figures: dict) -> list[str]:
    large = figures["large"]["tollgate"]
    return [
        "## Large calls",
        "",
        f"A request of 200 KB with a picture in it, and an answer of 1 MB, over 8 connections: "
        f"{large['per_second']:,.0f} per second, {large['cpu_micros']:,.0f} µs of CPU each.",
        "",
    ]


def page(setup: dict, figures: dict, memory: dict, checks: list[str], notes: str) -> str:
    """The whole page. `figures[kind][gateway]` and `memory[gateway]` hold the medians; `notes` is
    kept from the page before, where people wrote down what the profile says."""
    lines = [_HEAD.format(**setup)]
    lines += _rows("JSON calls", "call", figures["json"])
    lines += _rows("Streams", "stream", figures["stream"])
    lines += _translation(figures) + _large(figures)
    lines += ["## Memory", "", "| Resident, MiB | nginx | Tollgate |", "|---|--:|--:|"]
    for moment in ("idle", "after load", "10 s later", "after large calls"):
        nginx, tollgate = memory["nginx"][moment], memory["tollgate"][moment]
        lines.append(f"| {moment} | {nginx:.1f} | {tollgate:.1f} |")
    lines += ["", "## Checks", "", *(f"* {check}" for check in checks), ""]
    return "\n".join(lines) + f"\n## Notes\n\n{notes.strip()}\n"


def notes_of(page_before: str) -> str:
    """What people wrote below `## Notes`."""
    _, found, notes = page_before.partition("\n## Notes\n")
    return notes.strip() if found else "None yet."

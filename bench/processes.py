"""Starting processes on a core, and reading what they used from /proc."""

import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

TICKS = os.sysconf("SC_CLK_TCK")


def program(name: str, package: str) -> str:
    """The path of a program that must be installed."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if path is None:
        sys.exit(f"bench: {name} is missing: apt-get install {package}")
    return path


def free_port() -> int:
    """A port on loopback that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(core: int, command: list[str], **options) -> subprocess.Popen:
    """Starts a process that may use one core only."""
    return subprocess.Popen(["taskset", "-c", str(core), *command], **options)


def stop(process: subprocess.Popen) -> None:
    """Ends a process as an operator would."""
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    members = [pid]
    for parent in members:
        children = pathlib.Path(f"/proc/{parent}/task/{parent}/children").read_text()
        members.extend(int(child) for child in children.split())
    return members


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and all that it started, every thread included."""
    total = 0
    for member in family(pid):
        stat = pathlib.Path(f"/proc/{member}/stat").read_text()
        fields = stat.rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def resident_mib(pid: int) -> float:
    """Memory that is in RAM: a process and all that it started."""
    total = 0
    for member in family(pid):
        for line in pathlib.Path(f"/proc/{member}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                total += int(line.split()[1])
    return total / 1024


def wait_for(url: str, seconds: float = 15.0) -> None:
    """Waits until an address answers, whatever it answers."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError as why:
            if time.monotonic() > deadline:
                sys.exit(f"bench: {url} does not answer: {why}")
            time.sleep(0.02)

"""The parts that the tests are made with and that others made: installs what is missing."""

import glob
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
STATE = ROOT / ".test"
VENV = STATE / "venv"
# Folders with npm packages of their own.
SDK = ROOT / "tests" / "sdk"
BROWSER = ROOT / "tests" / "browser"
CONSOLE = ROOT / "console"
NODE_AT_LEAST = (20, 19)


class Missing(Exception):
    """A part is not there and cannot be installed; says what to do."""


def say(text: str) -> None:
    """Progress, apart from results."""
    print(text, file=sys.stderr, flush=True)


def _digest(*files: pathlib.Path) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _is_current(stamp: pathlib.Path, digest: str) -> bool:
    return stamp.exists() and stamp.read_text() == digest


def debian(package: str, is_there) -> None:
    """Makes sure of a Debian package, where the one who runs this may install it."""
    if is_there():
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Missing(f"{package} is missing; install it, as with: apt-get install {package}")
    say(f"installing {package}")
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
    if subprocess.run(install, env=quiet, stdout=subprocess.DEVNULL).returncode != 0:
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=True)
        subprocess.run(install, env=quiet, stdout=subprocess.DEVNULL, check=True)
    if not is_there():
        raise Missing(f"{package} was installed, and still it is not there")


def postgresql() -> None:
    """The server; the tests start one of their own in a temporary folder."""
    debian("postgresql", lambda: bool(glob.glob("/usr/lib/postgresql/*/bin/initdb")))


def valkey() -> None:
    """The server that keeps what nodes share; the tests start one of their own."""
    programs = ["valkey-server", "redis-server"]
    debian("redis-server", lambda: any(shutil.which(program) for program in programs))


def python() -> None:
    """A virtual environment with tests/requirements.txt, kept while that does not change."""
    lock = ROOT / "tests" / "requirements.txt"
    stamp = VENV / "installed"
    if _is_current(stamp, _digest(lock)):
        return
    debian("python3-venv", lambda: _has_module("ensurepip"))
    say("installing the Python packages")
    venv.create(VENV, clear=True, with_pip=True)
    pip = [VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--requirement", lock], check=True)
    subprocess.run([VENV / "bin" / "python", "-m", "pip", "check"], check=True, stdout=sys.stderr)
    stamp.write_text(_digest(lock))


def _has_module(name: str) -> bool:
    probe = [sys.executable, "-c", f"import {name}"]
    return subprocess.run(probe, stderr=subprocess.DEVNULL).returncode == 0


def node() -> None:
    """The npm packages of the tests and of the console, kept while their locks do not change."""
    debian("nodejs", lambda: shutil.which("node") is not None)
    debian("npm", lambda: shutil.which("npm") is not None)
    told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    version = tuple(int(part) for part in told.stdout.strip().lstrip("v").split(".")[:2])
    if version < NODE_AT_LEAST:
        wanted = ".".join(map(str, NODE_AT_LEAST))
        raise Missing(f"node {told.stdout.strip()} is too old: the tests want {wanted} or later")
    for folder in (SDK, BROWSER, CONSOLE):
        _npm(folder)


def _npm(folder: pathlib.Path) -> None:
    files = (folder / "package.json", folder / "package-lock.json")
    stamp = folder / "node_modules" / ".installed"
    if _is_current(stamp, _digest(*files)):
        return
    say(f"installing the npm packages of {folder.relative_to(ROOT)}")
    subprocess.run(["npm", "ci", "--silent"], cwd=folder, check=True)
    stamp.write_text(_digest(*files))


def chromium() -> None:
    """The browser, which the tests drive without a window."""
    debian("chromium", lambda: shutil.which("chromium") is not None)


def environment() -> dict[str, str]:
    """The environment in which the installed tools are found, after those of the machine. They write
    no colours: what they say is read for its numbers."""
    found = {"PATH": f"{os.environ.get('PATH', '')}:{VENV / 'bin'}", "NO_COLOR": "1"}
    return os.environ | found

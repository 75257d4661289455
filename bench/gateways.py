"""What is measured: the mock upstream, nginx as a plain reverse proxy, Tollgate with all on."""

import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.request

import processes
from cases import CASES, Case

GATEWAY_CORE = 0
LOAD_CORE = 1
# What is longer is answered from a file.
LITERAL = 100_000
NGINX_KEY = "tg_bench_key_of_the_reverse_proxy_00000000"

_NGINX = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 3600s;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  {servers}
}}
"""

_ANSWER = """
  server {{
    listen 127.0.0.1:{port};
    location / {{
      default_type {type};
      {more}
      {sets}
      return 200 {parts};
    }}
  }}
"""

# A filter that finds nothing: nginx then knows no length beforehand and sends chunks, as providers
# do for streams.
_CHUNKED = "sub_filter_types *; sub_filter_once off; sub_filter '@not-in-it@' '';"

# A file that answers whatever is asked, for what is too long to stand in a configuration.
_FILE = """
  server {{
    listen 127.0.0.1:{port};
    root {folder};
    default_type application/json;
    error_page 405 404 =200 /answer-{port}.json;
    location / {{ try_files /answer-{port}.json =404; }}
  }}
"""

_PROXY = """
  upstream mock{port} {{ server 127.0.0.1:{upstream}; keepalive 64; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      if ($http_authorization != "Bearer {key}") {{ return 401; }}
      proxy_pass http://mock{port};
      proxy_http_version 1.1;
      proxy_set_header connection "";
    }}
  }}
"""


def _answer(port: int, kind: str, text: str) -> str:
    """A server that gives one answer to everything. nginx takes no literal above 4 kB, so the text
    is put together from pieces."""
    pieces = [text[at : at + 3000] for at in range(0, len(text), 3000)]
    sets = "\n".join(f"set $p{n} '{piece}';" for n, piece in enumerate(pieces))
    parts = "".join(f"$p{n}" for n in range(len(pieces)))
    more = _CHUNKED if kind == "text/event-stream" else ""
    return _ANSWER.format(port=port, type=kind, more=more, sets=sets, parts=f'"{parts}"')


class Nginx:
    """nginx with a configuration of its own."""

    def __init__(self, folder: pathlib.Path, core: int, servers: str):
        folder.mkdir()
        conf = folder / "nginx.conf"
        conf.write_text(_NGINX.format(folder=folder, servers=servers))
        nginx = processes.program("nginx", "nginx")
        # As root, workers would drop to a user that cannot enter the temporary folder.
        user = ["-g", "user root;"] if os.geteuid() == 0 else []
        self.process = processes.start(core, [nginx, "-p", str(folder), "-c", str(conf), *user])

    @property
    def pid(self) -> int:
        return self.process.pid

    def stop(self) -> None:
        processes.stop(self.process)


class Mock(Nginx):
    """The upstream: a port for each case."""

    name = "mock"
    key = "none"

    def __init__(self, folder: pathlib.Path):
        self.ports = {case.name: processes.free_port() for case in CASES}
        servers = "".join(self._server(folder, case) for case in CASES)
        super().__init__(folder, LOAD_CORE, servers)
        for case in CASES:
            if len(case.answer()) > LITERAL:
                (folder / f"answer-{self.ports[case.name]}.json").write_text(case.answer())
        for port in self.ports.values():
            processes.wait_for(f"http://127.0.0.1:{port}/")

    def _server(self, folder: pathlib.Path, case: Case) -> str:
        port, text = self.ports[case.name], case.answer()
        if len(text) > LITERAL:
            return _FILE.format(port=port, folder=folder)
        return _answer(port, "text/event-stream" if case.stream else "application/json", text)

    def model(self, case: Case) -> str:
        """What a request names."""
        return "bench-1"

    def url(self, case: Case) -> str:
        return f"http://127.0.0.1:{self.ports[case.name]}/v1/chat/completions"


class Proxy(Nginx):
    """nginx as a plain reverse proxy that compares a key."""

    name = "nginx"
    key = NGINX_KEY

    def __init__(self, folder: pathlib.Path, mock: Mock):
        self.ports = {case.name: processes.free_port() for case in CASES if case.beside}
        servers = "".join(
            _PROXY.format(port=port, upstream=mock.ports[name], key=self.key)
            for name, port in self.ports.items()
        )
        super().__init__(folder, GATEWAY_CORE, servers)
        for port in self.ports.values():
            processes.wait_for(f"http://127.0.0.1:{port}/")

    def model(self, case: Case) -> str:
        """What a request names."""
        return "bench-1"

    def url(self, case: Case) -> str:
        return f"http://127.0.0.1:{self.ports[case.name]}/v1/chat/completions"


_RESOURCES = """
kind: Team
name: bench
spec: {{ billing: prepaid }}
---
kind: Application
name: bench
spec: {{ team: bench }}
---
kind: Budget
name: bench-month
spec: {{ scope: {{ team: bench }}, limit: "1000000.00", window: month }}
---
kind: Budget
name: bench-application-day
spec: {{ scope: {{ application: bench }}, limit: "1000000.00", window: day }}
"""

_PROVIDER = """
---
kind: Provider
name: mock-{name}
spec:
  dialect: {dialect}
  base_url: http://127.0.0.1:{port}/v1
  credentials: [ {{ name: main, key: {{ env: BENCH_UPSTREAM_KEY }} }} ]
  prices: {{ bench-1: {{ input: "2.50", cache_read: "1.25", output: "10.00" }} }}
"""


class Tollgate:
    """Tollgate with key check, wallet, budgets, hold, metering, settlement and call record."""

    name = "tollgate"

    def __init__(self, folder: pathlib.Path, mock: Mock, binary: pathlib.Path):
        folder.mkdir()
        self.binary = binary
        self.data = folder / "data"
        self.log = open(folder / "log", "w+")
        serve = [binary, "serve", "--data", self.data]
        serve += ["--gateway", "127.0.0.1:0", "--control", "127.0.0.1:0"]
        environment = os.environ | {"BENCH_UPSTREAM_KEY": "sk-bench"}
        self.process = processes.start(
            GATEWAY_CORE,
            [str(word) for word in serve],
            stdout=self.log,
            stderr=self.log,
            env=environment,
        )
        self.gateway = self._address("gateway.addr")
        self._address("control.addr")
        processes.wait_for(f"http://{self.gateway}/readyz")
        resources = folder / "resources.yaml"
        providers = (
            _PROVIDER.format(name=case.name, dialect=case.dialect, port=mock.ports[case.name])
            for case in CASES
        )
        resources.write_text(_RESOURCES.format() + "".join(providers))
        self.cli("apply", "-f", str(resources))
        self.cli("wallet", "credit", "bench", "1000000.00", "--reason", "benchmark")
        self.key = self.cli("key", "create", "--application", "bench", "-q").strip()

    def _address(self, name: str) -> str:
        path = self.data / name
        for _ in range(1000):
            if path.exists() and path.read_text().strip():
                return path.read_text().strip()
            if self.process.poll() is not None:
                break
            try:
                self.process.wait(timeout=0.02)
            except subprocess.TimeoutExpired:
                pass
        self.log.seek(0)
        sys.exit(f"bench: tollgate did not start:\n{self.log.read()}")

    def cli(self, *words: str) -> str:
        """Runs a verb against this process; off the core that is measured."""
        command = ["taskset", "-c", str(LOAD_CORE), str(self.binary), *words, "--data", str(self.data)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"bench: tollgate {' '.join(words)}: {done.stderr or done.stdout}")
        return done.stdout

    @property
    def pid(self) -> int:
        return self.process.pid

    def model(self, case: Case) -> str:
        """What a request names."""
        return f"mock-{case.name}/bench-1"

    def url(self, case: Case) -> str:
        return f"http://{self.gateway}/v1/chat/completions"

    def seconds_of(self, path: str) -> float:
        """How long the admin API takes for an answer, over a connection of its own."""
        token = (self.data / "admin.token").read_text().strip()
        address = (self.data / "control.addr").read_text().strip()
        request = urllib.request.Request(
            f"http://{address}/api/v1{path}", headers={"authorization": f"Bearer {token}"}
        )
        begun = time.perf_counter()
        with urllib.request.urlopen(request) as answer:
            answer.read()
        return time.perf_counter() - begun

    def recorded(self) -> int:
        """How many calls the ledger has settled; also proves that its invariants hold."""
        report = json.loads(self.cli("ledger", "verify", "--json"))
        if report["faults"]:
            sys.exit(f"bench: the ledger has faults: {report['faults']}")
        return report["calls"]

    def stop(self) -> None:
        processes.stop(self.process)

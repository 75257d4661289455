"""A real Tollgate process in front of aimock, which speaks as OpenAI, Anthropic, Gemini, Bedrock, Cohere and
Ollama.

Between the two stands a tap that keeps the bytes of every request, so that a test can say what went
to a provider and what did not.
"""

import contextlib
import http.server
import json
import os
import pathlib
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from decimal import Decimal

import google.auth.jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
UPSTREAM_KEY = "sk-upstream-0123456789"
# A key pair of AWS, as its documentation has it.
UPSTREAM_PAIR = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
REGION = "eu-west-1"

# Dollars per million tokens; the same for every upstream, so that a cost is the same sum everywhere.
INPUT, OUTPUT = Decimal("2.50"), Decimal("10.00")


def cost(prompt: int, completion: int) -> Decimal:
    """What tokens cost, exactly."""
    return (INPUT * prompt + OUTPUT * completion) / 1_000_000


def wait_until(condition, what: str, seconds: float = 15.0):
    """Asks again and again until the condition gives something; fails with what was waited for."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s for {what}")
        time.sleep(0.02)


class Mock:
    """aimock on a free port."""

    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = ["node", HERE / "node_modules" / ".bin" / "llmock", "--port", str(self.port)]
        command += ["--fixtures", HERE / "fixtures", "--strict", "--log-level", "warn"]
        self.process = subprocess.Popen(command, stdout=sys.stderr, stderr=sys.stderr)
        wait_until(self._answers, "aimock to answer")

    def _answers(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError("aimock ended at once")
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        return False

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


class Tap:
    """Passes connections on to a port and keeps what the client sent."""

    def __init__(self, target: int):
        tap = self
        self.lock = threading.Lock()
        self.sent: list[bytearray] = []

        class Passing(socketserver.BaseRequestHandler):
            def handle(self):
                with socket.create_connection(("127.0.0.1", target)) as upstream:
                    kept = bytearray()
                    with tap.lock:
                        tap.sent.append(kept)
                    back = threading.Thread(target=pump, args=(upstream, self.request, None))
                    back.start()
                    pump(self.request, upstream, kept)
                    back.join()

        def pump(source: socket.socket, sink: socket.socket, kept: bytearray | None) -> None:
            with contextlib.suppress(OSError):
                while piece := source.recv(65536):
                    if kept is not None:
                        with tap.lock:
                            kept.extend(piece)
                    sink.sendall(piece)
            # Whichever side ends, the other is told, and in the same way.
            for end in (source, sink):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False

        self.server = Server(("127.0.0.1", 0), Passing)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def bytes(self) -> bytes:
        """Everything that was sent, connection after connection."""
        with self.lock:
            return b"".join(bytes(kept) for kept in self.sent)

    def count(self) -> int:
        """How many requests for an answer were sent."""
        return self.bytes().count(b"POST /")

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Tokens:
    """A server that gives tokens to a service account, once it has checked who asks."""

    TOKEN = "ya29.for-the-sdk-tests"

    def __init__(self):
        tokens = self
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims: list[dict] = []

        class Giving(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                [assertion] = urllib.parse.parse_qs(body)["assertion"]
                tokens.claims.append(tokens.verified(assertion))
                given = {"access_token": tokens.TOKEN, "expires_in": 3600, "token_type": "Bearer"}
                answer = json.dumps(given).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Giving)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/token"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def verified(self, assertion: str) -> dict:
        """The claims of an assertion that the account has signed."""
        public = serialization.PublicFormat.SubjectPublicKeyInfo
        pem = self.key.public_key().public_bytes(serialization.Encoding.PEM, public)
        return google.auth.jwt.decode(assertion, certs=pem, audience=self.url)

    def account(self) -> dict:
        """The key file of the account."""
        pem = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return {
            "type": "service_account",
            "project_id": "sdk-tests",
            "private_key_id": "1",
            "private_key": pem.decode(),
            "client_email": "robot@sdk-tests.iam.gserviceaccount.com",
            "token_uri": self.url,
        }

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


_RESOURCES = """
kind: Team
name: lab
---
kind: Application
name: lab
spec: {{ team: lab }}
---
kind: Team
name: purse
spec: {{ billing: prepaid }}
---
kind: Application
name: purse
spec: {{ team: purse }}
---
kind: Application
name: capped
spec: {{ team: lab }}
---
kind: Budget
name: capped-month
spec: {{ scope: {{ application: capped }}, limit: "0.000001", window: month }}
---
kind: Model
name: sturdy
spec:
  targets:
    - {{ provider: dropping, model: mock-1 }}
    - {{ provider: openai-side, model: mock-1 }}
---
kind: Model
name: patient
spec:
  targets:
    - {{ provider: garbling, model: mock-1 }}
    - {{ provider: anthropic-side, model: mock-1 }}
"""

_PROVIDER = """
---
kind: Provider
name: {name}
spec:
  dialect: {dialect}
  base_url: http://127.0.0.1:{port}{path}
  credentials: [ {{ name: main, key: {{ env: SDK_TESTS_KEY }} }} ]
  prices: {{ mock-1: {{ input: "{input}", output: "{output}" }} }}
  headers: {headers}
"""

# Clouds with addresses and proofs of their own, all played by aimock.
_PLATFORMS = """
---
kind: Provider
name: azure-side
spec:
  catalog: azure-openai
  base_url: http://127.0.0.1:{azure}
  platform: {{ azure: {{ surface: deployments, api_version: "2024-10-21" }} }}
  credentials: [ {{ name: main, key: {{ env: SDK_TESTS_KEY }} }} ]
  prices: {{ mock-1: {{ input: "{input}", output: "{output}" }} }}
---
kind: Provider
name: vertex-side
spec:
  catalog: vertex
  base_url: http://127.0.0.1:{vertex}
  platform: {{ vertex: {{ location: europe-west4 }} }}
  credentials: [ {{ name: robot, service_account: {{ file: "{robot}" }} }} ]
  prices: {{ mock-1: {{ input: "{input}", output: "{output}" }} }}
---
kind: Provider
name: bedrock-signed
spec:
  catalog: bedrock
  base_url: http://127.0.0.1:{signed}
  region: {region}
  credentials:
    - name: main
      aws: {{ access_key_id: {{ env: SDK_TESTS_ID }}, secret_access_key: {{ env: SDK_TESTS_SECRET }} }}
  prices: {{ "*": {{ input: "{input}", output: "{output}" }} }}
"""

# name: dialect, path, and the mischief that aimock is asked for
PROVIDERS = {
    "openai-side": ("openai-chat", "/v1", None),
    "anthropic-side": ("anthropic-messages", "/v1", None),
    "gemini-side": ("gemini", "/v1beta", None),
    "responses-side": ("openai-responses", "/v1", None),
    "bedrock-side": ("bedrock-converse", "", None),
    "cohere-side": ("cohere", "", None),
    "ollama-side": ("ollama", "", None),
    "dropping": ("openai-chat", "/v1", "x-aimock-chaos-drop"),
    "garbling": ("openai-chat", "/v1", "x-aimock-chaos-malformed"),
    "hanging-up": ("openai-chat", "/v1", "x-aimock-chaos-disconnect"),
}
# Every mischief of aimock's that fails, and its header.
MISCHIEF = {
    "drops": "x-aimock-chaos-drop",
    "garbles": "x-aimock-chaos-malformed",
    "hangs-up": "x-aimock-chaos-disconnect",
    "limits": "x-aimock-chaos-ratelimit",
}
# How many milliseconds a provider waits that is slow.
LATENCY = "300"
# The same providers once more, each with every mischief and as one that is slow: `cohere-drops`, …
CHAOTIC = [name.removesuffix("-side") for name in PROVIDERS if name.endswith("-side")]
PROVIDERS |= {
    f"{name}-{word}": (*PROVIDERS[f"{name}-side"][:2], header)
    for name in CHAOTIC
    for word, header in [*MISCHIEF.items(), ("dawdles", "x-aimock-chaos-latency")]
}
# The provider whose requests are signed.
SIGNED = "bedrock-signed"
PLATFORMS = ["azure-side", "vertex-side", SIGNED]
WORKING = [name for name, (_, _, mischief) in PROVIDERS.items() if mischief is None]
# aimock counts no tokens as Ollama, and plans aloud as Cohere before it calls a tool.
SMALLER = ["cohere-side", "ollama-side"]
UPSTREAMS = [name for name in WORKING if name not in SMALLER]


def binary() -> pathlib.Path:
    """The binary under test: TOLLGATE_BINARY, or what `cargo build` made."""
    given = os.environ.get("TOLLGATE_BINARY")
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    path = pathlib.Path(given) if given else target / "debug" / "tollgate"
    if not path.exists():
        raise AssertionError(f"{path} is missing: run `cargo build` first")
    return path


class Tollgate:
    """A Tollgate process with providers that lead to aimock, stopped at the end of the `with`."""

    def __enter__(self):
        with contextlib.ExitStack() as started:
            self._start(started)
            self.started = started.pop_all()
        return self

    def __exit__(self, *_):
        self.started.close()

    def _start(self, started: contextlib.ExitStack) -> None:
        """Starts every part; what was started is stopped, in the other order, by `started`."""
        folder = tempfile.TemporaryDirectory(prefix="tollgate-sdk-", ignore_cleanup_errors=True)
        self.folder = pathlib.Path(started.enter_context(folder))
        self.data = self.folder / "data"
        self.mock = Mock()
        started.callback(self.mock.stop)
        self.taps = {name: Tap(self.mock.port) for name in [*PROVIDERS, *PLATFORMS]}
        for tap in self.taps.values():
            started.callback(tap.stop)
        self.tokens = Tokens()
        started.callback(self.tokens.stop)
        self.log = started.enter_context(open(self.folder / "log", "w+"))
        serve = [binary(), "serve", "--data", self.data]
        serve += ["--gateway", "127.0.0.1:0", "--control", "127.0.0.1:0"]
        named = ("_API_KEY", "_HOST", "_CREDENTIALS")
        given = {k: v for k, v in os.environ.items() if not k.endswith(named)}
        clean = {k: v for k, v in given.items() if not k.startswith("AWS_")}
        environment = clean | {"SDK_TESTS_KEY": UPSTREAM_KEY}
        environment |= zip(("SDK_TESTS_ID", "SDK_TESTS_SECRET"), UPSTREAM_PAIR)
        self.process = subprocess.Popen(serve, stdout=self.log, stderr=self.log, env=environment)
        started.callback(self._stop)
        self.gateway = self._address("gateway.addr")
        self.control = self._address("control.addr")
        self.url = f"http://{self.gateway}/v1"
        self._configure()
        self.token = (self.data / "admin.token").read_text().strip()
        self.key = self.new_key("lab")

    def _stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=40)
        finally:
            self.process.kill()
        if "panicked" in self.logged():
            raise AssertionError(f"tollgate panicked:\n{self.logged()}")

    def _address(self, name: str) -> str:
        path = self.data / name

        def read() -> str | None:
            if self.process.poll() is not None:
                raise AssertionError(f"tollgate ended:\n{self.logged()}")
            return path.read_text().strip() if path.exists() else None

        return wait_until(read, f"{name} (log: {self.folder / 'log'})")

    def _configure(self) -> None:
        text = _RESOURCES.format()
        for name, (dialect, path, mischief) in PROVIDERS.items():
            text += _PROVIDER.format(
                name=name,
                dialect=dialect,
                port=self.taps[name].port,
                path=path,
                input=INPUT,
                output=OUTPUT,
                headers=json.dumps({mischief: LATENCY if "latency" in mischief else "1"} if mischief else {}),
            )
        robot = self.folder / "robot.json"
        robot.write_text(json.dumps(self.tokens.account()))
        ports = {"azure": self.taps["azure-side"].port, "vertex": self.taps["vertex-side"].port}
        ports["signed"] = self.taps[SIGNED].port
        text += _PLATFORMS.format(robot=robot, input=INPUT, output=OUTPUT, region=REGION, **ports)
        file = self.folder / "resources.yaml"
        file.write_text(text)
        self.cli("apply", "-f", str(file))

    def logged(self) -> str:
        """What the process wrote so far."""
        return (self.folder / "log").read_text()

    def cli(self, *words: str) -> str:
        """Runs a verb; its standard output."""
        command = [str(binary()), *words, "--data", str(self.data)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(f"tollgate {' '.join(words)}: {done.stderr or done.stdout}")
        return done.stdout

    def json(self, *words: str):
        """Runs a verb; what it says with --json."""
        return json.loads(self.cli(*words, "--json"))

    def new_key(self, application: str, *more: str) -> str:
        """A new API key of an application."""
        return self.cli("key", "create", "--application", application, "-q", *more).strip()

    def api(self, path: str):
        """GET on the admin API; None where there is nothing (yet)."""
        request = urllib.request.Request(f"http://{self.control}/api/v1/{path}")
        request.add_header("authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise AssertionError(f"GET {path}: {error.code} {error.read().decode()}") from None

    def call(self, call_id: str) -> dict:
        """The record of a call, which is written shortly after the call."""
        return wait_until(lambda: self.api(f"calls/{call_id}"), f"the record of {call_id}")

    def last_call(self) -> dict:
        """The record of the newest call."""
        newest = self.api("calls?limit=1")["items"][0]
        return self.call(newest["id"])

    def newest(self, dialect: str, provider: str, streamed: bool) -> dict:
        """The record of the newest call, once it is one of this dialect to this provider: for clients
        that show no headers."""

        def read() -> dict | None:
            items = self.api("calls?limit=1")["items"]
            record = self.api(f"calls/{items[0]['id']}") if items else None
            asked = [attempt["provider"] for attempt in (record or {}).get("attempts", [])]
            told = record and (record["dialect"], asked, record["stream"])
            return record if told == (dialect, [provider], streamed) else None

        return wait_until(read, f"a call of {dialect} to {provider}")

    def balance(self, team: str) -> Decimal:
        """What is in a team's wallet."""
        return Decimal(self.api(f"wallets/{team}")["balance"])

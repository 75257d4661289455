"""Runs the JavaScript tests against a Tollgate process of their own."""

import os
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True

import harness  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent


def main() -> int:
    with harness.Tollgate() as tollgate:
        tollgate.cli("wallet", "credit", "purse", "1.00", "--reason", "test")
        environment = os.environ | {
            "TOLLGATE_URL": tollgate.url,
            "TOLLGATE_KEY": tollgate.key,
            "TOLLGATE_KEY_CAPPED": tollgate.new_key("capped"),
            "TOLLGATE_KEY_PURSE": tollgate.new_key("purse"),
            "TOLLGATE_API": f"http://{tollgate.control}/api/v1",
            "TOLLGATE_API_TOKEN": tollgate.token,
            "UPSTREAMS": ",".join(harness.UPSTREAMS),
        }
        tests = sorted(str(path) for path in (HERE / "js").glob("*.test.mjs"))
        command = ["node", "--test", "--test-reporter=tap", *tests]
        return subprocess.run(command, cwd=HERE, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Holds the HTTP API to its OpenAPI description, against a running server, closing with `N passed, N failed`:

    run.py server/target/debug/causerie

schemathesis (of the virtual environment this runs in) sends what the description allows and what it forbids, and compares the
answers with it; each operation it has nothing to say against counts as passed. A TypeScript client is then generated from the
description (client/), compiled, and used.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
CLIENT = HERE / "client"
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
# What is generated is the same in every run: a failure can be repeated, and no change fails by chance.
SEED = "20261129"
EXAMPLES = "15"
# Both runs together, in seconds.
TIME_MAX = 180
# What only a key may do.
BACK_ENDS = "^/v1/(policy|audit|import|export|rows|tenants|users/|messages/|jobs|api-keys|signing-keys|web-access|key$|figures)"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """The embedded server with two tenants: users chat in one, the other is for what back ends do to theirs."""

    def __init__(self, binary, folder):
        self.binary = binary
        self.url = f"http://127.0.0.1:{free_port()}"
        settings = {
            "DATA__DIR": folder,
            "LISTEN__PUBLIC": self.url.removeprefix("http://"),
            "LISTEN__INTERNAL": f"127.0.0.1:{free_port()}",
            "DEMO__ENABLED": "false",
            # A test is faster than a user.
            **{f"LIMITS__{what}_{how}": "1000000" for what in ("FRAMES", "SENDS", "SEARCHES") for how in ("PER_SECOND", "BURST")},
        }
        self.environment = {"PATH": os.environ["PATH"], **{f"CAUSERIE_{name}": value for name, value in settings.items()}}
        self.command("migrate")
        self.keys, self.key_ids = {}, []
        for tenant in ("chat", "product"):
            self.command("tenant", "create", tenant, "--name", tenant)
            self.command("signing-key", "add", "--tenant", tenant, "--algorithm", "HS256", "--generate")
            scopes = ("--scopes", "provision,act,read,admin,tenants,operate")
            made = self.command("api-key", "create", "--tenant", tenant, "--name", "contract", *scopes)
            told = dict(line.split(" ", 1) for line in made.splitlines())
            self.keys[tenant] = told["key"]
            self.key_ids.append(told["id"])
        self.token = self.command("token", "--tenant", "chat", "--user", "lea", "--expires-in", "24h").strip()

    def command(self, *arguments):
        done = subprocess.run([self.binary, *arguments], env=self.environment, capture_output=True, text=True, timeout=60)
        if done.returncode:
            sys.exit(f"causerie {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def __enter__(self):
        self.log = open(Path(self.environment["CAUSERIE_DATA__DIR"]) / "log", "w")
        self.process = subprocess.Popen([self.binary, "serve"], env=self.environment, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/readyz", timeout=5).close()
                break
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    sys.exit(f"the server does not start: {Path(self.log.name).read_text()}")
                time.sleep(0.05)
        for tenant, key in self.keys.items():
            for user in ("lea", "tom", "zoe"):
                self.ask(key, "PUT", f"/v1/users/{user}", {"name": user.title()})
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(60)

    def ask(self, credential, method, path, body=None):
        headers = {"authorization": f"Bearer {credential}", "content-type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


def conversation(server):
    """One that the generated requests find: otherwise most of them meet nothing."""
    users = [{"externalId": "tom"}]
    body = {"kind": "CONVERSATION_KIND_DIRECT", "with": users}
    return server.ask(server.token, "POST", "/v1/conversations", body)["conversation"]["id"]


def fuzz(server, title, credential, *chosen):
    """A run of schemathesis over some operations: how many passed, how many failed."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        command = [
            SCHEMATHESIS, "--config-file", HERE / "schemathesis.toml", "run", f"{server.url}/v1/openapi.json",
            "--header", f"Authorization: Bearer {credential}", "--header", "Causerie-User: lea", *chosen,
            "--max-examples", EXAMPLES, "--seed", SEED, "--max-time", str(TIME_MAX // 2), "--workers", "1",
            "--continue-on-failure", "--no-color", "--report", "json", "--report-json-path", report.name,
        ]
        environment = {**os.environ, "CAUSERIE_CONVERSATION": conversation(server), "SCHEMATHESIS_HOOKS": str(HERE / "hooks.py"),
                       "CAUSERIE_KEY_IDS": ",".join(server.key_ids)}
        # Apart, so that its database of examples is of this run alone.
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(command, env=environment, cwd=folder, timeout=2 * TIME_MAX, check=False)
        told = json.loads(Path(report.name).read_text() or "{}")
    operations = told.get("operations", {})
    faults = told.get("failures", []) + told.get("errors", [])
    bad = {operation["label"] if isinstance(operation, dict) else operation for fault in faults for operation in fault.get("operations", [])}
    failed = max(len(bad), 1 if faults or not told.get("complete") or not operations.get("tested") else 0)
    passed = operations.get("tested", 0) - len(bad)
    print(f"-- {title}: {passed} operations passed, {failed} failed, {told.get('test_cases', {}).get('generated', 0)} requests")
    return passed, failed


def generated_client(server):
    """Each step counts as one."""
    (CLIENT / "src").mkdir(exist_ok=True)
    description = CLIENT / "openapi.json"
    with urllib.request.urlopen(f"{server.url}/v1/openapi.json", timeout=30) as answer:
        description.write_bytes(answer.read())
    environment = {**os.environ, "URL": server.url, "TOKEN": server.token, "KEY": server.keys["chat"]}
    steps = (["npm", "run", "--silent", "generate"], ["npm", "run", "--silent", "build"], ["node", "dist/use.js"])
    for passed, step in enumerate(steps):
        if subprocess.run(step, cwd=CLIENT, env=environment, timeout=120).returncode:
            print(f"-- the generated client: {' '.join(step)} failed")
            return passed, 1
    return len(steps), 0


def main():
    with tempfile.TemporaryDirectory() as folder, Server(str(Path(sys.argv[1]).resolve()), folder) as server:
        results = (
            generated_client(server),
            fuzz(server, "users", server.token, "--exclude-path-regex", BACK_ENDS),
            fuzz(server, "back ends", server.keys["product"], "--include-path-regex", BACK_ENDS),
        )
        if server.process.poll() is not None:
            results += ((0, 1),)
            print("-- the server ended")
    passed, failed = (sum(each) for each in zip(*results))
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


main()

"""How long `ferrokeet server` takes to answer: on a 1,500-line module with 60 annotated loops, each request right after a change.

Usage: server_speed.py [--runs N]. The binary is `FERROKEET_BIN`, else the one beside the interpreter; build it with `--release`.
Every request is sent together with a change of the loop that it is about, in the middle of the module, so that its time holds that
of understanding the new text. Times are the processor's (the clock's on an idle machine); the exit code is 1 when the median of some request is over 30 ms.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import check_speed
from ferrokeet._translator import command

LINES, BUDGET_MS = 1500, 30.0
URI = "file:///module.py"


class Server:
    """The other end of the conversation."""

    def __init__(self, executable: str) -> None:
        self.process = subprocess.Popen([executable, "server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.number = 0

    def spent(self) -> float:
        """Milliseconds of the processor so far, in all threads."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e6

    def send(self, method: str, params: Any, *, answered: bool = False) -> int:
        self.number += 1
        message = {"jsonrpc": "2.0", "method": method, "params": params} | ({"id": self.number} if answered else {})
        body = json.dumps(message).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()
        return self.number

    def receive(self) -> dict[str, Any]:
        assert self.process.stdout
        length = 0
        while line := self.process.stdout.readline().strip():
            length = int(line.split(b":")[1])
        return dict(json.loads(self.process.stdout.read(length)))

    def ask(self, method: str, params: Any) -> Any:
        number = self.send(method, params, answered=True)
        while (message := self.receive()).get("id") != number:
            pass
        return message["result"]

    def findings(self, version: int) -> list[Any]:
        while (message := self.receive()).get("params", {}).get("version") != version:
            pass
        return list(message["params"]["diagnostics"])


def requests(lines: list[str], row: int) -> dict[str, tuple[str, dict[str, Any]]]:
    """The requests of an editor that shows 60 lines around a loop."""
    document = {"textDocument": {"uri": URI}}
    at = {"position": {"line": row, "character": len(lines[row]) - 1}}
    shown = {"start": {"line": row - 30, "character": 0}, "end": {"line": row + 30, "character": 0}}
    here = {"start": at["position"], "end": at["position"]}
    return {
        "hover": ("textDocument/hover", document | at),
        "completion": ("textDocument/completion", document | at),
        "code lenses": ("textDocument/codeLens", document),
        "semantic tokens": ("textDocument/semanticTokens/full", document),
        "inlay hints": ("textDocument/inlayHint", document | {"range": shown}),
        "code actions": ("textDocument/codeAction", document | {"range": here, "context": {"diagnostics": []}}),
        "generated Rust": ("ferrokeet/generated", {"uri": URI, "stage": "rust"} | at),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=21)
    runs = parser.parse_args().runs
    text = check_speed.module()
    text += "\n" * (LINES - text.count("\n"))
    lines = text.split("\n")
    row = [number for number, line in enumerate(lines) if line.strip() == "# pragma parallel for"][20]
    server = Server(command() or "ferrokeet")
    server.ask("initialize", {"capabilities": {}})
    server.send("initialized", {})
    item = {"uri": URI, "languageId": "python", "version": 1, "text": text}
    start = server.spent()
    server.send("textDocument/didOpen", {"textDocument": item})
    server.findings(1)
    print(f"{'findings of a new document':28}{server.spent() - start:8.1f} ms")
    version, over = 1, False

    def change() -> None:
        nonlocal version
        version += 1
        place = {"line": row, "character": len(lines[row])}
        edit = {"range": {"start": place, "end": place}, "text": " "}
        identifier = {"uri": URI, "version": version}
        server.send("textDocument/didChange", {"textDocument": identifier, "contentChanges": [edit]})

    for name, (method, params) in requests(lines, row).items():
        times = []
        for _ in range(runs):
            start = server.spent()
            change()
            server.ask(method, params)
            times.append(server.spent() - start)
            server.findings(version)
        median = statistics.median(times)
        over |= median > BUDGET_MS
        print(f"{name:28}{median:8.1f} ms (least {min(times):.1f})")
    times = []
    for _ in range(runs):
        start = server.spent()
        change()
        server.findings(version)
        times.append(server.spent() - start)
    print(f"{'findings after a change':28}{statistics.median(times):8.1f} ms (least {min(times):.1f})")
    server.ask("shutdown", None)
    server.send("exit", None)
    server.process.wait(timeout=10)
    return int(over)


if __name__ == "__main__":
    sys.exit(main())

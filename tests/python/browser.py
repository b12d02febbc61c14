"""A headless Chromium, driven over a pipe by its own protocol: enough to look at a page and press keys."""

import base64
import fcntl
import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)

# It talks to nobody.
QUIET = [
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Browser:
    """One page."""

    def __init__(self, profile: Path, page: Path, width: int = 1400, height: int = 1000):
        assert CHROMIUM is not None
        their_input, self.output = os.pipe()
        self.input, their_output = os.pipe()

        # The browser speaks on 3 and 4, which may be taken here: by way of numbers that are neither.
        theirs = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (their_input, their_output)]

        def descriptors() -> None:
            os.dup2(theirs[0], 3)
            os.dup2(theirs[1], 4)

        command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", *QUIET]
        command += [f"--user-data-dir={profile}", f"--window-size={width},{height}", "--hide-scrollbars", "about:blank"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=descriptors, close_fds=False
        )
        for end in (their_input, their_output, *theirs):
            os.close(end)
        self.number = 0
        self.rest = b""
        self.session: str | None = None
        (target,) = [one for one in self.send("Target.getTargets")["targetInfos"] if one["type"] == "page"]
        attached = self.send("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self.session = attached["sessionId"]
        self.send("Page.enable")
        self.send("Page.navigate", url=page.as_uri())
        self.until("Page.loadEventFired")

    def receive(self) -> dict[str, Any]:
        while b"\0" not in self.rest:
            part = os.read(self.input, 1 << 16)
            assert part, "the browser has gone"
            self.rest += part
        message, _, self.rest = self.rest.partition(b"\0")
        content: dict[str, Any] = json.loads(message)
        return content

    def until(self, method: str) -> None:
        """Waits for an event."""
        while self.receive().get("method") != method:
            pass

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A command and its answer."""
        self.number += 1
        message: dict[str, Any] = {"id": self.number, "method": method, "params": parameters}
        if self.session is not None:
            message["sessionId"] = self.session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                assert "result" in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    def value(self, script: str) -> Any:
        """The value of a JavaScript expression."""
        answer = self.send("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def becomes_true(self, script: str) -> bool:
        """Whether an expression is true before long."""
        end = time.monotonic() + 10
        while not self.value(script):
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True

    def press(self, key: str, text: str = "") -> None:
        """Presses a key and lets it go."""
        code = {"Tab": 9, "Enter": 13, "ArrowLeft": 37, "ArrowRight": 39}.get(key, ord(key[0].upper()))
        for kind in ("keyDown", "keyUp"):
            typed = {"text": text} if kind == "keyDown" and text else {}
            self.send("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **typed)

    def size(self, width: int, height: int = 1000) -> None:
        """Gives the window another size."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def dark(self) -> None:
        """Has the page believe that its user prefers dark pages."""
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])

    def picture(self) -> bytes:
        """What is to be seen, as PNG."""
        return base64.b64decode(self.send("Page.captureScreenshot")["data"])

    def close(self) -> None:
        """Ends the browser."""
        os.close(self.output)
        os.close(self.input)
        self.process.terminate()
        self.process.wait(20)

"""Headless Chromium, driven through chromedriver's own protocol (W3C WebDriver: JSON over loopback), so that no further package is needed."""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium", "chromedriver")
MISSING = [name for name in PROGRAMS if shutil.which(name) is None]
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
CONTROL, SHIFT, ENTER, RELEASE, TAB = "\ue009", "\ue008", "\ue007", "\ue000", "\ue004"
OPTIONS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1280,1400",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # no page waits for a network
]  # fmt: skip


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(what: Any, seconds: float, why: str) -> Any:
    """The first true answer of `what`; its errors count as not yet."""
    end = time.monotonic() + seconds
    last: object = None
    while time.monotonic() < end:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, LookupError, WebDriverError):
            if last := what():
                return last
        time.sleep(0.3)
    raise AssertionError(f"{why} within {seconds:.0f} s; last: {last!r}")


class WebDriverError(Exception):
    """The driver refused a command."""


class Browser:
    """One window."""

    def __init__(self, port: int, profile: Path) -> None:
        self.base = f"http://127.0.0.1:{port}"
        wanted = {
            "browserName": "chrome",
            "goog:chromeOptions": {
                "binary": shutil.which("chromium"),
                "args": [*OPTIONS, f"--user-data-dir={profile}"],
            },
        }
        wait_for(lambda: self._send("GET", "/status")["ready"], 60, "chromedriver starts")
        self.session = self._send("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def _send(self, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(self.base + path, body, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise WebDriverError(error.read().decode("utf-8", "replace")[:500]) from None

    def command(self, path: str, data: dict[str, Any] | None = None, method: str = "POST") -> Any:
        return self._send(method, f"/session/{self.session}{path}", data if method == "GET" else data or {})

    def open(self, url: str) -> None:
        self.command("/url", {"url": url})

    def script(self, source: str, *arguments: Any) -> Any:
        return self.command("/execute/sync", {"script": source, "args": list(arguments)})

    def element(self, css: str) -> str:
        return str(self.command("/element", {"using": "css selector", "value": css})[ELEMENT])

    def click(self, css: str) -> None:
        self.command(f"/element/{self.element(css)}/click")

    def type(self, css: str, keys: str) -> None:
        self.command(f"/element/{self.element(css)}/value", {"text": keys})

    def text(self) -> str:
        return str(self.script("return document.body.innerText"))

    def screenshot(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self.command("/screenshot", method="GET")))

    def devtools(self, command: str, **parameters: Any) -> Any:
        """One command of the DevTools protocol, such as Emulation.setEmulatedMedia."""
        return self.command("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def emulate(self, width: int, height: int, scheme: str, *, phone: bool = False) -> None:
        """From now on a screen of this size, whose owner prefers the "light" or "dark" scheme."""
        self.devtools(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone
        )
        self.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def whole_page(self, path: Path) -> None:
        """A screenshot of the page from top to bottom."""
        size = self.devtools("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 8000), "scale": 1}
        shot = self.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def keys(self, *pressed: str) -> None:
        """Keys pressed and released one after the other, wherever the focus is."""
        actions = [{"type": kind, "value": key} for key in pressed for kind in ("keyDown", "keyUp")]
        self.command("/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def close(self) -> None:
        with contextlib.suppress(WebDriverError, urllib.error.URLError):
            self._send("DELETE", f"/session/{self.session}")


@contextlib.contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """A new browser with a new profile."""
    port = free_port()
    driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        window = Browser(port, profile)
        try:
            yield window
        finally:
            window.close()
    finally:
        driver.terminate()
        driver.wait(30)

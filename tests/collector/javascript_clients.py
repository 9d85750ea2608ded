"""The clients for Node.js and for browsers: installed as pinned, and driven against a collector."""

import http.server
import json
import os
import queue
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestration.warehouse import PROJECT
from tests.collector.room import KEY

SCRIPTS = Path(__file__).parent / "javascript"
INSTALLED = PROJECT / ".venv" / "javascript"
PINS = ("package.json", "package-lock.json", ".npmrc")
BROWSER_SECONDS = 60


class Unavailable(Exception):
    """This machine lacks a program; the text says which one, and how to get it."""


def modules() -> Path:
    """The folder of the clients, installed if the lock changed since; raises Unavailable."""
    node_modules = INSTALLED / "node_modules"
    lock = (SCRIPTS / "package-lock.json").read_text()
    npm = program("npm", "nodejs npm")
    if not node_modules.exists() or (INSTALLED / "package-lock.json").read_text() != lock:
        shutil.rmtree(INSTALLED, ignore_errors=True)
        with TemporaryDirectory(dir=INSTALLED.parent, ignore_cleanup_errors=True) as folder:
            for name in PINS:
                shutil.copy(SCRIPTS / name, folder)
            # What the lock says, checked by its hashes. `npm ci` would also want packages for other
            # machines, of a part that is optional.
            subprocess.run([npm, "install", "--no-save"], cwd=folder, check=True, timeout=240)
            try:
                Path(folder).rename(INSTALLED)
            except OSError:
                # Another worker of the tests was quicker.
                if not node_modules.exists():
                    raise
    return node_modules


def program(name: str, packages: str) -> str:
    """Where a program is; raises Unavailable."""
    found = shutil.which(name)
    if not found:
        raise Unavailable(f"{name} is missing: on Debian, apt install {packages}")
    return found


def speak_in_node(script: str, address: str, user: str) -> None:
    """Let a client for Node.js send; raises CalledProcessError if it reports a failure."""
    node = program("node", "nodejs npm")
    subprocess.run(
        [node, str(SCRIPTS / script), address, KEY, user],
        env={**os.environ, "NODE_PATH": str(modules())},
        check=True,
        timeout=60,
    )


def speak_in_browser(address: str, user: str) -> None:
    """Let Segment's client send from a page of another origin; raises AssertionError."""
    chromium = program("chromium", "chromium")
    settings = {"host": address.removeprefix("http://"), "writeKey": KEY, "user": user}
    with _page(settings) as (url, said), TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = subprocess.Popen(
            [
                chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-dev-shm-usage", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--no-proxy-server",
                # No name leads anywhere: the page can only speak to this machine.
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                f"--user-data-dir={profile}", url,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Its own group: chromium is many processes.
            start_new_session=True,
        )  # fmt: skip
        try:
            assert said.get(timeout=BROWSER_SECONDS) == "/done"
        except queue.Empty:
            raise AssertionError("the page did not finish in time") from None
        finally:
            os.killpg(browser.pid, signal.SIGKILL)
            browser.wait(30)


@contextmanager
def _page(settings: dict[str, str]) -> Iterator[tuple[str, "queue.Queue[str]"]]:
    """Serve the shop's page on a free loopback port; with its address, and what it posts."""
    bundle = modules() / "@segment/analytics-next/dist/umd/index.js"
    contents = {
        "/": ("text/html", (SCRIPTS / "page.html").read_bytes()),
        "/shop.js": ("text/javascript", (SCRIPTS / "shop.js").read_bytes()),
        "/analytics.js": ("text/javascript", bundle.read_bytes()),
        "/settings.js": ("text/javascript", f"settings = {json.dumps(settings)}".encode()),
    }
    said: queue.Queue[str] = queue.Queue()

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, content = contents.get(self.path, ("", b""))
            self.send_response(HTTPStatus.OK if kind else HTTPStatus.NOT_FOUND)
            self.send_header("content-type", f"{kind}; charset=utf-8")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            said.put(self.path)
            self.send_response(HTTPStatus.NO_CONTENT)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing: pytest's output is for failures."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", said
        finally:
            server.shutdown()
            thread.join(30)

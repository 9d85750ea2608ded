"""`kith collect`: one process on one port, until it is told to stop."""

import gc
import logging
import logging.config
import os
import signal
import socket
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import uvicorn
from starlette.applications import Starlette

from orchestration.collector.app import Collector
from orchestration.collector.connection import patient_protocol
from orchestration.collector.keys import CollectorError, Keys, declaration, keys
from orchestration.collector.limits import Limits
from orchestration.collector.metrics import Metrics
from orchestration.collector.spool import Spool
from orchestration.warehouse import Home

_STOP_SECONDS = 15
_IDLE_SECONDS = 75


_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PlaceOnly(logging.Formatter):
    """Tells of an exception its type and where it was raised; its text may quote a message."""

    def formatException(self, ei: _Raised) -> str:
        """The frames of the traceback and the exception's type."""
        kind, _, trace = ei
        frames = "".join(traceback.format_tb(trace)) if trace else ""
        return f"{frames}{kind.__name__ if kind else 'unknown'}"


_LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": PlaceOnly, "format": "%(asctime)s %(levelname)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}


def collect(
    home: Home, declared_in: Path, host: str, port: int, *, on_start: Callable[[Keys, int], None]
) -> None:
    """Serve until SIGTERM or Ctrl-C, then seal the spool; raises CollectorError if it cannot start.

    `on_start` is told who may send, and on which port.
    """
    logging.config.dictConfig(_LOGGING)
    declared = declaration(declared_in)
    opened = keys(declared, os.environ)
    limits, metrics = Limits(), Metrics()
    home.make()
    spool = Spool(
        home.root / "collector", home.landing / "events", declared.seal_after, limits, metrics
    )
    with _listener(host, port) as listener:
        spool.lock()
        served = server(Collector(opened, spool, limits, metrics).app(), limits)

        def stop(*_: object) -> None:
            served.should_exit = True

        # uvicorn has handlers of its own while it serves, and when it has stopped raises the signal
        # once more for these: without them the process would end as killed.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        on_start(opened, listener.getsockname()[1])
        # What was imported stays: without this, each search for garbage would walk through it.
        gc.freeze()
        served.run(sockets=[listener])


def server(app: Starlette, limits: Limits) -> uvicorn.Server:
    """The HTTP server for an application, which keeps the limits of a connection."""
    config = uvicorn.Config(
        app,
        http=patient_protocol(limits),
        ws="none",
        lifespan="on",
        # An access log would keep addresses, and keys that somebody put into a URL.
        access_log=False,
        log_config=None,
        server_header=False,
        limit_concurrency=limits.connections,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )
    return uvicorn.Server(config)


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as trouble:
        raise CollectorError(f"Cannot listen on {host} port {port}: {trouble.strerror}.") from None

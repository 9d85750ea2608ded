"""An endpoint that writes nothing: Starlette and uvicorn read the request and say 200.

It prints its port, and ends when it is told to.
"""

import socket
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


async def take(request: Request) -> Response:
    """What the collector answers, without having done anything for it."""
    await request.body()
    return Response(b'{"success": true}', media_type="application/json")


def main() -> None:
    """Serve on a free loopback port."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        app = Starlette(routes=[Route("/v1/batch", take, methods=["POST"])])
        config = uvicorn.Config(app, access_log=False, log_level="warning")
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()

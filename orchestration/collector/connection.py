"""HTTP connections that do not wait for ever: a request's head has a time and a size."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from orchestration.collector.limits import Limits


def patient_protocol(limits: Limits) -> type[HttpToolsProtocol]:
    """uvicorn's protocol within limits; uvicorn itself bounds only the pause between requests."""

    class PatientProtocol(HttpToolsProtocol):
        _deadline: asyncio.TimerHandle | None = None
        _head_bytes = 0
        _is_in_head = True

        def connection_made(  # type: ignore[override] # as the class above declares it
            self, transport: asyncio.Transport
        ) -> None:
            super().connection_made(transport)
            self._expect_head()

        def connection_lost(self, exc: Exception | None) -> None:
            self._head_is_there()
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            if self._is_in_head:
                self._head_bytes += len(data)
            super().data_received(data)
            if self._is_in_head and self._head_bytes > limits.head_bytes:
                self.transport.close()

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self._expect_head()

        def on_headers_complete(self) -> None:
            self._head_is_there()
            super().on_headers_complete()

        def _expect_head(self) -> None:
            self._is_in_head = True
            if self._deadline is None:
                self._deadline = self.loop.call_later(limits.head_seconds, self.transport.close)

        def _head_is_there(self) -> None:
            self._is_in_head = False
            self._head_bytes = 0
            if self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None

    return PatientProtocol

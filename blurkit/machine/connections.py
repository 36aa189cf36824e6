"""Connections to a server of ours that only hold the line: half a request is not waited for, and few are held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

SECONDS = 15.0
"""How long nothing may arrive of a request; the page's own take far less, since nothing is sent over a network."""

MOST = 100
"""Connections held at once. A browser opens six; whoever opens more keeps nobody out."""


class Brisk(H11Protocol):
    """A connection that is ended if its request does not arrive."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait; if too many are held, end the one that has been silent longest."""
        super().connection_made(transport)
        self.made = self._heard = self.loop.time()
        self._patience = self.loop.call_later(SECONDS, self._lose_patience)
        # One that was ended is still listed until the loop comes round again, and many connect between two rounds.
        held = [each for each in self.connections if isinstance(each, Brisk) and not each.transport.is_closing()]
        silent = [each for each in held if each is not self and each.is_silent]
        if len(held) > MOST and silent:
            min(silent, key=lambda each: each.made).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._patience.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Note when something arrives."""
        self._heard = self.loop.time()
        super().data_received(data)

    @property
    def is_silent(self) -> bool:
        """Whether the other side is to send something: a request, the rest of it, or the next one."""
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body

    def _lose_patience(self) -> None:
        if self.is_silent and self.loop.time() - self._heard >= SECONDS:
            self.transport.abort()
        else:
            self._patience = self.loop.call_later(SECONDS, self._lose_patience)

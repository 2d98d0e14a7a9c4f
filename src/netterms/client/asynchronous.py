"""The client for programs on an event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import date, datetime
from types import TracebackType
from typing import Self, TypeVar
from uuid import UUID

import anyio
import httpx

from netterms.client import calls
from netterms.client.calls import Answered
from netterms.client.core import (
    BASE_URL,
    USER_AGENT,
    Bearer,
    Call,
    Lost,
    Reply,
    Retries,
    Send,
    address,
    lost,
    talk,
)
from netterms.client.errors import NettermsError
from netterms.client.values import (
    FoundBuyer,
    JudgedOrder,
    Line,
    LineDetail,
    LineWanted,
    Money,
    Moved,
    NewBuyer,
    NewOrder,
    Order,
    OrderDetail,
    OrderState,
)

T = TypeVar("T")


class AsyncClient:
    """Speaks to a netterms server with an API key, given or in `NETTERMS_API_KEY`.

    One may be used by many tasks; close it, or use it in an `async with`. Every call either answers
    or raises a `NettermsError`. What changes something carries an idempotency key, made once for
    each call or given, and is asked again with it until it is answered or `retries.deadline` is
    over.
    """

    def __init__(
        self,
        api_key: str | None = None,
        base_url: str = BASE_URL,
        *,
        retries: Retries | None = None,
        language: str = "en",
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._retries = retries or Retries()
        self._http = httpx.AsyncClient(
            base_url=address(base_url),
            auth=Bearer(api_key),
            headers={"User-Agent": USER_AGENT, "Accept-Language": language},
            transport=transport,
        )

    def __repr__(self) -> str:
        return f"AsyncClient({str(self._http.base_url)!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def authorise(
        self,
        order_number: str,
        buyer_id: UUID,
        amount: Money,
        *,
        partial: bool = False,
        review: bool = False,
        expires_at: datetime | None = None,
        idempotency_key: str | None = None,
    ) -> Order:
        """May this buyer have this amount on credit? A decline is an answer, with its reasons.

        `partial`: a part will do. `review`: rather than a no, let a person look (pending).
        """
        key = calls.new_key() if idempotency_key is None else idempotency_key
        asked = NewOrder(order_number, buyer_id, amount, partial, review, expires_at, key)
        return await self._do(calls.authorise(asked))

    async def authorise_many(self, orders: Iterable[NewOrder]) -> list[Answered]:
        """Ask for each order, 1,000 in a request; answers come in their order.

        One that is refused fails alone. Where a request fails as a whole, its orders and those
        after it carry that error: with their keys they may be asked again.
        """
        answers: list[Answered] = []
        failed: NettermsError | None = None
        for batch in calls.batches(orders):
            if failed is None:
                try:
                    some = await self._do(calls.authorise_many(batch))
                    answers += some
                    continue
                except NettermsError as error:
                    failed = error
            answers += [Answered(each.idempotency_key, failed) for each in batch]
        return answers

    async def new_buyer_order(
        self,
        buyer: NewBuyer,
        order_number: str,
        amount: Money,
        *,
        partial: bool = False,
        expires_at: datetime | None = None,
        idempotency_key: str | None = None,
    ) -> JudgedOrder:
        """The same for a company that the seller may not know yet; what is unclear is pending.

        The answer has the buyer's grade and its reasons.
        """
        return await self._do(
            calls.new_buyer_order(
                buyer,
                order_number,
                amount,
                partial=partial,
                expires_at=expires_at,
                idempotency_key=idempotency_key,
            )
        )

    async def amend(
        self, order_id: UUID, amount: Money, *, idempotency_key: str | None = None
    ) -> Moved:
        """Change the order's amount, in its own currency. More than there is room for: declined."""
        body = {"amount_minor": amount.minor}
        return await self._do(calls.move(order_id, "amend", body, idempotency_key))

    async def capture(
        self,
        order_id: UUID,
        amount: Money | None = None,
        *,
        invoice_number: str | None = None,
        issued_on: date | None = None,
        idempotency_key: str | None = None,
    ) -> Moved:
        """Goods left: invoice `amount`, or all that is held."""
        body = calls.paper(amount, invoice_number, issued_on)
        return await self._do(calls.move(order_id, "capture", body, idempotency_key))

    async def void(self, order_id: UUID, *, idempotency_key: str | None = None) -> Moved:
        """Free what is still held."""
        return await self._do(calls.move(order_id, "void", {}, idempotency_key))

    async def refund(
        self,
        order_id: UUID,
        amount: Money | None = None,
        *,
        invoice_number: str | None = None,
        issued_on: date | None = None,
        idempotency_key: str | None = None,
    ) -> Moved:
        """Goods came back: a credit note over `amount`, or over all that was captured."""
        body = calls.paper(amount, invoice_number, issued_on)
        return await self._do(calls.move(order_id, "refund", body, idempotency_key))

    async def approve(self, order_id: UUID, *, idempotency_key: str | None = None) -> Moved:
        """Say yes to a pending order; declined where the line has no room."""
        return await self._do(calls.move(order_id, "approve", {}, idempotency_key))

    async def decline(self, order_id: UUID, *, idempotency_key: str | None = None) -> Moved:
        """Say no to a pending order."""
        return await self._do(calls.move(order_id, "decline", {}, idempotency_key))

    async def order(self, order_id: UUID) -> OrderDetail:
        """One order with its life, its papers and its line."""
        return await self._do(calls.order(order_id))

    async def orders(
        self,
        q: str = "",
        *,
        state: OrderState | str | None = None,
        buyer_id: UUID | None = None,
        page_size: int = calls.PAGE_SIZE,
    ) -> AsyncIterator[Order]:
        """All orders, the newest first; pages are fetched as they are needed."""
        first = calls.orders(q, state, buyer_id, page_size)
        call: Call[calls.Page] | None = first
        while call is not None:
            page = await self._do(call)
            for each in page.orders:
                yield each
            call = calls.after(first, page)

    async def find_buyers(self, text: str, *, most: int = 20) -> tuple[FoundBuyer, ...]:
        """Buyers by name, other name, number or identifier, the likest first."""
        return await self._do(calls.find_buyers(text, most))

    async def lines(self, buyer_id: UUID) -> tuple[Line, ...]:
        """A buyer's credit lines, one for each currency."""
        return await self._do(calls.lines(buyer_id))

    async def line(self, buyer_id: UUID, currency: str) -> LineDetail:
        """One credit line with its last changes."""
        return await self._do(calls.line(buyer_id, currency))

    async def set_line(
        self, buyer_id: UUID, wanted: LineWanted, *, version: int = 0, why: str = ""
    ) -> LineDetail:
        """Open a line, or change it: `version` is that of the line as it was read.

        All of it is set: `replace(line.wanted, limit=...)` keeps the rest. ChangedMeanwhile where
        somebody was faster.
        """
        return await self._do(calls.set_line(buyer_id, wanted, version, why))

    async def _do(self, call: Call[T]) -> T:
        steps = talk(call, self._retries)
        try:
            step = next(steps)
            while True:
                if isinstance(step, Send):
                    step = steps.send(await self._send(call, step.timeout))
                else:
                    await anyio.sleep(step.seconds)
                    step = next(steps)
        except StopIteration as end:
            answer: T = end.value
            return answer

    async def _send(self, call: Call[T], timeout: float) -> Reply | Lost:
        try:
            with anyio.fail_after(timeout):
                answer = await self._http.request(
                    call.method,
                    call.path,
                    params=call.query,
                    json=call.body,
                    headers=call.headers,
                    timeout=timeout,
                )
        except TimeoutError:
            return Lost("the answer took too long", sent=True)
        except httpx.RequestError as error:
            return lost(error)
        return Reply(answer.status_code, answer.headers, answer.content)

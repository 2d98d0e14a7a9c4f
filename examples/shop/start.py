"""Set the shop up beside a running netterms, and serve it. The README says how; Ctrl-C stops it."""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import subprocess
import sys
import uuid
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

HERE = Path(__file__).resolve().parent
NETTERMS = str(Path(sys.executable).with_name("netterms"))
# What netterms is run with: taken before the shop adds settings of its own.
OUTSIDE = os.environ | {"NETTERMS_WEBHOOK_LOOPBACK": "1"}


class Server(ThreadingMixIn, WSGIServer):
    """One thread a request."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Without a line for each request."""

    def log_message(self, *_: object) -> None: ...


def new_key(name: str, *scopes: str) -> str:
    """An API key of the local netterms, made by its command line."""
    words = [word for scope in scopes for word in ("--scope", scope)]
    # Needed where a folder has the books of several sellers.
    seller = ["--seller", os.environ["SHOP_SELLER"]] if "SHOP_SELLER" in os.environ else []
    command = [NETTERMS, "key", "add", name, *words, *seller]
    made = subprocess.run(  # noqa: S603 - our own words
        command, env=OUTSIDE, capture_output=True, text=True, check=False
    )
    if made.returncode:
        sys.exit(f"netterms makes no key: {made.stdout}{made.stderr}\nIs `netterms demo` running?")
    return made.stdout.strip()


def keep(file: Path, text: str) -> None:
    """Write a file that only its owner reads."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)


def own_key(home: Path) -> str:
    """The shop's key: given in the environment, kept from the last time, or new."""
    file = home / "api_key"
    if not os.environ.get("NETTERMS_API_KEY") and not file.exists():
        keep(file, new_key("example shop", "checkout", "read"))
    return os.environ.get("NETTERMS_API_KEY") or file.read_text()


def listen(port: int) -> None:
    """Let netterms tell the shop about its orders. A key that may do this is not kept."""
    import httpx
    from django.conf import settings

    file = settings.WEBHOOK_SECRET_FILE
    noted = settings.HOME / "webhook_url"
    url = f"http://127.0.0.1:{port}/netterms"
    if file.exists() and noted.exists() and noted.read_text() == url:
        return
    key = os.environ.get("SHOP_SETUP_KEY") or new_key("example shop, set-up", "manage_access")
    kinds = ("authorised", "pending", "approved", "declined", "amended", "captured")
    kinds = (*kinds, "voided", "expired", "refunded")
    answer = httpx.post(
        f"{settings.NETTERMS_URL}/v1/webhooks",
        json={"url": url, "kinds": [f"checkout.order_{kind}" for kind in kinds]},
        headers={"Authorization": f"Bearer {key}", "Idempotency-Key": str(uuid.uuid4())},
        # The first request that a server answers is its slowest.
        timeout=30,
    )
    if answer.is_error:
        print(
            "No webhooks: pending orders stay so. Start netterms with NETTERMS_WEBHOOK_LOOPBACK=1."
        )
        print(answer.text)
        return
    keep(file, answer.json()["secret"])
    keep(noted, url)


def accounts(home: Path) -> None:
    """Somebody in the warehouse, and a customer who has a credit line in netterms already."""
    from django.contrib.auth import get_user_model
    from shop import credit
    from shop.models import Company

    users = get_user_model().objects
    if not users.filter(is_staff=True).exists():
        password = secrets.token_urlsafe(9)
        users.create_user("warehouse", "", password, is_staff=True)
        lines = [f"warehouse {password}"]
        known = (o for o in credit.client().orders(state="authorised") if o.line)
        if buyer := next((o for o in known if o.line.available and o.line.currency == "EUR"), None):
            password = secrets.token_urlsafe(9)
            user = users.create_user("customer", "customer@shop.example", password)
            Company.objects.create(
                user=user, name="Demo customer", country="DE", buyer_id=buyer.buyer_id
            )
            lines.append(f"customer {password}")
        keep(home / "sign_in", "\n".join(lines) + "\n")
    print((home / "sign_in").read_text(), end="")


def main() -> None:
    """Everything, in order."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=8080)
    port = options.parse_args().port
    home = Path(os.environ.get("SHOP_HOME", HERE / "var"))
    home.mkdir(parents=True, exist_ok=True)
    os.environ["NETTERMS_API_KEY"] = own_key(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
    sys.path.insert(0, str(HERE))

    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    call_command("migrate", verbosity=0)
    with make_server("127.0.0.1", port, application, Server, Quiet) as server:
        listen(server.server_port)
        accounts(home)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        # Sends the webhooks.
        work = [NETTERMS, "work"]
        with subprocess.Popen(work, env=OUTSIDE, stdout=subprocess.DEVNULL) as worker:  # noqa: S603
            print(f"Shop: http://127.0.0.1:{server.server_port}/", flush=True)
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                pass
            finally:
                worker.terminate()


if __name__ == "__main__":
    main()

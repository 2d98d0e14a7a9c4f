"""`netterms serve`: answers, stops when told, takes the database along, tells a taken port."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doors.cli.commands import NETTERMS, environment, netterms


@pytest.fixture
def home() -> Iterator[Path]:
    # The folder is short: a socket's path must be.
    folder = Path(tempfile.mkdtemp(prefix="nt-w-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("word", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_told_to_stop(home, word):
    command = [NETTERMS, "serve", "--port", "0"]
    with subprocess.Popen(
        command, env=environment(home), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as serving:
        try:
            address = re.search(r"http://\S+/", serving.stdout.readline())[0]
            with urllib.request.urlopen(f"{address}accounts/login/", timeout=30) as answer:
                assert answer.status == 200
                assert b"password" in answer.read()
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(f"{address}v1/buyers", timeout=30)
            assert refused.value.code in (401, 404)
            refused.value.close()
            serving.send_signal(word)
            said, errors = serving.communicate(timeout=60)
        finally:
            serving.kill()
    assert serving.returncode == 0, errors
    assert "Stopped." in said
    assert "Traceback" not in errors
    # What a library takes for lost at the end of a process that served well.
    assert "leaked" not in errors
    assert not (home / "pg" / "postmaster.pid").exists()


def test_a_taken_port_is_told(database):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = netterms(database, "serve", "--port", taken.getsockname()[1])
    assert refused.returncode == 2
    assert "is taken" in refused.stderr
    assert "Traceback" not in refused.stderr

"""Help in the language of the terminal."""

from __future__ import annotations

import subprocess

import pytest
import typer

from netterms.doors import cli
from netterms.doors.cli import helping
from tests.doors.cli.commands import NETTERMS, environment

NAMES = [name for name, *_ in (*cli.COMMANDS, *cli.GROUPS)]


def help_texts(name):
    command = typer.main.get_command(cli.application([name]))
    helping.translate(command)
    found = []
    helping.replace(command, lambda text: found.append(text) or text)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_help_text_of_a_command_is_chinese_on_a_chinese_terminal(name, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    texts = help_texts(name)
    assert len(texts) > len(NAMES)
    for text in texts:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text)


@pytest.mark.parametrize("name", NAMES)
def test_and_english_on_every_other(name, monkeypatch):
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    assert all(text.isascii() for text in help_texts(name))


@pytest.mark.parametrize(
    ("language", "said"), [("zh_CN.UTF-8", "发票清单"), ("en_GB.UTF-8", "Invoice list")]
)
def test_the_command_itself_speaks_so(tmp_path, language, said):
    env = environment(tmp_path) | {"LANG": language}
    done = subprocess.run(
        [NETTERMS, "import", "--help"], env=env, text=True, capture_output=True, check=True
    )
    assert said in done.stdout
    # Asking for help leaves nothing behind.
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["day", "--help"], "选项:"),
        (["report"], "错误：缺少参数"),
        (["dya"], "没有 'dya' 这个命令"),
    ],
)
def test_typers_own_words_are_chinese_too(tmp_path, words, said):
    env = environment(tmp_path) | {"LANG": "zh_CN.UTF-8"}
    done = subprocess.run([NETTERMS, *words], env=env, text=True, capture_output=True, check=False)
    assert said in done.stdout + done.stderr
    assert "Usage" not in done.stdout + done.stderr

"""Settings come from a file and from variables, and a wrong one is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from labkit.config import Config, hub_root, load
from labkit.keyentry import signer_name
from labkit.trouble import TroubleError


ENV = {"LABKIT_URL": "https://hub.example", "LABKIT_CREDENTIAL": "abcdefgh", "LABKIT_SECRET": "s"}


COMPLETE = 'url = "https://hub.example"\ncredential = "abcdefgh"\nsecret = "s"\n'


def written(tmp_path: Path, text: str, name: str = "config.toml") -> Path:
    path = tmp_path / name
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_variables_alone_are_enough() -> None:
    found = load(None, {**ENV, "LABKIT_CONFIG": "", "XDG_CONFIG_HOME": "/nonexistent"})
    assert (found.root, found.access.credential) == ("https://hub.example/", "abcdefgh")
    assert found.discovery == "https://hub.example/taxii2/"


def test_a_file_says_all_and_a_variable_wins(tmp_path: Path) -> None:
    written(tmp_path, "from a file\n", "secret")
    path = written(
        tmp_path,
        f'url = "https://a.example/"\ncredential = "abcdefgh"\nsigner = ""\n'
        f'secret_file = "{tmp_path}/secret"\ncollections = ["distillation"]\n'
        '[evaluators.trustee]\ncredential = "other"\nsecret = "its own"\n',
    )
    found = load(path, {"LABKIT_URL": "https://b.example/"})
    assert (found.root, found.access.secret) == ("https://b.example/", "from a file")
    assert (found.collections, found.signer) == (("distillation",), None)
    assert found.evaluators["trustee"].secret == "its own"
    assert load(path, {"LABKIT_SECRET": "given"}).access.secret == "given"


def test_a_signer_may_be_known_beforehand() -> None:
    signer = signer_name(Ed25519PrivateKey.generate())
    assert load(None, {**ENV, "LABKIT_SIGNER": signer}).signer == signer


def test_no_secret_is_ever_shown() -> None:
    found: Config = load(None, {**ENV, "LABKIT_SECRET": "fshr_quiet"})
    assert "fshr_quiet" not in repr(found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('ulr = "https://hub.example"', "Did you mean url"),
        ("url = ", "cannot be read"),
        ('url = "https://hub.example"', "credential is not set"),
        ('url = "ftp://hub.example"', "no address of a hub"),
        ('url = "https://hub.example:99999/"', "no address of a hub"),
        ('url = "https://hub.example:port/"', "no address of a hub"),
        ('url = "https://[2001:db8::1/"', "no address of a hub"),
        ('url = "http://hub.example"', "clear text"),
        (COMPLETE + 'signer = "hello !"', "signer is 'hello !', which is no name of one"),
        (COMPLETE + 'signer = "c2hvcnQ"', "43 characters"),
        ('url = "https://who:what@hub.example"', "holds a credential"),
        ('[evaluators.trustee]\nurl = "x"', "evaluators.trustee: there is no setting 'url'"),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_do(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(TroubleError, match=said):
        load(written(tmp_path, text), {})


def test_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    secret = written(tmp_path, "quiet", "secret")
    env = {name: value for name, value in ENV.items() if name != "LABKIT_SECRET"}
    env |= {"LABKIT_SECRET_FILE": str(secret), "XDG_CONFIG_HOME": str(tmp_path)}
    assert load(None, env).access.secret == "quiet"
    for mode in (0o640, 0o604):
        secret.chmod(mode)
        with pytest.raises(TroubleError, match=f"chmod 600 {secret}"):
            load(None, env)


@pytest.mark.parametrize("text", ['secret = "s"', '[evaluators.trustee]\nsecret = "s"'])
def test_settings_with_a_secret_that_others_may_read_are_refused(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    path.chmod(0o644)
    with pytest.raises(TroubleError, match=f"chmod 600 {path}"):
        load(path, ENV)
    path.write_text("collections = []")
    assert load(path, ENV).collections == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "There is no secret_file"), (b" ", "is empty"), (b"\xff", "no text")],
)
def test_a_secret_file_without_a_secret_is_named(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    secret = tmp_path / "secret"
    if content is not None:
        secret.touch(0o600)
        secret.write_bytes(content)
    with pytest.raises(TroubleError, match=f"{said}"):
        load(None, {**ENV, "LABKIT_SECRET_FILE": str(secret), "XDG_CONFIG_HOME": str(tmp_path)})


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(TroubleError, match="check --config"):
        load(tmp_path / "none.toml", ENV)


@pytest.mark.parametrize(
    "url", ["https://hub.example", "https://hub.example/taxii2/", " https://hub.example/ "]
)
def test_the_hubs_address_may_be_that_of_its_discovery(url: str) -> None:
    assert hub_root(url) == "https://hub.example/"


def test_this_machine_may_be_spoken_to_in_clear() -> None:
    assert hub_root("http://127.0.0.1:8000/taxii2") == "http://127.0.0.1:8000/"

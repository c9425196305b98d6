"""A second evaluator: a process of its own, over a database and seeds of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from forum_share.embedded.front import free_port
from forum_share.embedded.home import CHECKOUT
from indicators.domain.tokens import Identifier
from indicators.matching import epochs, keys, remote, rotation
from indicators.matching.errors import TokenKeysError, TokensUnavailable
from indicators.matching.seeds import SeedStore, store
from indicators.matching.tokenise import tokens
from labkit.keylist import KeyList
from labkit.tokens import blind, combine, oprf_input
from tests import stack as stacks
from tests.forum import now
from tests.labs import new_lab
from tests.matching.keys import clerk
from tests.taxii.door import Caller


# One process for all of them: it is the dearest fixture of the suite.
pytestmark = pytest.mark.xdist_group("trustee")

MAIL = Identifier("email-addr", "heron.nine@kestrelmail.example")
OCTETS = {"Content-Type": "application/octet-stream"}


@dataclass
class Trustee:
    """The running evaluator and what its operator can do."""

    root: str
    env: Mapping[str, str]
    signer: str

    def manage(self, *words: str) -> str:
        return manage(self.env, *words)

    def credential(self, member: str) -> str:
        self.manage("add_member", member, "--name", member.title())
        found = re.search(r"fshr_\w+", self.manage("add_credential", member))
        assert found
        return found[0]

    def get(self, path: str, secret: str = "") -> requests.Response:
        headers = {"Authorization": f"Bearer {secret}"}
        return requests.get(f"{self.root}{path}", headers=headers, timeout=10)

    def evaluate(self, place: str, body: bytes, secret: str) -> requests.Response:
        url = f"{self.root}api/v1/matching/evaluations/{place}/"
        headers = {"Authorization": f"Bearer {secret}", **OCTETS}
        return requests.post(url, data=body, headers=headers, timeout=10)


def manage(env: Mapping[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, str(CHECKOUT / "manage.py"), *words],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def trustee(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trustee]:
    folder, port = tmp_path_factory.mktemp("trustee"), free_port()
    database = stacks.new_database(os.environ["DATABASE_URL"])
    env = {name: value for name, value in os.environ.items() if name != "REDIS_URL"} | {
        "DATABASE_URL": database,
        "EVALUATOR_ONLY": "true",
        "EVALUATOR_NAME": "trustee",
        "TOKEN_KEYS": str(folder / "keys"),
        "DJANGO_SETTINGS_MODULE": "forum_share.settings",
        "DATABASE_ROLE": "",
    }
    manage(env, "migrate", "--skip-checks")
    manage(env, "token_keys", "--skip-checks", "ensure")
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--no-control-socket",
         "--log-level", "warning", "forum_share.wsgi"],
        env={**env, "DATABASE_ROLE": "forum_web", "PYTHONPATH": str(CHECKOUT)},
        start_new_session=True,
    )  # fmt: skip
    try:
        signer = SeedStore(folder / "keys").signer_public()
        running = Trustee(f"http://127.0.0.1:{port}/", env, signer)
        wait_for(running)
        yield running
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)
        stacks.drop_database(database)


def wait_for(trustee: Trustee) -> None:
    for _ in range(300):
        try:
            if trustee.get("healthz").ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError("the evaluator does not answer")


@pytest.fixture(scope="module")
def hubs_secret(trustee: Trustee) -> str:
    return trustee.credential("hub")


@pytest.fixture
def hub(trustee: Trustee, hubs_secret: str, db: None, tmp_path: Path, settings: Any) -> SeedStore:
    """This process as a hub that knows of the trustee."""
    settings.TOKEN_KEYS = tmp_path
    settings.TOKEN_EVALUATORS = {"trustee": trustee.root}
    settings.TOKEN_EVALUATOR_SECRETS = {"trustee": hubs_secret}
    rotation.ensure(clerk(now()), store(), {})
    return store()


def introduced(trustee: Trustee, hub: SeedStore) -> KeyList:
    return remote.introduce(hub, "trustee", trustee.signer)


def joined(trustee: Trustee, hub: SeedStore) -> str:
    """Let the trustee take part at once; returns the current epoch of both.

    It is one for all tests here: the hub first follows to the letter that it is at.
    """
    partner = introduced(trustee, hub)
    theirs = partner.current_epoch("phone", now())
    while (ours := current(hub)) != theirs:
        rotation.revoke(clerk(now()), hub, reason="to the trustee's letter", epoch=ours)
        rotation.ensure(clerk(now()), hub, {})
    assert theirs in rotation.adopt(clerk(now()), hub, "trustee", partner, begun=True)
    return theirs


def current(hub: SeedStore) -> str:
    return keys.key_list(hub).current_epoch("phone", now())


def test_it_has_the_matching_doors_and_no_others(trustee: Trustee, hubs_secret: str) -> None:
    for path in ("", "admin/", "taxii2/", "forum/", "api/v1/", "readyz"):
        assert trustee.get(path, hubs_secret).status_code == 404, path
    assert trustee.get("healthz").json() == {"status": "ok"}
    assert trustee.get("api/v1/matching/keys/").status_code == 401
    assert trustee.get("api/v1/matching/budget/", hubs_secret).json()["evaluator"] == "trustee"


def test_a_lab_combines_both_and_the_worker_gets_the_same(trustee: Trustee, hub: SeedStore) -> None:
    epoch = joined(trustee, hub)
    lab, secret = new_lab("alder"), trustee.credential("alder")
    listed = KeyList.verified(Caller(lab).call("GET", "/api/v1/matching/keys/").json)
    assert listed.evaluators("email-addr", epoch) == ("hub", "trustee")
    assert listed.urls["trustee"] == trustee.root

    batch, place = blind([oprf_input(*MAIL)]), f"email-addr/{epoch}"
    ours = Caller(lab).call(
        "POST",
        f"/api/v1/matching/evaluations/{place}/",
        body=batch.body,
        content_type=OCTETS["Content-Type"],
    )
    theirs = trustee.evaluate(place, batch.body, secret)
    replies = {"hub": ours.response.content, "trustee": theirs.content}
    outputs = {
        name: batch.finalise(reply, listed.key("email-addr", epoch, name))[0]
        for name, reply in replies.items()
    }

    both = combine(outputs)
    assert tokens([MAIL], now=now())[MAIL].value == both
    assert combine({"hub": outputs["hub"]}) != both
    # The lab can check the trustee's own list against what the hub says of it.
    own = KeyList.verified(trustee.get("api/v1/matching/keys/", secret).json())
    assert own.key("email-addr", epoch, "trustee") == listed.key("email-addr", epoch, "trustee")


def test_it_takes_part_from_the_next_epoch_on_unless_told_otherwise(
    trustee: Trustee, hub: SeedStore
) -> None:
    alone = tokens([MAIL], now=now())[MAIL]
    partner = introduced(trustee, hub)
    assert current(hub) not in rotation.adopt(clerk(now()), hub, "trustee", partner, begun=False)
    assert rotation.ensure(clerk(now()), hub, {"trustee": partner}) == []
    assert tokens([MAIL], now=now())[MAIL] == alone


def test_an_epoch_is_made_only_with_the_keys_of_all(trustee: Trustee, hub: SeedStore) -> None:
    epoch = joined(trustee, hub)
    rotation.revoke(clerk(now()), hub, reason="a drill", epoch=epoch)
    with pytest.raises(TokenKeysError, match=r"trustee has no key of .* for"):
        rotation.ensure(clerk(now()), hub, remote.partners(hub))
    assert epoch not in epochs.live_epochs(now())
    trustee.manage("token_keys", "rotate", "--reason", "with the hub", "--epoch", epoch)
    (after,) = rotation.ensure(clerk(now()), hub, remote.partners(hub))
    assert keys.key_list(hub).evaluators("phone", after) == ("hub", "trustee")
    assert tokens([MAIL], now=now())[MAIL].epoch == after > epoch


def test_what_it_revokes_is_over_here_too(trustee: Trustee, hub: SeedStore) -> None:
    epoch = joined(trustee, hub)
    trustee.manage("token_keys", "rotate", "--reason", "broken into", "--epoch", epoch)
    (after,) = rotation.ensure(clerk(now()), hub, remote.partners(hub))
    assert current(hub) == after > epoch
    assert epoch in epochs.ended_epochs(now())


def test_another_signer_is_refused(trustee: Trustee, hub: SeedStore) -> None:
    with pytest.raises(TokenKeysError, match="another key than the pinned one"):
        remote.introduce(hub, "trustee", hub.signer_public())
    assert remote.partners(hub) == {}


def test_what_does_not_answer_is_told_and_makes_no_tokens(
    trustee: Trustee, hub: SeedStore, settings: Any
) -> None:
    joined(trustee, hub)
    settings.TOKEN_EVALUATOR_SECRETS = {}
    with pytest.raises(TokensUnavailable, match="answers 401"):
        tokens([MAIL], now=now())
    settings.TOKEN_EVALUATORS = {"trustee": f"http://127.0.0.1:{free_port()}/"}
    with pytest.raises(TokensUnavailable, match="does not answer"):
        tokens([MAIL], now=now())
    with pytest.raises(TokenKeysError, match="does not answer"):
        remote.partners(hub)
    settings.TOKEN_EVALUATORS = {}
    with pytest.raises(TokensUnavailable, match="TOKEN_EVALUATORS does not name"):
        tokens([MAIL], now=now())


def test_an_evaluator_that_nobody_configured_is_refused(hub: SeedStore) -> None:
    with pytest.raises(TokenKeysError, match="names no stranger"):
        remote.introduce(hub, "stranger", hub.signer_public())

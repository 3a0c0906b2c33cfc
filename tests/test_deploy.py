"""What stands in deploy/ is whole: units that systemd accepts, YAML with every role, and settings that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.config_file import load_settings
from core.runtime import metrics
from core.runtime.keys import NAMES

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
UNITS = ("helpline.service", "helpline@.service")


def loaded(name: str) -> Any:
    return yaml.safe_load((DEPLOY / name).read_text("utf-8"))


@pytest.mark.parametrize("name", UNITS)
def test_systemd_accepts_the_units(name: str, tmp_path: Path) -> None:
    text = (DEPLOY / name).read_text("utf-8")
    assert "ExecStart=/opt/helpline/.venv/bin/helpline run" in text
    assert "StartLimitBurst" in text
    verify = shutil.which("systemd-analyze")
    if verify is None:  # said in deploy/README.md: where there is no systemd, the text is all there is
        return
    there = tmp_path / name
    there.write_text(text.replace("/opt/helpline/.venv/bin/helpline", "/bin/true"))
    done = subprocess.run([verify, "verify", str(there)], capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if "helpline" in line]
    assert complaints == []


def test_compose_runs_every_role_and_publishes_nothing_but_the_proxy() -> None:
    services = loaded("compose.yaml")["services"]
    roles = {s["command"][-1] for s in services.values() if isinstance(s.get("command"), list)}
    assert roles == {"receive", "work", "lead"}
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    for name in roles:
        assert services[name]["restart"] == "always"
        assert services[name]["environment"]["HELPLINE_STORE__URL"].startswith("postgresql://")


def test_every_variable_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    from bots.settings import Settings

    texts = [(DEPLOY / name).read_text("utf-8") for name in ("helpline.env.example", "compose.yaml", *UNITS)]
    found = set(re.findall(r"HELPLINE_[A-Z_]+(?=[=:])", "\n".join(texts))) - set(NAMES)
    assert len(found) >= 5
    for name in found:
        monkeypatch.setenv(name, "9464" if name.endswith("PORT") else "x")
    load_settings(Settings, None, "en")


def test_what_processes_must_share_is_asked_for() -> None:
    """Containers have no folder in common, and the roles of one machine have no key but the folder's."""
    asked = (DEPLOY / "helpline.env.example").read_text("utf-8").splitlines()
    assert {f"{name}=" for name in NAMES} <= set(asked)
    unit = (DEPLOY / "helpline@.service").read_text("utf-8").splitlines()
    assert {"DynamicUser=yes", "User=helpline", "StateDirectory=helpline"} <= set(unit)


def test_the_image_has_every_file_that_the_settings_name() -> None:
    settings = yaml.safe_load((DEPLOY.parent / "config.yaml").read_text("utf-8"))
    file = settings["official"]["file"]
    copied = " ".join(
        re.findall(r"^COPY (?!--)(.*)", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    )
    assert {"config.yaml", file, f"{file}.sig", "flows"} <= set(copied.split())


def test_every_alert_asks_for_a_metric_that_exists() -> None:
    rules = [rule["expr"] for group in loaded("alerts.yaml")["groups"] for rule in group["rules"]]
    known = {family.name for family in metrics.REGISTRY.collect()}
    for expr in rules:
        (name,) = re.findall(r"helpline_[a-z_]+", expr)
        assert name.removesuffix("_total") in known, expr

"""The house rules that no linter knows: documents that tell the truth, words in every language, no platform in core."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
PLATFORMS = re.compile(r"telegram|discord", re.IGNORECASE)
HOLE = re.compile(r"\{[a-z_]+\}")


def blocks(name: str) -> list[str]:
    """The commands of a README, without their comments."""
    text = (ROOT / name).read_text("utf-8")
    found = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return [re.sub(r" +#.*", "", line).strip() for block in found for line in block.splitlines()]


def test_both_readmes_show_the_same_commands() -> None:
    assert blocks("README.md") == blocks("README.zh.md")
    assert blocks("README.md")[:2] == ["scripts/run", "scripts/test"]


def test_every_command_in_the_readme_exists() -> None:
    text = (ROOT / "README.md").read_text("utf-8") + (ROOT / "README.zh.md").read_text("utf-8")
    source = (ROOT / "bots" / "__main__.py").read_text("utf-8")
    for command in set(re.findall(r"helpline ([a-z]+)", text)):
        assert f"def {command}(" in source or f'name="{command}"' in source, command
    for path in re.findall(r"(?:^|[`(])((?:scripts|benchmarks|core|bots|tests|flows)/[\w./]+)", text):
        assert (ROOT / path).exists(), path


def test_the_map_names_only_what_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    for path in re.findall(r"`((?:core|bots|flows|tests)/[\w/.]*)`", text):
        assert (ROOT / path).exists(), path


def test_ci_runs_the_readmes_own_test_command() -> None:
    assert "exec scripts/test" in (ROOT / ".ci" / "run").read_text("utf-8")


@pytest.mark.parametrize(
    "path", sorted((ROOT / "core").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT))
)
def test_core_names_no_platform(path: Path) -> None:
    assert not PLATFORMS.search(path.read_text("utf-8"))


def test_operators_sentences_exist_in_every_language_with_the_same_holes() -> None:
    for folder in (ROOT / "core" / "words", ROOT / "bots" / "telegram" / "words"):
        files = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(folder.glob("*.yaml"))]
        assert len(files) == 2
        assert set(files[0]) == set(files[1])
        for key in files[0]:
            assert set(HOLE.findall(files[0][key])) == set(HOLE.findall(files[1][key])), key


def test_every_sentence_that_code_names_exists() -> None:
    words = yaml.safe_load((ROOT / "core" / "words" / "en.yaml").read_text("utf-8"))
    for folder in ("core", "bots"):
        for path in (ROOT / folder).rglob("*.py"):
            for code in re.findall(r'sentence\(\s*"([\w.]+)"', path.read_text("utf-8")):
                assert code in words, (path, code)


def test_nothing_of_this_machine_is_in_the_project() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    machine = re.compile("/" + "work/|" + "far" + "m-|" + r"/\.lib" + "rary|pypi\\." + "org|registry\\.npm")
    for name in listed.stdout.split("\n"):
        path = ROOT / name
        if name and path.suffix in (".py", ".md", ".toml", ".yaml", ".lock", "", ".sql") and path.is_file():
            assert not machine.search(path.read_text("utf-8", "replace")), name

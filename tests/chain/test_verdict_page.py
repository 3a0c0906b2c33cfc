"""docs/verdicts.md is made from the code; `pytest --accept` writes it anew."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from core.chain.meanings import MEANINGS, Step
from core.chain.verdict import FactName
from core.sentences import sentence

ROOT = Path(__file__).resolve().parents[2]


def page() -> str:
    """docs/verdicts.md, made from the code."""
    lines = [(ROOT / "docs" / "verdicts.md").read_text("utf-8").split("\n## The list")[0], "## The list\n"]
    lines.append(
        "| verdict | 中文 | English | rows | who | next step | always proved by | again | bad news |"
    )
    lines.append("|---|---|---|---|---|---|---|---|---|")
    for name, m in MEANINGS.items():
        again = ", ".join(f"{seconds / 60:g}" for seconds in m.again)
        told = [sentence(f"verdict.{name}", language) for language in ("zh", "en")]
        cells = [
            f"`{name}`",
            *told,
            ", ".join(m.rows),
            m.who,
            m.step,
            ", ".join(m.proof),
            again,
            "yes" * m.negative,
        ]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["\n## Next steps\n", "| step | 中文 | English |", "|---|---|---|"]
    lines += [
        f"| {step} | {sentence(f'step.{step}', 'zh')} | {sentence(f'step.{step}', 'en')} |"
        for step in get_args(Step)
    ]
    lines += ["\n## Evidence\n", "| fact | 中文 | English |", "|---|---|---|"]
    lines += [
        f"| {fact} | {sentence(f'fact.{fact}', 'zh')} | {sentence(f'fact.{fact}', 'en')} |"
        for fact in get_args(FactName)
    ]
    return "\n".join(lines) + "\n"


def test_the_page_of_verdicts_tells_what_the_code_does(pytestconfig: pytest.Config) -> None:
    path = ROOT / "docs" / "verdicts.md"
    if pytestconfig.getoption("--accept"):
        path.write_text(page(), "utf-8")
    assert path.read_text("utf-8") == page()

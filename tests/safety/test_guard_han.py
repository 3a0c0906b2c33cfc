"""Han characters: phrases in the midst of sentences, and the prose that is most like them.

The figures with large corpora are in docs/guard.md.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.guard_phrases import hidden
from core.safety.guard import inspect
from core.safety.neighbours import ALONE, BEHIND, FOREIGN, WIDTH
from core.safety.rows import row_of
from core.safety.wordlists import CHARACTER_INDEX, CHARACTERS, FOLDER

ROOT = Path(__file__).resolve().parents[2]
LISTED = st.sampled_from(sorted(CHARACTERS))


def behind(first: str, second: str) -> int:
    return BEHIND[CHARACTER_INDEX[first] * WIDTH + CHARACTER_INDEX[second]]


def test_a_phrase_in_a_sentence_that_does_not_announce_it_is_found_whole_and_with_a_mistake() -> None:
    found: Counter[str] = Counter()
    samples = list(hidden(random.Random(3), 150))
    for sample in samples:
        found[sample.group.split("/")[1]] += inspect(sample.text).kinds == ("seed_phrase",)
    each = len(samples) / 4
    assert found["whole"] == each
    assert min(found.values()) >= 0.97 * each, found


def test_what_is_left_of_a_phrase_with_a_mistake_opens_nothing() -> None:
    for sample in hidden(random.Random(4), 60):
        seen = inspect(sample.text)
        if seen.kinds:
            covered = sum(letter not in seen.text for letter in set(sample.secret))
            assert covered >= 7, sample  # of 11 bits each


def test_poems_idioms_and_lists_of_people_and_places_pass() -> None:
    lines = (ROOT / "tests/data/guard/dense.zh.txt").read_text("utf-8").splitlines()
    assert len(lines) == len(set(lines)) == 100
    wrong = [line for line in lines if inspect(line).kinds]
    assert len(wrong) <= 1, wrong


@pytest.mark.parametrize(
    "text",
    [
        "请手机截屏助记词页面发来，人工核验之后立刻解冻",
        "没有订购过的设备一律不用，正规厂家不会让您把助记词填进寄来的设备",
        "王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙",
        "张 伟 王 芳 李 娜",
    ],
)
def test_talk_of_phrases_and_names_passes(text: str) -> None:
    assert inspect(text).kinds == ()


def test_what_makes_a_word_weighs_less_than_strangers() -> None:
    assert behind("朋", "友") < behind("朋", "的") < behind("朋", "柬")
    assert behind("钱", "包") < 0 < behind("包", "柬")
    assert ALONE[CHARACTER_INDEX["的"]] < 0 < ALONE[CHARACTER_INDEX["柬"]]
    assert ALONE[-1] == FOREIGN
    assert {BEHIND[row * WIDTH + WIDTH - 1] for row in range(WIDTH)} == {FOREIGN}


@given(st.lists(LISTED | st.sampled_from("龘囧𠀀a"), min_size=1, max_size=40), st.data())
def test_a_row_weighs_what_its_pairs_weigh(letters: list[str], data: st.DataObject) -> None:
    text = "".join(letter for letter in letters if "\u3400" <= letter <= "\u9fff")
    if not text:
        return
    row = row_of(text, [(0, len(text))], 0)
    numbers = [CHARACTER_INDEX.get(CHARACTERS.get(letter, ""), -1) for letter in text]
    assert row.numbers == numbers
    expected = [ALONE[numbers[0]]]
    for before, after in pairwise(numbers):
        place = before if before >= 0 else WIDTH - 1
        expected.append(BEHIND[place * WIDTH + (after if after >= 0 else WIDTH - 1)])
    assert row.scores == expected
    first = data.draw(st.integers(0, len(text) - 1))
    last = data.draw(st.integers(first, len(text) - 1))
    assert row.total(first, last) == sum(expected[first : last + 1])
    assert row.worth(first, last) <= row.total(first, last)
    wider = row.widened(first, last)
    assert wider[0] <= first <= last <= wider[1]
    assert wider[1] - wider[0] + 1 == max(last - first + 1, min(10, len(text)))


def test_the_weights_are_made_of_a_dictionary(tmp_path: Path) -> None:
    words = tmp_path / "dict.txt"
    words.write_text("\n".join(["朋友 9000 n", "友人 90 n", "的 90000 u", "人 5000 n", "A 3 n"]), "utf-8")
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/weigh", words, tmp_path], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    alone = dict(line.split(" ", 1) for line in (tmp_path / "commons.txt").read_text("utf-8").splitlines())
    assert list(alone) == list(CHARACTER_INDEX)
    assert int(alone["的"].split()[0]) == -10  # the oftenest
    assert int(alone["朋"].split()[2]) > 0  # hardly ever ends a word
    pairs = {line[0]: line[1:] for line in (tmp_path / "pairs.txt").read_text("utf-8").splitlines()}
    assert "友" in pairs["朋"]
    assert "朋" not in pairs.get("友", "")


def test_every_shipped_pair_is_of_the_list() -> None:
    for line in (FOLDER / "pairs.txt").read_text("utf-8").splitlines():
        letters = [letter for letter in line if not letter.isascii()]
        assert set(letters) <= set(CHARACTER_INDEX), line
        assert len(letters[1:]) == len(set(letters[1:])), line
        assert line[1].islower()
        assert line[1].isascii()

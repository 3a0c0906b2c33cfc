"""Words that say nothing about a topic ("how do I", "请问"): the router hardly counts them.

A language whose words are missing here still routes, only less surely.
"""

from __future__ import annotations

_SPACED = """
    a about actually after again all also am an and any anyone are as at be been being but by can cannot could cant
    did do does doing dont else ever every for from get gets getting give go goes going gonna got guy guys had has have
    having he hello help her here hey hi him his how i if im in into is it its ive just kindly let like lol lot made
    make many may me more much my need needs not now of off oh ok okay on one or our out over please pls plz
    really say says she should since smh so some someone something still such tell tells than thank thanks that the
    their them then there these they thing this those to today too tonight tried try trying u up us use very wanna
    want wants was way we well went were what whats when where which while who why will with would wtf yes yesterday
    yet yo you your
    change changed find guess keep keeps know look looking looks new open set show shows slow take takes taking
    work works working
"""
WORDS = frozenset(_SPACED.split())
"""Before stemming, without apostrophes."""

CHARACTERS = frozenset(
    "我你他她它您们的了吗呢啊吧呀嘛哦是这那哪个些什么怎样为啥谁请问帮忙好想要能可以有在知道和跟与就都也很又再把被让给说着过"
)
"""A pair of Chinese characters is idle when both of its characters are."""

"""What is wrong with a rule before it has any occasion: its texts are filled with sample values and read like a draft."""

from __future__ import annotations

from core.broadcast.office import Office
from core.config import Settings
from core.config_notices import Price, Rule, Upgrade
from core.errors import HelplineError
from core.notices.drafting import TEXTS, called, source, templates, writer
from core.sentences import message, operator_language, told

SAMPLES = {
    "network": "Ethereum", "title": "Pectra", "height": "21000000", "before": "20999000", "low": "1800000000",
    "high": "1800003600", "since": "1800000000", "what": "Ethereum", "asset": "BTC", "currency": "USD",
    "source": "helpline", "at": "1800000000", "hours": "24", "percent": "-12.3%", "after": "43210.5",
}  # fmt: skip
"""A value for every hole of every template."""


def texts_of(rule: Rule) -> list[str]:
    """The templates that a rule may need."""
    return [name for name in TEXTS if name.split("_")[0] == rule.kind]


def faults_of(rule: Rule, settings: Settings, office: Office) -> list[str]:
    """A sentence for each fault; none: it can draft."""
    language, found = operator_language(), []
    networks = {network.name for network in settings.transactions.networks}
    if isinstance(rule, Upgrade) and rule.network not in networks:
        found.append(told("notices.network", network=rule.network))
    if isinstance(rule, Price) and rule.sort != "market":
        found.append(told("notices.market"))
    for text in texts_of(rule):
        try:
            words = templates(settings.notices.texts, settings.languages)
            name = called(rule.name, "1", "first")
            file = source(rule, name, text, SAMPLES, words, writer(settings.desk.zone))
        except HelplineError as error:
            return [*found, str(error)]
        found += [f"{text}: {message(fault, language)}" for fault in office.read(f"{text}.yaml", file).faults]
    return list(dict.fromkeys(found))

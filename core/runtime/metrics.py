"""What is counted, for Prometheus: one table. No label holds anything of a person: channels, kinds and outcomes only."""

from __future__ import annotations

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

REGISTRY = CollectorRegistry()
UPDATES = Counter(
    "helpline_updates", "Events that came in and are stored", ["channel", "kind"], registry=REGISTRY
)
EFFECTS = Counter(
    "helpline_effects", "Rows of the outbox that were tried", ["kind", "outcome"], registry=REGISTRY
)
SECRETS = Counter(
    "helpline_secrets_found",
    "Secrets that people sent, masked before anything was stored",
    ["kind"],
    registry=REGISTRY,
)
ALARMS = Counter("helpline_alarms", "Sentences that a person has to read", registry=REGISTRY)
NOTICES = Counter(
    "helpline_notices",
    "What came of the rules that draft by themselves",
    ["kind", "outcome"],
    registry=REGISTRY,
)
OCCASIONS = Gauge("helpline_occasions_open", "Occasions that are not over", registry=REGISTRY)
INCIDENTS = Gauge(
    "helpline_incidents_open", "Incidents whose banner stands before everybody", registry=REGISTRY
)
INVALID = Gauge(
    "helpline_invalid_requests",
    "401, 403 and 429 of a platform in ten minutes",
    ["channel"],
    registry=REGISTRY,
)
LAG = Gauge(
    "helpline_event_loop_lag_seconds", "The longest wait for the event loop lately", registry=REGISTRY
)
QUEUE_AGE = Gauge("helpline_queue_age_seconds", "Age of the oldest that waits", ["queue"], registry=REGISTRY)
QUEUED = Gauge("helpline_queue_depth", "How much waits, up to a thousand", ["queue"], registry=REGISTRY)
READY = Gauge("helpline_ready", "1 while nothing keeps this process from its work", registry=REGISTRY)

PARTS = Gauge(
    "helpline_connection_parts",
    "Parts of a channel's connection: held by this process, connected here, and free for all",
    ["channel", "state"],
    registry=REGISTRY,
)


@cache
def series(counter: Counter, *labels: str) -> Counter:
    """One series of a counter, looked up once: the look-up costs more than the counting."""
    return counter.labels(*labels)


def exposition() -> bytes:
    """Everything in Prometheus' text form."""
    return generate_latest(REGISTRY)

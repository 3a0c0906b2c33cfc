-- The first shape of the store: what came in, what was said, what is to be done.
-- Portable on purpose: BIGINT and DOUBLE PRECISION mean the same to SQLite and to PostgreSQL. Only
-- "INTEGER PRIMARY KEY AUTOINCREMENT" is SQLite's own (ids must never be used twice, even after a purge:
-- outbox keys are made from inbox ids); an engine with identity columns replaces that one phrase.

CREATE TABLE migration (
    number     BIGINT PRIMARY KEY,
    name       TEXT NOT NULL,
    checksum   TEXT NOT NULL,
    applied_at DOUBLE PRECISION NOT NULL
);

-- Inbound events: remembered before they are acknowledged to a platform.
CREATE TABLE event (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    channel  TEXT NOT NULL,
    event_id TEXT NOT NULL,
    lane     TEXT NOT NULL,
    payload  TEXT NOT NULL,
    at       DOUBLE PRECISION NOT NULL,
    status   TEXT NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'turned', 'dead')),
    attempts BIGINT NOT NULL DEFAULT 0,
    error    TEXT NOT NULL DEFAULT '',
    UNIQUE (channel, event_id)
);
CREATE INDEX event_waiting ON event (id) WHERE status = 'waiting';
CREATE INDEX event_dead ON event (id) WHERE status = 'dead';
CREATE INDEX event_turned ON event (at) WHERE status = 'turned';

CREATE TABLE conversation (
    key      TEXT PRIMARY KEY,
    state    TEXT NOT NULL,
    revision BIGINT NOT NULL
);

-- Effects to perform. channel, chat and person repeat the address, so that blocking and moving can find them.
-- settled_at is 0 while an effect is queued.
CREATE TABLE effect (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    key        TEXT NOT NULL UNIQUE,
    lane       TEXT NOT NULL,
    rank       BIGINT NOT NULL,
    kind       TEXT NOT NULL,
    address    TEXT NOT NULL,
    channel    TEXT NOT NULL,
    chat       TEXT NOT NULL,
    person     TEXT NOT NULL,
    payload    TEXT NOT NULL,
    due        DOUBLE PRECISION NOT NULL,
    status     TEXT NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'done', 'dead', 'uncertain')),
    attempts   BIGINT NOT NULL DEFAULT 0,
    maybe_sent BIGINT NOT NULL DEFAULT 0,
    error      TEXT NOT NULL DEFAULT '',
    receipt    TEXT NOT NULL DEFAULT '',
    settled_at DOUBLE PRECISION NOT NULL DEFAULT 0
);
CREATE INDEX effect_due ON effect (due) WHERE status = 'queued';
CREATE INDEX effect_lane ON effect (lane, due, id) WHERE status = 'queued';
CREATE INDEX effect_person ON effect (channel, person) WHERE status = 'queued';
CREATE INDEX effect_settled ON effect (status, settled_at, id) WHERE status <> 'queued';

CREATE TABLE subscriber (
    channel    TEXT NOT NULL,
    person     TEXT NOT NULL,
    chat       TEXT NOT NULL,
    language   TEXT NOT NULL,
    seen_at    DOUBLE PRECISION NOT NULL,
    blocked_at DOUBLE PRECISION NOT NULL DEFAULT 0,
    PRIMARY KEY (channel, person)
);
CREATE INDEX subscriber_chat ON subscriber (channel, chat);

-- What waits for a human. Numbers come from counter, without gaps: people read them aloud.
CREATE TABLE counter (
    name  TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counter (name, value) VALUES ('ticket', 1000);

CREATE TABLE ticket (
    number       BIGINT PRIMARY KEY,
    key          TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL,
    skill        TEXT NOT NULL,
    urgency      TEXT NOT NULL,
    language     TEXT NOT NULL,
    flow         TEXT NOT NULL,
    slots        TEXT NOT NULL,
    opened_at    DOUBLE PRECISION NOT NULL,
    status       TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed'))
);
CREATE INDEX ticket_open ON ticket (conversation, number) WHERE status = 'open';

CREATE TABLE ticket_note (
    key    TEXT PRIMARY KEY,
    number BIGINT NOT NULL REFERENCES ticket (number),
    at     DOUBLE PRECISION NOT NULL,
    text   TEXT NOT NULL,
    ref    TEXT NOT NULL
);
CREATE INDEX ticket_note_number ON ticket_note (number);

-- Who leads. The epoch rises with each change of owner and fences the writes of the one before.
CREATE TABLE lease (
    name  TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    until DOUBLE PRECISION NOT NULL
);

CREATE TABLE flow (
    hash      TEXT PRIMARY KEY,
    name      TEXT NOT NULL,
    version   BIGINT NOT NULL,
    sources   TEXT NOT NULL,
    stored_at DOUBLE PRECISION NOT NULL
);

-- Due moments that were used.
CREATE TABLE slot (
    schedule   TEXT NOT NULL,
    slot       TEXT NOT NULL,
    claimed_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (schedule, slot)
);

CREATE TABLE audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      DOUBLE PRECISION NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL
);

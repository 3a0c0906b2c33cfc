-- Broadcasts: what two people stand behind, and who got it.
--
-- The law of these tables: nothing is sent that a second person did not approve as it stands. It is held by constraints,
-- so that no path of the program, and no statement by hand, can leave it out:
--   a state that sends names an approval of the very version that is current (CHECK);
--   an approval names a version by its hash and its author (FOREIGN KEY), and its approver is somebody else (CHECK);
--   an edit makes a new version, which has no approval;
--   a delivery names an approval (FOREIGN KEY);
--   a state changes only along broadcast_step (FOREIGN KEY on what it was and what it is).

CREATE TABLE broadcast_step (
    was   TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (was, state)
);
INSERT INTO broadcast_step (was, state) VALUES
    ('draft', 'draft'), ('draft', 'in_review'), ('draft', 'cancelled'),
    ('in_review', 'draft'), ('in_review', 'approved'), ('in_review', 'cancelled'), ('in_review', 'expired'),
    ('approved', 'draft'), ('approved', 'scheduled'), ('approved', 'cancelled'), ('approved', 'expired'),
    ('scheduled', 'draft'), ('scheduled', 'running'), ('scheduled', 'cancelled'), ('scheduled', 'expired'),
    ('scheduled', 'failed'),
    ('running', 'paused'), ('running', 'scheduled'), ('running', 'finished'), ('running', 'cancelled'),
    ('running', 'failed'), ('running', 'expired'),
    ('paused', 'running'), ('paused', 'cancelled'), ('paused', 'failed'), ('paused', 'expired');

-- One version of a broadcast, never changed: `source` as its author wrote it, `content` as it will be sent (JSON),
-- `hash` its SHA-256.
CREATE TABLE broadcast_version (
    name       TEXT NOT NULL,
    version    BIGINT NOT NULL,
    hash       TEXT NOT NULL,
    author     TEXT NOT NULL CHECK (author <> ''),
    source     TEXT NOT NULL,
    content    TEXT NOT NULL,
    written_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (name, version),
    UNIQUE (name, version, hash, author)
);

-- people: how many the audience had when it was approved.
CREATE TABLE broadcast_approval (
    name        TEXT NOT NULL,
    version     BIGINT NOT NULL,
    hash        TEXT NOT NULL,
    author      TEXT NOT NULL,
    approver    TEXT NOT NULL CHECK (approver <> ''),
    people      BIGINT NOT NULL,
    approved_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (name, version),
    FOREIGN KEY (name, version, hash, author) REFERENCES broadcast_version (name, version, hash, author),
    CHECK (approver <> author)
);

-- approved: the version that was approved, NULL while none is. reason: why it is in this state, for people.
-- stage: how far the ramp has opened, since stage_at.
CREATE TABLE broadcast (
    name       TEXT PRIMARY KEY,
    code       TEXT NOT NULL UNIQUE,
    version    BIGINT NOT NULL,
    approved   BIGINT,
    was        TEXT NOT NULL DEFAULT 'draft',
    state      TEXT NOT NULL DEFAULT 'draft',
    reason     TEXT NOT NULL DEFAULT '',
    changed_at DOUBLE PRECISION NOT NULL,
    stage      BIGINT NOT NULL DEFAULT 0,
    stage_at   DOUBLE PRECISION NOT NULL DEFAULT 0,
    FOREIGN KEY (name, version) REFERENCES broadcast_version (name, version),
    FOREIGN KEY (name, approved) REFERENCES broadcast_approval (name, version),
    FOREIGN KEY (was, state) REFERENCES broadcast_step (was, state),
    CHECK (state IN ('draft', 'in_review', 'cancelled', 'expired') OR (approved IS NOT NULL AND approved = version)),
    CHECK (state NOT IN ('draft', 'in_review') OR approved IS NULL)
);
CREATE INDEX broadcast_live ON broadcast (state, name) WHERE state IN ('approved', 'scheduled', 'running', 'paused');

CREATE VIEW broadcast_now AS
SELECT
    broadcast.name, code, broadcast.version, state, reason, changed_at, stage, stage_at,
    broadcast_version.author, broadcast_version.hash, source, content,
    COALESCE(approver, '') AS approver, COALESCE(people, 0) AS people
FROM broadcast
JOIN broadcast_version ON broadcast_version.name = broadcast.name AND broadcast_version.version = broadcast.version
LEFT JOIN broadcast_approval
    ON broadcast_approval.name = broadcast.name AND broadcast_approval.version = broadcast.approved;

-- One due moment in one zone ('' where people told none). channel and person are the cursor: everybody up to there
-- has their rows in the outbox, nobody behind it has.
CREATE TABLE broadcast_run (
    name    TEXT NOT NULL,
    version BIGINT NOT NULL,
    slot    TEXT NOT NULL,
    zone    TEXT NOT NULL,
    due     DOUBLE PRECISION NOT NULL,
    channel TEXT NOT NULL DEFAULT '',
    person  TEXT NOT NULL DEFAULT '',
    made    BIGINT NOT NULL DEFAULT 0,
    ended   BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (name, version, slot, zone),
    FOREIGN KEY (name, version) REFERENCES broadcast_approval (name, version)
);

-- What one person gets of one broadcast; `key` is its row in the outbox. `ref` is the message that it became.
CREATE TABLE delivery (
    key      TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    version  BIGINT NOT NULL,
    channel  TEXT NOT NULL,
    person   TEXT NOT NULL,
    chat     TEXT NOT NULL,
    language TEXT NOT NULL,
    made_at  DOUBLE PRECISION NOT NULL,
    outcome  TEXT NOT NULL DEFAULT 'queued' CHECK (outcome IN ('queued', 'sent', 'failed', 'blocked', 'uncertain')),
    ended_at DOUBLE PRECISION NOT NULL DEFAULT 0,
    ref      TEXT NOT NULL DEFAULT '',
    error    TEXT NOT NULL DEFAULT '',
    FOREIGN KEY (name, version) REFERENCES broadcast_approval (name, version)
);
CREATE INDEX delivery_queued ON delivery (name, version) WHERE outcome = 'queued';
CREATE INDEX delivery_ended ON delivery (name, version, ended_at);
CREATE INDEX delivery_person ON delivery (channel, person, made_at);

-- Deliveries counted as they end: a million rows are never counted while people wait for a reply.
CREATE TABLE delivery_tally (
    name     TEXT NOT NULL,
    version  BIGINT NOT NULL,
    channel  TEXT NOT NULL,
    language TEXT NOT NULL,
    outcome  TEXT NOT NULL,
    people   BIGINT NOT NULL,
    PRIMARY KEY (name, version, channel, language, outcome)
);

-- People who want nothing that nobody asked for, and what the operator knows of people.
CREATE TABLE opt_out (
    channel TEXT NOT NULL,
    person  TEXT NOT NULL,
    at      DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (channel, person)
);
CREATE TABLE attribute (
    channel TEXT NOT NULL,
    person  TEXT NOT NULL,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (channel, person, name)
);
CREATE INDEX attribute_value ON attribute (name, value);

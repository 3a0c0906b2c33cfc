-- Security education: who asked for lessons, and how far each due moment has got.

-- topics and given are names with a space between. since: from when on this zone's moments are theirs;
-- left_at is 0 while they want lessons.
CREATE TABLE subscription (
    channel  TEXT NOT NULL,
    person   TEXT NOT NULL,
    language TEXT NOT NULL,
    zone     TEXT NOT NULL,
    topics   TEXT NOT NULL,
    given    TEXT NOT NULL DEFAULT '',
    since    DOUBLE PRECISION NOT NULL,
    left_at  DOUBLE PRECISION NOT NULL DEFAULT 0,
    PRIMARY KEY (channel, person)
);
CREATE INDEX subscription_zone ON subscription (zone, channel, person) WHERE left_at = 0;

-- One due moment of a schedule, claimed in slot. channel and person are the cursor: everybody up to there has
-- their rows in the outbox, nobody behind it has.
CREATE TABLE run (
    schedule TEXT NOT NULL,
    slot     TEXT NOT NULL,
    zone     TEXT NOT NULL,
    due      DOUBLE PRECISION NOT NULL,
    status   TEXT NOT NULL CHECK (status IN ('running', 'finished', 'missed')),
    channel  TEXT NOT NULL DEFAULT '',
    person   TEXT NOT NULL DEFAULT '',
    made     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (schedule, slot),
    FOREIGN KEY (schedule, slot) REFERENCES slot (schedule, slot)
);
CREATE INDEX run_running ON run (schedule, due) WHERE status = 'running';

-- What nobody waits for: few rows at any moment, counted before more are made.
CREATE INDEX effect_low ON effect (rank) WHERE status = 'queued' AND rank > 0;

-- Broadcasts that draft themselves. Their author is the house, "(house)", which is nobody of the roster: a person has to
-- take such a draft over as its author before another one can approve it. persons: how many stand behind it.
ALTER TABLE broadcast_approval ADD COLUMN persons BIGINT NOT NULL DEFAULT 2
    CHECK (persons = 2 AND author <> '(house)' AND approver <> '(house)');
INSERT INTO broadcast_step (was, state) VALUES ('draft', 'expired');

-- An occasion of a rule, one open at a time. key: what it is about (a height), or when it began. moves: how often its
-- key was changed. ended_at: 0 while it is open.
CREATE TABLE occasion (
    rule     TEXT NOT NULL,
    key      TEXT NOT NULL,
    begun_at DOUBLE PRECISION NOT NULL,
    ended_at DOUBLE PRECISION NOT NULL DEFAULT 0,
    moves    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (rule, key)
);
CREATE UNIQUE INDEX occasion_open ON occasion (rule) WHERE ended_at = 0;

-- What was drafted for an occasion, each step once. name: the broadcast, '' where none was written; held: why not.
CREATE TABLE notice (
    rule TEXT NOT NULL,
    key  TEXT NOT NULL,
    step TEXT NOT NULL,
    deed TEXT NOT NULL CHECK (deed IN ('begin', 'again', 'move', 'end')),
    name TEXT NOT NULL,
    held TEXT NOT NULL DEFAULT '' CHECK (held IN ('', 'cooldown', 'day')),
    at   DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (rule, key, step)
);
CREATE INDEX notice_at ON notice (at);

-- The prices of the last hours, so that a restart does not forget what they were.
CREATE TABLE price (
    rule  TEXT NOT NULL,
    at    DOUBLE PRECISION NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (rule, at)
);

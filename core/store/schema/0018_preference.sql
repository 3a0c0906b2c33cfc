-- What people told in /settings, beside what they subscribed to.

-- zone is '' while it is unknown. quiet is '' for the house's own hours, else "21:00-09:00" on their wall. week is how many
-- broadcasts they want in seven days at most; 1000 is no bound of their own.
CREATE TABLE preference (
    channel    TEXT NOT NULL,
    person     TEXT NOT NULL,
    zone       TEXT NOT NULL DEFAULT '',
    quiet      TEXT NOT NULL DEFAULT '',
    week       BIGINT NOT NULL DEFAULT 1000,
    changed_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (channel, person)
);
INSERT INTO preference (channel, person, zone, changed_at) SELECT channel, person, zone, since FROM subscription;

-- A coin or a network that they hold or follow, out of the operator's list: never how much of it.
CREATE TABLE asset (
    channel TEXT NOT NULL,
    person  TEXT NOT NULL,
    name    TEXT NOT NULL,
    PRIMARY KEY (channel, person, name)
);

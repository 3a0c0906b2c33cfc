-- Incidents: a text that two people stand behind, before everybody's answers while it is open.
-- The text is the content of an approved broadcast (FOREIGN KEY), so nobody can put one before people alone.
-- change: counts its texts. closed_at: 0 while it is open.
CREATE TABLE incident (
    number    BIGINT PRIMARY KEY,
    name      TEXT NOT NULL,
    version   BIGINT NOT NULL,
    change    BIGINT NOT NULL DEFAULT 1,
    opened_at DOUBLE PRECISION NOT NULL,
    opened_by TEXT NOT NULL CHECK (opened_by <> ''),
    closed_at DOUBLE PRECISION NOT NULL DEFAULT 0,
    closed_by TEXT NOT NULL DEFAULT '',
    FOREIGN KEY (name, version) REFERENCES broadcast_approval (name, version)
);
CREATE UNIQUE INDEX incident_open ON incident (name) WHERE closed_at = 0;

-- Who is told when it is over: those who read its banner.
CREATE TABLE affected (
    incident BIGINT NOT NULL,
    channel  TEXT NOT NULL,
    person   TEXT NOT NULL,
    at       DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (incident, channel, person)
);

-- What was first seen of a transaction (JSON), while somebody waits for it: without it nobody could tell later whether it
-- was replaced, dropped or never there. `until`: nothing needs it any more after that, and it goes.
CREATE TABLE snapshot (
    id      TEXT NOT NULL,
    network TEXT NOT NULL,
    body    TEXT NOT NULL,
    until   DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (id, network)
);
CREATE INDEX snapshot_until ON snapshot (until);

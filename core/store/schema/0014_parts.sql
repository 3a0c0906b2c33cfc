-- The numbered parts of a channel's connection, which several processes share, and what they tell each other.

CREATE TABLE sharer (
    channel TEXT NOT NULL,
    worker  BIGINT NOT NULL,
    PRIMARY KEY (channel, worker)
);

-- holder: the number of the worker that holds the part, 0 for nobody. A worker's number is never given twice, so it is
-- the epoch of the lease, too. session: what the holder leaves for whoever comes next.
CREATE TABLE part (
    channel TEXT NOT NULL,
    number  BIGINT NOT NULL,
    holder  BIGINT NOT NULL,
    session TEXT NOT NULL,
    PRIMARY KEY (channel, number)
);

-- What one process of a channel knows and another may need: good until that moment, in epoch seconds.
CREATE TABLE shared_note (
    name  TEXT PRIMARY KEY,
    text  TEXT NOT NULL,
    until DOUBLE PRECISION NOT NULL
);
CREATE INDEX shared_note_until ON shared_note (until);

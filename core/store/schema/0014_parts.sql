-- The numbered parts of a channel's connection, which several processes share.

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

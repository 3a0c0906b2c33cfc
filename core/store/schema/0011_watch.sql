-- "Tell me when it is credited, withdrawable or in trouble". A row goes when its watch ends, and the transaction with it.
-- block is -1 while the transaction is in none; due is the height at which there is something to say, look_at when it
-- is looked up again meanwhile. message is the key of the row that became the progress bar, "" while there is none.
CREATE TABLE watch (
    id             TEXT PRIMARY KEY,
    lane           TEXT NOT NULL,
    address        TEXT NOT NULL,
    flow           TEXT NOT NULL,
    network        TEXT NOT NULL,
    transaction_id TEXT NOT NULL,
    goal           TEXT NOT NULL CHECK (goal IN ('credited', 'withdrawable', 'trouble')),
    until          DOUBLE PRECISION NOT NULL,
    block          BIGINT NOT NULL DEFAULT -1,
    block_hash     TEXT NOT NULL DEFAULT '',
    due            BIGINT NOT NULL DEFAULT -1,
    look_at        DOUBLE PRECISION NOT NULL,
    said           TEXT NOT NULL DEFAULT '',
    message        TEXT NOT NULL DEFAULT '',
    UNIQUE (lane, network, transaction_id)
);
CREATE INDEX watch_transaction ON watch (network, transaction_id);
CREATE INDEX watch_due ON watch (network, due) WHERE block >= 0;
CREATE INDEX watch_block ON watch (network, block_hash) WHERE block >= 0;
CREATE INDEX watch_look ON watch (network, look_at) WHERE block < 0;
CREATE INDEX watch_until ON watch (until);

-- What was said: each event of a watch once for each block, whatever dies in between.
CREATE TABLE watch_notice (
    watch TEXT NOT NULL REFERENCES watch (id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    block TEXT NOT NULL,
    PRIMARY KEY (watch, event, block)
);

-- The newest blocks that were looked through, so that a reorganisation is seen and nothing is skipped after a crash.
CREATE TABLE watch_tip (
    network TEXT NOT NULL,
    number  BIGINT NOT NULL,
    hash    TEXT NOT NULL,
    PRIMARY KEY (network, number)
);

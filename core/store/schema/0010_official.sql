-- What is official: how far its list has come, the one-time codes of agents, and what staff cleared.

-- The highest version of the official list that was ever believed here, and the fingerprint of its bytes.
CREATE TABLE official_list (
    name    TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    digest  TEXT NOT NULL,
    at      DOUBLE PRECISION NOT NULL
);

-- A code by which an agent proves who they are: only its hash. made: the staff's event that asked for it.
CREATE TABLE agent_code (
    made   TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    alias  TEXT NOT NULL,
    until  DOUBLE PRECISION NOT NULL,
    used   DOUBLE PRECISION NOT NULL DEFAULT 0
);
CREATE INDEX agent_code_until ON agent_code (until);

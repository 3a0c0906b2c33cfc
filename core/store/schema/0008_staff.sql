-- Staff as persons: who may speak for the house, their second factor, and the seals over the record of what was done.

-- The roster in force. The configuration is what somebody wishes; it counts when two persons have agreed to it.
CREATE TABLE staff (
    name  TEXT PRIMARY KEY,
    ids   TEXT NOT NULL,
    roles TEXT NOT NULL
);

-- A change of the roster that one person asked for and another has to agree to. `hash` is of the roster as it will be.
CREATE TABLE staff_change (
    hash     TEXT PRIMARY KEY,
    proposer TEXT NOT NULL CHECK (proposer <> ''),
    agreed   TEXT NOT NULL DEFAULT '',
    at       DOUBLE PRECISION NOT NULL,
    CHECK (agreed <> proposer)
);

-- A person's second factor: the secret sealed with a key that stands in no row. confirmed_by: the admin who saw them
-- enroll, '' until then. last_step: the newest time step whose code was used. tries: wrong codes since then.
CREATE TABLE staff_factor (
    name         TEXT PRIMARY KEY,
    sealed       TEXT NOT NULL,
    confirmed_by TEXT NOT NULL DEFAULT '',
    last_step    BIGINT NOT NULL DEFAULT 0,
    tries        BIGINT NOT NULL DEFAULT 0,
    CHECK (confirmed_by <> name)
);

-- What waits for somebody's code: asked in a staff chat, answered in private.
CREATE TABLE staff_request (
    name    TEXT PRIMARY KEY,
    what    TEXT NOT NULL,
    at      DOUBLE PRECISION NOT NULL
);

-- The audit, sealed: each seal is an HMAC over the one before and over the lines up to its last one.
CREATE TABLE audit_seal (
    number   BIGINT PRIMARY KEY,
    last     BIGINT NOT NULL,
    lines    BIGINT NOT NULL,
    mac      TEXT NOT NULL,
    at       DOUBLE PRECISION NOT NULL
);

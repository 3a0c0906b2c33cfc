-- What was seen in the groups: somebody who looks like staff, or a text that is a scam. What staff cleared stays
-- cleared. No name is kept; person is the platform's number, event the inbox row that it was last seen with.
CREATE TABLE sighting (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    chat    TEXT NOT NULL,
    person  TEXT NOT NULL,
    ref     TEXT NOT NULL,
    what    TEXT NOT NULL,
    event   BIGINT NOT NULL,
    state   TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'erased', 'fine')),
    at      DOUBLE PRECISION NOT NULL,
    UNIQUE (channel, chat, person, what)
);

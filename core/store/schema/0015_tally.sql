-- What all processes count together: how much a chat got lately, how many chats were slowed down, who floods; and
-- what one knows and another may need. state is the text of whoever keeps it; after until it says nothing any more.
CREATE TABLE tally (
    name  TEXT NOT NULL,
    key   TEXT NOT NULL,
    state TEXT NOT NULL,
    until DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (name, key)
);
CREATE INDEX tally_until ON tally (until);

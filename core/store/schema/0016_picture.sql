-- The pictures of messages, each once: `name` is the SHA-256 of its bytes with the ending of its kind, `body` the bytes as
-- base64. Rows of the outbox, broadcasts and conversations hold the name.
CREATE TABLE picture (
    name TEXT PRIMARY KEY,
    body TEXT NOT NULL
);

-- What a platform calls a picture that it was given: it is sent again by that. keeper is the account of ours that gave it.
CREATE TABLE picture_kept (
    keeper TEXT NOT NULL,
    name   TEXT NOT NULL REFERENCES picture (name),
    ref    TEXT NOT NULL,
    PRIMARY KEY (keeper, name)
);

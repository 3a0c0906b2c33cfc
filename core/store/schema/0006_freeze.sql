-- Freeze requests of the last day, so that nobody is frozen again and again by strangers. target: a keyed hash of the
-- account that was named, '' for none.
CREATE TABLE freeze_request (
    key    TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    target TEXT NOT NULL,
    at     DOUBLE PRECISION NOT NULL
);
CREATE INDEX freeze_by_person ON freeze_request (person);
CREATE INDEX freeze_by_target ON freeze_request (target);

-- Hand-overs during an incident that are about it: one card shows them all, and one text answers them all.
-- answered: whether such a text has reached it; from then on, or when the incident is over, it gets a card of its own as
-- soon as its person writes again.
CREATE TABLE incident_case (
    incident BIGINT NOT NULL,
    ticket   BIGINT NOT NULL REFERENCES ticket (number),
    at       DOUBLE PRECISION NOT NULL,
    answered BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (incident, ticket)
);
CREATE INDEX incident_case_ticket ON incident_case (ticket);

-- One text for all cases of an incident up to the ticket `upto`. after: everybody up to there has it. texts: JSON, by language.
CREATE TABLE incident_answer (
    incident BIGINT NOT NULL,
    number   BIGINT NOT NULL,
    person   TEXT NOT NULL CHECK (person <> ''),
    alias    TEXT NOT NULL,
    texts    TEXT NOT NULL,
    upto     BIGINT NOT NULL,
    after    BIGINT NOT NULL DEFAULT 0,
    ended    BIGINT NOT NULL DEFAULT 0,
    made     BIGINT NOT NULL DEFAULT 0,
    at       DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (incident, number)
);

-- People who answer: where a ticket's card hangs, which message belongs to which ticket, and what people are called.

-- waits: whose turn it is while the ticket is open. desk: the staff's chat, as JSON, '' where none is configured.
ALTER TABLE ticket ADD COLUMN waits TEXT NOT NULL DEFAULT 'staff' CHECK (waits IN ('staff', 'person'));
ALTER TABLE ticket ADD COLUMN desk TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN closed_at DOUBLE PRECISION NOT NULL DEFAULT 0;

CREATE INDEX ticket_conversation ON ticket (conversation, number);

-- What people are called before others: numbers that tell nothing about an account, the same for ever.
CREATE TABLE desk_alias (
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL,
    number  BIGINT NOT NULL,
    PRIMARY KEY (kind, subject),
    UNIQUE (kind, number)
);

-- A message in a staff's chat. Ours (card, relay, notice): `key` is its row in the outbox, `ref` is known once it
-- was sent, `source` is the person's message that a relay shows. A member's own (said): `ref` is their message,
-- `key` the row that brought it to the person.
CREATE TABLE desk_message (
    key     TEXT PRIMARY KEY,
    number  BIGINT NOT NULL REFERENCES ticket (number),
    kind    TEXT NOT NULL CHECK (kind IN ('card', 'relay', 'notice', 'said')),
    channel TEXT NOT NULL,
    chat    TEXT NOT NULL,
    ref     TEXT NOT NULL,
    source  TEXT NOT NULL
);
CREATE INDEX desk_message_ref ON desk_message (channel, chat, ref) WHERE ref <> '';
CREATE INDEX desk_message_source ON desk_message (number, source);

CREATE VIEW ticket_state AS
SELECT
    number, conversation, skill, urgency, language, flow, slots, opened_at,
    CASE WHEN status = 'closed' THEN 'closed' WHEN waits = 'person' THEN 'answered' ELSE 'open' END AS state,
    desk,
    COALESCE((
        SELECT known.number FROM desk_alias AS known
        WHERE known.kind = 'person' AND known.subject = ticket.conversation
    ), 0) AS alias
FROM ticket;

-- Every statement of the store, by name. Portable SQL with ? for each value, so that both engines share it. What
-- stands in /*postgres: ... */ is a comment to one and a part of the statement to the other (locks, mostly).
-- A name is "<room>_<what>"; the rows that a query returns are in the order of the dataclass's fields.

-- Adding is three statements for a whole group, which costs less than RETURNING for each row. Ids above the last one
-- that we see are ours; where others write beside us, those of this transaction. What else is in them we know.
-- name: event_last
SELECT COALESCE(MAX(id), 0) FROM event

-- name: event_add
INSERT INTO event (channel, event_id, lane, payload, at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (channel, event_id) DO NOTHING

-- name: event_added
SELECT id, channel, event_id FROM event
WHERE id > ? /*postgres: AND xmin = pg_current_xact_id()::xid */ ORDER BY id

-- name: event_waiting
SELECT id, channel, event_id, lane, payload, attempts FROM event
WHERE status = 'waiting' AND id > ? ORDER BY id LIMIT ?

-- name: event_failed
UPDATE event SET attempts = attempts + 1, error = ?, status = ? WHERE id = ? AND status = 'waiting'

-- name: event_dead
SELECT id, channel, event_id, lane, payload, attempts FROM event
WHERE status = 'dead' ORDER BY id DESC LIMIT ?

-- name: event_take_dead
DELETE FROM event WHERE id = ? AND status = 'dead' RETURNING channel, event_id, lane, payload, at

-- A dead event whose apology is committed stays aside, where the human finds it.
-- name: event_turned
UPDATE event SET status = CASE status WHEN 'dead' THEN 'dead' ELSE 'turned' END
WHERE id IN (?) AND status <> 'turned'

-- name: event_purge
DELETE FROM event WHERE id IN (SELECT id FROM event WHERE status = 'turned' AND at < ? ORDER BY at LIMIT ?)

-- The loader repeats the marker for each key.
-- name: conversation_load
SELECT key, state FROM conversation WHERE key IN (?)

-- name: conversation_new
INSERT INTO conversation (key, state, revision) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING

-- name: conversation_save
UPDATE conversation SET state = ?, revision = ? WHERE key = ? AND revision = ?

-- name: conversation_under
SELECT key, state FROM conversation WHERE key >= ? AND key < ?

-- Whoever already speaks under the new key is further on: that conversation stays.
-- name: conversation_move
UPDATE conversation SET key = ?, state = ?
WHERE key = ? AND NOT EXISTS (SELECT 1 FROM conversation AS other WHERE other.key = ?)

-- name: conversation_forget
DELETE FROM conversation WHERE key = ?

-- name: effect_add
INSERT INTO effect (key, lane, rank, kind, address, channel, chat, person, payload, due)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- Only the first of each lane: a lane of ten thousand must not fill the answer and hide the others.
-- name: effect_due
SELECT id, key, lane, rank, kind, address, payload, due, status, attempts, maybe_sent, error, receipt
FROM effect
WHERE status = 'queued' AND due <= ? AND NOT EXISTS (
    SELECT 1 FROM effect AS earlier
    WHERE earlier.status = 'queued' AND earlier.lane = effect.lane AND earlier.id < effect.id
)
ORDER BY rank, id LIMIT ?

-- name: effect_lane
SELECT id, key, lane, rank, kind, address, payload, due, status, attempts, maybe_sent, error, receipt
FROM effect WHERE status = 'queued' AND lane = ? ORDER BY id LIMIT ?

-- name: effect_next_due
SELECT MIN(due) FROM effect WHERE status = 'queued'

-- But for reminders and broadcasts, everything is due when it is made, and waits only between two attempts.
-- name: effect_hasten
UPDATE effect SET due = ? WHERE status = 'queued' AND kind NOT IN ('remind', 'deliver')
AND (due > ? OR (attempts = 0 AND due > ?))

-- What was done stays done; what was blocked meanwhile may still turn out to have been sent.
-- name: effect_settle
WITH ended (status, receipt, error, attempts, maybe_sent, settled_at, key) AS (VALUES (?, ?, ?, ?, ?, ?, ?))
UPDATE effect SET
    status = ended.status, receipt = ended.receipt, error = ended.error,
    attempts = CAST(ended.attempts AS BIGINT), maybe_sent = CAST(ended.maybe_sent AS BIGINT),
    settled_at = CAST(ended.settled_at AS DOUBLE PRECISION)
FROM ended WHERE effect.key = ended.key AND effect.status <> 'done'

-- name: effect_postpone
UPDATE effect SET due = ?, attempts = ?, maybe_sent = ?, error = ? WHERE key = ? AND status = 'queued'

-- name: effect_queued
SELECT id, key, lane, rank, kind, address, payload, due, status, attempts, maybe_sent, error, receipt
FROM effect WHERE status = 'queued' ORDER BY id DESC LIMIT ?

-- The second term says nothing new: it lets both engines use the partial index of settled effects.
-- name: effect_settled
SELECT id, key, lane, rank, kind, address, payload, due, status, attempts, maybe_sent, error, receipt
FROM effect WHERE status = ? AND status <> 'queued' ORDER BY settled_at DESC, id DESC LIMIT ?

-- name: effect_retry
UPDATE effect SET status = 'queued', due = ?, attempts = 0, error = '', settled_at = 0, holder = 0
WHERE key = ? AND status IN ('dead', 'uncertain')

-- name: effect_counts
SELECT status, COUNT(*) FROM effect WHERE status <> 'queued' GROUP BY status
UNION ALL SELECT status, COUNT(*) FROM effect WHERE status = 'queued' GROUP BY status

-- name: effect_blocked
UPDATE effect SET status = 'dead', error = 'blocked', settled_at = ?
WHERE status = 'queued' AND channel = ? AND person = ?

-- name: effect_in_chat
SELECT id, lane, address FROM effect WHERE status = 'queued' AND channel = ? AND chat = ?

-- name: effect_move
UPDATE effect SET lane = ?, address = ?, chat = ? WHERE id = ?

-- name: effect_purge
DELETE FROM effect WHERE id IN (
    SELECT id FROM effect
    WHERE status IN ('done', 'dead', 'uncertain') AND status <> 'queued' AND settled_at < ? LIMIT ?
)

-- name: subscriber_save
INSERT INTO subscriber (channel, person, chat, language, seen_at, blocked_at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (channel, person) DO UPDATE SET
    chat = excluded.chat, language = excluded.language,
    seen_at = excluded.seen_at, blocked_at = excluded.blocked_at

-- name: subscriber_blocked
UPDATE subscriber SET blocked_at = ? WHERE channel = ? AND person = ?

-- name: subscriber_move
UPDATE subscriber SET chat = ? WHERE channel = ? AND chat = ?

-- name: subscriber_find
SELECT channel, person, chat, language, seen_at, blocked_at FROM subscriber WHERE channel = ? AND person = ?

-- name: subscriber_recent
SELECT person FROM subscriber WHERE channel = ? AND chat = person AND blocked_at = 0 AND seen_at >= ?
ORDER BY seen_at DESC LIMIT ?

-- name: ticket_known
SELECT number FROM ticket WHERE key = ?

-- name: ticket_number
UPDATE counter SET value = value + 1 WHERE name = 'ticket' RETURNING value

-- name: ticket_open
INSERT INTO ticket (number, key, conversation, skill, urgency, language, flow, slots, opened_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: ticket_of
SELECT number FROM ticket WHERE conversation = ? AND status = 'open' ORDER BY number DESC LIMIT 1

-- name: ticket_under
SELECT number, conversation FROM ticket WHERE status = 'open' AND conversation >= ? AND conversation < ?

-- name: ticket_move
UPDATE ticket SET conversation = ? WHERE number = ?

-- name: ticket_listing
SELECT number, conversation, skill, urgency, language, flow, slots, opened_at, state, desk, alias
FROM ticket_state ORDER BY number DESC LIMIT ?

-- name: ticket_one
SELECT number, conversation, skill, urgency, language, flow, slots, opened_at, state, desk, alias
FROM ticket_state WHERE number = ?

-- name: ticket_theirs
SELECT number, conversation, skill, urgency, language, flow, slots, opened_at, state, desk, alias
FROM ticket_state WHERE conversation = ? ORDER BY number DESC LIMIT ?

-- A person who asks again for the human whom they have called already.
-- name: ticket_fitting
SELECT number FROM ticket
WHERE conversation = ? AND status = 'open' AND desk <> '' AND urgency = ? AND (? = '' OR skill = ?)
ORDER BY number DESC LIMIT 1

-- name: ticket_desk
UPDATE ticket SET desk = ? WHERE number = ?

-- name: ticket_waits
UPDATE ticket SET waits = ? WHERE number = ? AND status = 'open'

-- name: ticket_close
UPDATE ticket SET status = 'closed', closed_at = ? WHERE number = ? AND status = 'open'

-- name: alias_find
SELECT number FROM desk_alias WHERE kind = ? AND subject = ?

-- name: alias_next
SELECT COALESCE(MAX(number), 0) + 1 FROM desk_alias WHERE kind = ?

-- name: alias_add
INSERT INTO desk_alias (kind, subject, number) VALUES (?, ?, ?)

-- name: desk_add
INSERT INTO desk_message (key, number, kind, channel, chat, ref, source) VALUES (?, ?, ?, ?, ?, ?, ?)

-- name: desk_known
SELECT number FROM desk_message WHERE key = ?

-- name: desk_posted
SELECT key, number, kind, channel, chat, ref, source FROM desk_message WHERE key = ?

-- name: desk_found
SELECT key, number, kind, channel, chat, ref, source FROM desk_message
WHERE channel = ? AND chat = ? AND ref = ? AND ref <> '' AND (kind <> 'said' OR source = '') ORDER BY key LIMIT 1

-- name: desk_shown
SELECT key, number, kind, channel, chat, ref, source FROM desk_message
WHERE number = ? AND source = ? AND kind = 'relay' LIMIT 1

-- name: desk_card
SELECT key, number, kind, channel, chat, ref, source FROM desk_message WHERE number = ? AND kind = 'card' LIMIT 1

-- name: desk_sent
UPDATE desk_message SET ref = ? WHERE key = ? AND kind <> 'said'

-- name: desk_zone
SELECT zone FROM preference WHERE channel = ? AND person = ? AND zone <> ''

-- What staff may reply to is remembered for ever; any other receipt as long as its row.
-- name: desk_ref
SELECT ref FROM desk_message WHERE key = ? AND kind <> 'said' AND ref <> ''
UNION ALL SELECT receipt FROM effect WHERE key = ? AND receipt <> '' LIMIT 1

-- name: note_known
SELECT number FROM ticket_note WHERE key = ?

-- name: note_add
INSERT INTO ticket_note (key, number, at, text, ref) VALUES (?, ?, ?, ?, ?)

-- name: note_listing
SELECT number, at, text, ref FROM ticket_note WHERE number >= ? ORDER BY at, key

-- name: note_of
SELECT at, text, ref FROM ticket_note WHERE number = ? ORDER BY at, key

-- name: lease_take
INSERT INTO lease (name, owner, epoch, until) VALUES (?, ?, 1, ?)
ON CONFLICT (name) DO UPDATE SET
    epoch = lease.epoch + CASE WHEN lease.owner = excluded.owner THEN 0 ELSE 1 END,
    owner = excluded.owner, until = excluded.until
WHERE lease.owner = excluded.owner OR lease.until <= ? OR lease.until > ?
RETURNING epoch

-- name: lease_force
INSERT INTO lease (name, owner, epoch, until) VALUES (?, ?, 1, ?)
ON CONFLICT (name) DO UPDATE SET epoch = lease.epoch + 1, owner = excluded.owner, until = excluded.until
RETURNING epoch

-- name: lease_epoch
SELECT epoch FROM lease WHERE name = ? /*postgres: FOR SHARE */

-- name: lease_holder
SELECT owner, until FROM lease WHERE name = ? AND owner <> ''

-- name: lease_renew
UPDATE lease SET until = ? WHERE name = ? AND owner = ? AND epoch = COALESCE(?, epoch)

-- name: lease_release
UPDATE lease SET owner = '', until = 0 WHERE name = ? AND owner = ?

-- name: flow_put
INSERT INTO flow (hash, name, version, sources, stored_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING

-- name: flow_all
SELECT hash, name, version, sources, stored_at FROM flow ORDER BY name, version, hash

-- name: slot_claim
INSERT INTO slot (schedule, slot, claimed_at) VALUES (?, ?, ?) ON CONFLICT (schedule, slot) DO NOTHING

-- A person who changes their mind keeps their place in the line; a new zone, or coming back, begins now.
-- name: subscription_save
INSERT INTO subscription (channel, person, language, zone, topics, since) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (channel, person) DO UPDATE SET
    language = excluded.language, zone = excluded.zone, topics = excluded.topics, left_at = 0,
    since = CASE WHEN subscription.left_at = 0 AND subscription.zone = excluded.zone
                 THEN subscription.since ELSE excluded.since END

-- name: subscription_leave
UPDATE subscription SET left_at = ? WHERE channel = ? AND person = ? AND left_at = 0 AND since <= ?

-- name: effect_take_back
DELETE FROM effect
WHERE status = 'queued' AND rank > 0 AND maybe_sent = 0 AND kind <> 'erase' AND channel = ? AND person = ?

-- name: subscription_zones
SELECT subscription.zone, MIN(subscription.since) FROM subscription
JOIN subscriber ON subscriber.channel = subscription.channel AND subscriber.person = subscription.person
WHERE subscription.left_at = 0 AND subscriber.blocked_at = 0 GROUP BY subscription.zone

-- name: subscription_next
SELECT subscription.channel, subscription.person, subscriber.chat, subscription.language, topics, given
FROM subscription
JOIN subscriber ON subscriber.channel = subscription.channel AND subscriber.person = subscription.person
WHERE zone = ? AND left_at = 0 AND since <= ? AND blocked_at = 0
    AND (subscription.channel, subscription.person) > (?, ?)
ORDER BY subscription.channel, subscription.person LIMIT ?

-- name: subscription_given
UPDATE subscription SET given = ? WHERE channel = ? AND person = ?

-- name: subscription_census
SELECT subscription.language, zone, topics, given, COUNT(*) FROM subscription
JOIN subscriber ON subscriber.channel = subscription.channel AND subscriber.person = subscription.person
WHERE left_at = 0 AND blocked_at = 0 GROUP BY subscription.language, zone, topics, given

-- name: run_begin
INSERT INTO run (schedule, slot, zone, due, status) VALUES (?, ?, ?, ?, ?)

-- name: run_running
SELECT schedule, slot, zone, due, status, made FROM run WHERE status = 'running' AND schedule = ? ORDER BY due, slot

-- name: run_cursor
SELECT channel, person FROM run WHERE status = 'running' AND schedule = ? AND slot = ? /*postgres: FOR UPDATE */

-- name: run_move
UPDATE run SET channel = ?, person = ?, made = made + ?, status = ? WHERE schedule = ? AND slot = ?

-- name: run_expire
UPDATE run SET status = 'missed' WHERE status = 'running' AND schedule = ? AND slot = ?

-- name: effect_low
SELECT COUNT(*) FROM effect WHERE status = 'queued' AND rank > 0

-- name: effect_waits
SELECT 1 FROM effect WHERE key = ? AND status = 'queued'

-- name: audit_append
INSERT INTO audit (at, actor, action, subject, detail) VALUES (?, ?, ?, ?, ?)

-- name: audit_tail
SELECT at, actor, action, subject, detail FROM audit ORDER BY id DESC LIMIT ?

-- name: migration_all
SELECT number, checksum FROM migration ORDER BY number

-- name: migration_add
INSERT INTO migration (number, name, checksum, applied_at) VALUES (?, ?, ?, ?)

-- What the watchdogs look at; a queue of a million is not counted to its end.
-- name: waiting_events
SELECT COUNT(*) FROM (SELECT 1 FROM event WHERE status = 'waiting' LIMIT ?) AS found

-- name: waiting_event
SELECT at FROM event WHERE status = 'waiting' ORDER BY id LIMIT 1

-- name: waiting_effects
SELECT COUNT(*) FROM (SELECT 1 FROM effect WHERE status = 'queued' AND due <= ? LIMIT ?) AS found

-- name: waiting_effect
SELECT due FROM effect WHERE status = 'queued' AND due <= ? AND rank = 0 ORDER BY due LIMIT 1

-- The heads of lanes that nobody holds. An id that becomes visible late is no harm: nobody looks only beyond a number.
-- Whoever asks for events holds none at that moment, so what is still under its number was given up by an error.
-- name: event_claim
WITH head AS MATERIALIZED (
    SELECT id FROM event
    WHERE status = 'waiting' AND holder IN (0, ?) AND NOT EXISTS (
        SELECT 1 FROM event AS earlier
        WHERE earlier.status = 'waiting' AND earlier.lane = event.lane AND earlier.id < event.id
    )
    ORDER BY id LIMIT ? /*postgres: FOR UPDATE SKIP LOCKED */
)
UPDATE event SET holder = ? WHERE id IN (SELECT id FROM head)
RETURNING id, channel, event_id, lane, payload, attempts

-- For the claim alone: walk along rank and id instead of sorting the whole backlog, whatever the statistics say.
-- name: claim_plan
SELECT 1 /*postgres: , set_config('enable_sort', 'off', TRUE), set_config('enable_bitmapscan', 'off', TRUE) */

-- name: effect_claim
WITH head AS MATERIALIZED (
    SELECT id FROM effect
    WHERE status = 'queued' AND holder = 0 AND due <= ? AND rank <= ? AND channel IN (?) AND NOT EXISTS (
        SELECT 1 FROM effect AS earlier
        WHERE earlier.status = 'queued' AND earlier.lane = effect.lane AND earlier.id < effect.id
    )
    ORDER BY rank, id LIMIT ? /*postgres: FOR UPDATE SKIP LOCKED */
)
UPDATE effect SET holder = ? WHERE id IN (SELECT id FROM head)
RETURNING id, key, lane, rank, kind, address, payload, due, status, attempts, maybe_sent, error, receipt

-- name: effect_claimed
SELECT id, key, lane, rank, kind, address, payload, due, status, attempts, maybe_sent, error, receipt
FROM effect WHERE status = 'queued' AND holder = ? ORDER BY rank, id

-- name: effect_let_go
UPDATE effect SET holder = 0 WHERE key = ? AND holder = ? AND status = 'queued'

-- name: worker_number
UPDATE counter SET value = value + 1 WHERE name = 'worker' RETURNING value

-- name: worker_join
INSERT INTO lease (name, owner, epoch, until) VALUES (?, ?, 1, ?)

-- name: worker_renew
UPDATE lease SET until = ? WHERE name = ?

-- name: worker_late
SELECT name FROM lease WHERE name LIKE 'worker %' AND (until < ? OR until > ?) /*postgres: FOR UPDATE SKIP LOCKED */

-- name: worker_owners
SELECT owner FROM lease WHERE name LIKE 'worker %'

-- name: worker_living
SELECT owner FROM lease WHERE name LIKE 'worker %' AND until > ?

-- name: worker_gone
DELETE FROM lease WHERE name = ?

-- name: event_free
UPDATE event SET holder = 0 WHERE status = 'waiting' AND holder = ?

-- name: effect_free
UPDATE effect SET holder = 0 WHERE status = 'queued' AND holder = ?

-- name: rate_reserve
INSERT INTO rate (name, free_at) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET free_at = ? + CASE WHEN rate.free_at > ? THEN rate.free_at ELSE ? END
WHERE rate.free_at <= ?
RETURNING free_at

-- Makes the row or waits for whoever has it, and has it until the end of the transaction.
-- name: tally_have
INSERT INTO tally (name, key, state, until) VALUES (?, ?, '', 0)
ON CONFLICT (name, key) DO UPDATE SET until = tally.until
RETURNING state

-- name: tally_set
UPDATE tally SET state = ?, until = ? WHERE name = ? AND key = ?

-- name: tally_look
SELECT state FROM tally WHERE name = ? AND key = ? AND until > ?

-- name: tally_forget
DELETE FROM tally WHERE until < ?

-- name: rate_look
SELECT free_at FROM rate WHERE name = ?

-- name: rate_free
UPDATE rate SET free_at = ? WHERE free_at > ?

-- name: rate_hold
INSERT INTO rate (name, free_at) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET free_at = excluded.free_at WHERE rate.free_at < excluded.free_at

-- The statements of broadcasts. See queries.sql for the rules.

-- name: broadcast_state
SELECT state, version FROM broadcast WHERE name = ?

-- name: broadcast_editable
SELECT 1 FROM broadcast_step WHERE was = ? AND state = 'draft'

-- name: broadcast_may
SELECT 1 FROM broadcast_step WHERE was = ? AND state = ?

-- name: broadcast_version_add
INSERT INTO broadcast_version (name, version, hash, author, source, content, written_at) VALUES (?, ?, ?, ?, ?, ?, ?)

-- name: broadcast_new
INSERT INTO broadcast (name, code, version, changed_at) VALUES (?, ?, ?, ?)

-- name: broadcast_edit
UPDATE broadcast
SET version = ?, approved = NULL, was = state, state = 'draft', reason = '', changed_at = ?, stage = 0, stage_at = 0
WHERE name = ? AND state = ?

-- name: broadcast_move
UPDATE broadcast SET was = state, state = ?, reason = ?, changed_at = ?, approved = CASE ? WHEN 'draft' THEN NULL ELSE approved END
WHERE name = ? AND version = ? AND state = ?

-- name: broadcast_approval_add
INSERT INTO broadcast_approval (name, version, hash, author, approver, people, approved_at)
SELECT name, version, ?, author, ?, ?, ? FROM broadcast_version WHERE name = ? AND version = ?

-- name: broadcast_approve
UPDATE broadcast SET was = state, state = 'approved', approved = version, reason = '', changed_at = ?
WHERE name = ? AND version = ? AND state = 'in_review'

-- name: broadcast_find
SELECT name, code, version, state, reason, changed_at, stage, stage_at, author, hash, source, content, approver, people
FROM broadcast_now WHERE name = ?

-- name: broadcast_by_code
SELECT name, code, version, state, reason, changed_at, stage, stage_at, author, hash, source, content, approver, people
FROM broadcast_now WHERE code = ?

-- name: broadcast_listing
SELECT name, code, version, state, reason, changed_at, stage, stage_at, author, hash, source, content, approver, people
FROM broadcast_now ORDER BY changed_at DESC, name LIMIT ?

-- name: broadcast_beginning
SELECT name, code, version, state, reason, changed_at, stage, stage_at, author, hash, source, content, approver, people
FROM broadcast_now WHERE SUBSTR(name, 1, CAST(? AS INTEGER)) = ? ORDER BY name

-- name: broadcast_live
SELECT name, code, version, state, reason, changed_at, stage, stage_at, author, hash, source, content, approver, people
FROM broadcast_now WHERE state IN ('approved', 'scheduled', 'running', 'paused') ORDER BY name

-- name: broadcast_stage
UPDATE broadcast SET stage = ?, stage_at = ? WHERE name = ? AND version = ?

-- What is queued of a broadcast waits (a time that never comes), or may go.
-- name: broadcast_hold
UPDATE effect SET due = ?
WHERE status = 'queued' AND maybe_sent = 0 AND key IN (
    SELECT key FROM delivery WHERE name = ? AND version = ? AND outcome = 'queued'
)

-- name: broadcast_give_up
UPDATE effect SET status = 'dead', error = 'stopped', settled_at = ?
WHERE status = 'queued' AND maybe_sent = 0 AND key IN (
    SELECT key FROM delivery WHERE name = ? AND version = ? AND outcome = 'queued'
)

-- The audience, a window of people at a time: a rule that fits nearly nobody costs no more than one that fits all.
-- The lists (IN) are channels, free channels, languages, assets and zones; the loader repeats their markers.
-- People whose night is another one than the house's are a group of their own: "Asia/Tokyo 21:00-09:00".
-- name: audience_page
SELECT person.channel, person.person, person.chat, COALESCE(subscription.language, person.language),
    COALESCE(preference.zone, ''), COALESCE(got.key, ''), COALESCE(got.ref, '')
FROM (
    SELECT channel, person, chat, language, seen_at, blocked_at FROM subscriber
    WHERE (channel, person) > (?, ?) ORDER BY channel, person LIMIT ?
) AS person
LEFT JOIN subscription ON subscription.channel = person.channel AND subscription.person = person.person
    AND subscription.left_at = 0
LEFT JOIN preference ON preference.channel = person.channel AND preference.person = person.person
LEFT JOIN delivery AS got ON got.channel = person.channel AND got.person = person.person AND got.name = ?
WHERE person.blocked_at = 0 AND person.chat = person.person
AND (? = 0 OR CASE WHEN preference.quiet <> '' THEN preference.zone || ' ' || preference.quiet
    ELSE COALESCE(preference.zone, '') END = ?)
AND person.channel IN (?)
AND (person.channel IN (?) OR subscription.person IS NOT NULL)
AND COALESCE(subscription.language, person.language) IN (?)
AND (? = 1 OR NOT EXISTS (
    SELECT 1 FROM opt_out WHERE opt_out.channel = person.channel AND opt_out.person = person.person
))
AND person.seen_at >= ?
AND (? = '' OR ' ' || subscription.topics || ' ' LIKE ? OR subscription.topics = 'all')
AND (? = 0 OR EXISTS (
    SELECT 1 FROM ticket WHERE ticket.status = 'open'
        AND ticket.conversation = person.channel || '|' || person.chat || '|' || person.person
))
AND (? = '' OR EXISTS (
    SELECT 1 FROM attribute WHERE attribute.channel = person.channel AND attribute.person = person.person
        AND attribute.name = ? AND attribute.value = ?
))
AND (? = 0 OR EXISTS (
    SELECT 1 FROM asset WHERE asset.channel = person.channel AND asset.person = person.person AND asset.name IN (?)
))
AND (? = 0 OR NOT EXISTS (
    SELECT 1 FROM asset WHERE asset.channel = person.channel AND asset.person = person.person
))
AND (? = 0 OR preference.zone IN (?))
AND (? = 0 OR (
    SELECT COUNT(*) FROM delivery AS lately
    WHERE lately.channel = person.channel AND lately.person = person.person AND lately.made_at >= ?
) < CASE WHEN preference.week < ? THEN preference.week ELSE ? END)
AND (? = '' OR got.outcome = 'sent')
-- whoever told another zone meanwhile does not get the same slot twice
AND NOT EXISTS (SELECT 1 FROM delivery AS twice WHERE twice.key = ? || person.channel || '|' || person.person)
AND (? = 0 OR EXISTS (
    SELECT 1 FROM affected
    WHERE affected.incident = ? AND affected.channel = person.channel AND affected.person = person.person
))
ORDER BY person.channel, person.person

-- name: audience_end
SELECT channel, person FROM subscriber WHERE (channel, person) > (?, ?) ORDER BY channel, person LIMIT 1 OFFSET ?

-- name: audience_zones
SELECT DISTINCT CASE quiet WHEN '' THEN zone ELSE zone || ' ' || quiet END AS wall FROM preference ORDER BY wall

-- name: moment_add
INSERT INTO broadcast_run (name, version, slot, zone, due) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (name, version, slot, zone) DO NOTHING

-- name: moment_all
SELECT name, version, slot, zone, due, made, ended FROM broadcast_run WHERE name = ? AND version = ? ORDER BY due, slot, zone

-- name: moment_postpone
UPDATE broadcast_run SET due = ? WHERE name = ? AND version = ? AND slot = ? AND zone = ?

-- name: moment_cursor
SELECT broadcast_run.channel, broadcast_run.person FROM broadcast_run
JOIN broadcast ON broadcast.name = broadcast_run.name AND broadcast.approved = broadcast_run.version
WHERE broadcast_run.name = ? AND broadcast_run.version = ? AND slot = ? AND zone = ? AND ended = 0 AND state = 'running'

-- name: moment_move
UPDATE broadcast_run SET channel = ?, person = ?, made = made + ?, ended = ?
WHERE name = ? AND version = ? AND slot = ? AND zone = ?

-- name: delivery_add
INSERT INTO delivery (key, name, version, channel, person, chat, language, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)

-- name: delivery_add_board
INSERT INTO delivery (key, name, version, channel, person, chat, language, made_at)
SELECT ?, name, approved, ?, ?, ?, ?, ? FROM broadcast WHERE name = ? AND approved = ? AND state = 'running'
ON CONFLICT (key) DO NOTHING

-- name: delivery_board
SELECT ref FROM delivery WHERE name = ? AND channel = ? AND chat = ? AND person = '' AND outcome = 'sent'
ORDER BY ended_at DESC LIMIT 1

-- name: delivery_settle
UPDATE delivery SET outcome = ?, ended_at = ?, ref = ?, error = ? WHERE key = ?

-- name: delivery_one
SELECT name, version, channel, language, outcome FROM delivery WHERE key = ?

-- Taken in hand by a process that is no more: nobody will say how it ended.
-- name: delivery_abandoned
UPDATE effect SET due = ? WHERE status = 'queued' AND kind = 'deliver' AND maybe_sent = 1 AND due > ?

-- name: delivery_count
INSERT INTO delivery_tally (name, version, channel, language, outcome, people) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (name, version, channel, language, outcome) DO UPDATE SET people = delivery_tally.people + excluded.people

-- Those whose row ended past us: given up with the broadcast, taken back by their person, or blocked meanwhile.
-- name: delivery_lost
SELECT delivery.key, COALESCE(effect.status, ''), COALESCE(effect.error, ''), COALESCE(effect.receipt, '') FROM delivery
LEFT JOIN effect ON effect.key = delivery.key
WHERE delivery.name = ? AND delivery.version = ? AND delivery.outcome = 'queued'
    AND (effect.key IS NULL OR effect.status <> 'queued')

-- name: delivery_waits
SELECT 1 FROM delivery WHERE name = ? AND version = ? AND outcome = 'queued' LIMIT 1

-- name: delivery_due
SELECT COUNT(*) FROM effect WHERE status = 'queued' AND rank > 0 AND due <= ?

-- name: delivery_what
SELECT broadcast.state, broadcast_version.content, broadcast_approval.hash, delivery.language, effect.maybe_sent, effect.due
FROM delivery
JOIN effect ON effect.key = delivery.key AND effect.status = 'queued'
JOIN broadcast ON broadcast.name = delivery.name AND broadcast.approved = delivery.version
JOIN broadcast_version ON broadcast_version.name = delivery.name AND broadcast_version.version = delivery.version
JOIN broadcast_approval ON broadcast_approval.name = delivery.name AND broadcast_approval.version = delivery.version
WHERE delivery.key = ?

-- name: delivery_stands
SELECT 1 FROM delivery
JOIN broadcast ON broadcast.name = delivery.name AND broadcast.approved = delivery.version AND state IN ('running', 'approved')
WHERE delivery.key = ?

-- name: delivery_park
UPDATE effect SET due = ? WHERE key = ? AND status = 'queued'

-- name: delivery_claim
UPDATE effect SET maybe_sent = 1, due = ? WHERE key = ? AND status = 'queued' AND maybe_sent = 0

-- name: delivery_tally_of
SELECT channel, language, outcome, people FROM delivery_tally WHERE name = ? AND version = ? ORDER BY channel, language, outcome

-- name: delivery_latest
SELECT outcome FROM delivery WHERE name = ? AND version = ? AND ended_at > ? AND error <> ? ORDER BY ended_at DESC, key LIMIT ?

-- name: delivery_report
SELECT key, channel, person, chat, language, outcome, ended_at, ref, error FROM delivery
WHERE name = ? AND key > ? ORDER BY key LIMIT ?

-- name: effect_add_once
INSERT INTO effect (key, lane, rank, kind, address, channel, chat, person, payload, due)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING

-- name: opt_out_add
INSERT INTO opt_out (channel, person, at) VALUES (?, ?, ?) ON CONFLICT (channel, person) DO NOTHING

-- name: opt_out_end
DELETE FROM opt_out WHERE channel = ? AND person = ?

-- name: attribute_put
INSERT INTO attribute (channel, person, name, value) VALUES (?, ?, ?, ?)
ON CONFLICT (channel, person, name) DO UPDATE SET value = excluded.value

-- name: attribute_forget
DELETE FROM attribute WHERE channel = ? AND person = ? AND name = ?

-- The statements of incidents. See queries.sql for the rules.

-- name: incident_number
SELECT COALESCE(MAX(number), 0) + 1 FROM incident

-- name: incident_begin
INSERT INTO incident (number, name, version, opened_at, opened_by)
SELECT ?, name, approved, ?, ? FROM broadcast WHERE name = ? AND state IN ('approved', 'scheduled', 'running')

-- name: incident_change
UPDATE incident SET name = ?, version = ?, change = change + 1 WHERE number = ? AND closed_at = 0

-- name: incident_close
UPDATE incident SET closed_at = ?, closed_by = ? WHERE number = ? AND closed_at = 0

-- name: incident_approved
SELECT approved FROM broadcast WHERE name = ? AND state IN ('approved', 'scheduled', 'running', 'paused')

-- A text that was stopped is taken down at once, whatever becomes of its incident.
-- name: incident_hanging
SELECT number, incident.name, change, opened_at, content, broadcast_approval.hash FROM incident
JOIN broadcast ON broadcast.name = incident.name AND broadcast.state NOT IN ('cancelled', 'failed', 'expired')
JOIN broadcast_version ON broadcast_version.name = incident.name AND broadcast_version.version = incident.version
JOIN broadcast_approval ON broadcast_approval.name = incident.name AND broadcast_approval.version = incident.version
WHERE closed_at = 0 ORDER BY number

-- name: incident_ever
SELECT 1 FROM incident WHERE name = ? AND version = ? LIMIT 1

-- name: incident_names
SELECT number, name FROM incident WHERE closed_at = 0 ORDER BY number

-- name: incident_all_open
SELECT number, incident.name, incident.version, change, opened_at, opened_by, closed_at, closed_by, content,
    (SELECT COUNT(*) FROM affected WHERE affected.incident = incident.number)
FROM incident
JOIN broadcast_version ON broadcast_version.name = incident.name AND broadcast_version.version = incident.version
WHERE closed_at = 0 ORDER BY number

-- name: incident_listing
SELECT number, incident.name, incident.version, change, opened_at, opened_by, closed_at, closed_by, content,
    (SELECT COUNT(*) FROM affected WHERE affected.incident = incident.number)
FROM incident
JOIN broadcast_version ON broadcast_version.name = incident.name AND broadcast_version.version = incident.version
ORDER BY number DESC LIMIT ?

-- name: incident_affected
SELECT COUNT(*) FROM affected WHERE incident = ?

-- name: affected_forget
DELETE FROM affected WHERE (incident, channel, person) IN (
    SELECT incident, channel, person FROM affected JOIN incident ON incident.number = affected.incident
    WHERE closed_at > 0 AND closed_at < ? LIMIT ?
)

-- name: affected_add
INSERT INTO affected (incident, channel, person, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING

-- name: case_add
INSERT INTO incident_case (incident, ticket, at)
SELECT number, ?, ? FROM incident WHERE number = ? AND closed_at = 0
ON CONFLICT DO NOTHING

-- Whether a case without a card of its own has to get one, now that its person writes again.
-- name: case_speaks
SELECT 1 FROM incident_case JOIN incident ON incident.number = incident_case.incident
WHERE ticket = ? AND (answered = 1 OR closed_at > 0) LIMIT 1

-- name: case_counts
SELECT COUNT(*), COALESCE(SUM(CASE WHEN status = 'open' AND waits = 'staff' THEN 1 ELSE 0 END), 0)
FROM incident_case JOIN ticket ON ticket.number = incident_case.ticket WHERE incident = ?

-- name: case_newest
SELECT ticket FROM incident_case WHERE incident = ? ORDER BY ticket DESC LIMIT ?

-- name: case_slice
SELECT ticket, conversation, language FROM incident_case JOIN ticket ON ticket.number = incident_case.ticket
WHERE incident = ? AND ticket > ? AND ticket <= ? AND status = 'open' ORDER BY ticket LIMIT ?

-- name: case_answered
UPDATE incident_case SET answered = 1 WHERE incident = ? AND ticket = ?

-- name: answer_add
INSERT INTO incident_answer (incident, number, person, alias, texts, upto, at)
SELECT ?, (SELECT COUNT(*) + 1 FROM incident_answer WHERE incident = ?), ?, ?, ?, MAX(ticket), ?
FROM incident_case WHERE incident = ? HAVING COUNT(*) > 0

-- name: answer_open
SELECT incident, number, alias, texts, upto, after FROM incident_answer WHERE ended = 0 ORDER BY at, incident, number

-- name: answer_move
UPDATE incident_answer SET after = ?, made = made + ?, ended = ? WHERE incident = ? AND number = ? AND after = ? AND ended = 0

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

-- name: affected_add
INSERT INTO affected (incident, channel, person, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING

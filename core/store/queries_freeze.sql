-- The statements of freeze requests. See queries.sql for the rules.

-- name: freeze_expire
DELETE FROM freeze_request WHERE at < ?

-- name: freeze_known
SELECT 1 FROM freeze_request WHERE key = ?

-- name: freeze_of_person
SELECT COUNT(*) FROM freeze_request WHERE person = ?

-- name: freeze_of_target
SELECT COUNT(*) FROM freeze_request WHERE target = ?

-- name: freeze_add
INSERT INTO freeze_request (key, person, target, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING

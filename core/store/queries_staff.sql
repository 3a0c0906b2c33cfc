-- The statements of staff and of the audit's seals. See queries.sql for the rules.

-- name: staff_all
SELECT name, ids, roles FROM staff ORDER BY name

-- name: staff_clear
DELETE FROM staff

-- name: staff_add
INSERT INTO staff (name, ids, roles) VALUES (?, ?, ?)

-- name: staff_propose
INSERT INTO staff_change (hash, proposer, at) VALUES (?, ?, ?)
ON CONFLICT (hash) DO UPDATE SET
    proposer = CASE WHEN staff_change.agreed = '' THEN staff_change.proposer ELSE excluded.proposer END,
    agreed = '', at = excluded.at

-- name: staff_proposer
SELECT proposer FROM staff_change WHERE hash = ? AND agreed = ''

-- name: staff_agree
UPDATE staff_change SET agreed = ? WHERE hash = ? AND agreed = '' AND proposer <> ?

-- A wish was one about the roster that was in force.
-- name: staff_lapse
DELETE FROM staff_change WHERE agreed = ''

-- name: factor_forget
DELETE FROM staff_factor WHERE name NOT IN (SELECT name FROM staff)

-- name: factor_find
SELECT name, sealed, confirmed_by FROM staff_factor WHERE name = ?

-- name: factor_enrolled
SELECT name FROM staff_factor WHERE confirmed_by <> '' ORDER BY name

-- name: factor_put
INSERT INTO staff_factor (name, sealed) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, confirmed_by = '', last_step = 0, tries = 0

-- name: factor_confirm
UPDATE staff_factor SET confirmed_by = ? WHERE name = ?

-- name: factor_use
UPDATE staff_factor SET last_step = ?, tries = 0 WHERE name = ? AND last_step < ?

-- name: factor_try
UPDATE staff_factor SET tries = tries + 1 WHERE name = ? AND tries < ? RETURNING tries

-- name: factor_unlock
UPDATE staff_factor SET tries = 0 WHERE name = ?

-- name: request_put
INSERT INTO staff_request (name, what, at) VALUES (?, ?, ?)
ON CONFLICT (name) DO UPDATE SET what = excluded.what, at = excluded.at

-- name: request_take
DELETE FROM staff_request WHERE name = ? RETURNING what, at

-- name: audit_lines
SELECT id, at, actor, action, subject, detail FROM audit WHERE id > ? AND at <= ? ORDER BY id LIMIT ?

-- name: seal_after
SELECT number, last, lines, mac, at FROM audit_seal WHERE number > ? ORDER BY number LIMIT ?

-- name: seal_head
SELECT number, last, lines, mac, at FROM audit_seal ORDER BY number DESC LIMIT 1

-- name: seal_add
INSERT INTO audit_seal (number, last, lines, mac, at) VALUES (?, ?, ?, ?, ?)

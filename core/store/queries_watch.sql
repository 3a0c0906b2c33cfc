-- The statements of the room of watches, see `queries.sql` for the rules.

-- name: watch_add
INSERT INTO watch (id, lane, address, flow, network, transaction_id, goal, until, block, block_hash, due, look_at, said,
    message)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING

-- name: watch_count
SELECT COUNT(*) FROM watch WHERE lane = ? AND id <> ?

-- name: watch_same
SELECT id FROM watch WHERE lane = ? AND network = ? AND transaction_id = ?

-- name: watch_networks
SELECT DISTINCT network FROM watch

-- name: watch_found
SELECT id, lane, address, flow, network, transaction_id, goal, until, block, block_hash, due, look_at, said, message
FROM watch WHERE network = ? AND transaction_id IN (?)

-- name: watch_of_block
SELECT id, lane, address, flow, network, transaction_id, goal, until, block, block_hash, due, look_at, said, message
FROM watch WHERE network = ? AND block >= 0 AND block_hash IN (?)

-- name: watch_is_due
SELECT id, lane, address, flow, network, transaction_id, goal, until, block, block_hash, due, look_at, said, message
FROM watch WHERE network = ? AND block >= 0 AND due <= ? ORDER BY due, id LIMIT ?

-- name: watch_to_look
SELECT id, lane, address, flow, network, transaction_id, goal, until, block, block_hash, due, look_at, said, message
FROM watch WHERE network = ? AND block < 0 AND look_at <= ? ORDER BY look_at, id LIMIT ?

-- name: watch_over
SELECT id, lane, address, flow, network, transaction_id, goal, until, block, block_hash, due, look_at, said, message
FROM watch WHERE until <= ? ORDER BY until, id LIMIT ?

-- name: watch_keep
UPDATE watch SET transaction_id = ?, block = ?, block_hash = ?, due = ?, look_at = ?, said = ?, message = ? WHERE id = ?

-- name: watch_end
DELETE FROM watch WHERE id = ?

-- name: watch_still
SELECT 1 FROM watch WHERE transaction_id = ? LIMIT 1

-- name: watch_tell
INSERT INTO watch_notice (watch, event, block) VALUES (?, ?, ?) ON CONFLICT DO NOTHING

-- name: watch_forget_said
DELETE FROM watch_notice WHERE watch = ?

-- name: watch_tips
SELECT number, hash FROM watch_tip WHERE network = ? ORDER BY number

-- name: watch_tip_set
INSERT INTO watch_tip (network, number, hash) VALUES (?, ?, ?)
ON CONFLICT (network, number) DO UPDATE SET hash = excluded.hash

-- name: watch_tip_drop
DELETE FROM watch_tip WHERE network = ? AND (number > ? OR number <= ?)

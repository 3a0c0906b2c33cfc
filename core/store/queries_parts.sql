-- The parts of a channel's connection: who shares them, and who holds which.

-- Whoever joins takes this row, so that two who come at once see each other.
-- name: part_turn
UPDATE counter SET value = value WHERE name = 'worker'

-- name: part_sharers
SELECT worker FROM sharer WHERE channel = ? ORDER BY worker

-- name: part_join
INSERT INTO sharer (channel, worker) VALUES (?, ?) ON CONFLICT (channel, worker) DO NOTHING

-- name: part_all
SELECT number, holder FROM part WHERE channel = ? ORDER BY number

-- name: part_clear
DELETE FROM part WHERE channel = ?

-- name: part_add
INSERT INTO part (channel, number, holder, session) VALUES (?, ?, 0, '')

-- name: part_claim
WITH free AS MATERIALIZED (
    SELECT channel, number FROM part WHERE channel = ? AND holder = 0
    ORDER BY number LIMIT ? /*postgres: FOR UPDATE SKIP LOCKED */
)
UPDATE part SET holder = ? WHERE (channel, number) IN (SELECT channel, number FROM free)
RETURNING number, session

-- name: part_keep
UPDATE part SET session = ? WHERE channel = ? AND number = ? AND holder = ?

-- name: part_release
UPDATE part SET holder = 0 WHERE channel = ? AND number = ? AND holder = ?

-- name: part_free
UPDATE part SET holder = 0 WHERE holder = ?

-- name: sharer_gone
DELETE FROM sharer WHERE worker = ?

-- name: part_owners
SELECT part.number, lease.owner FROM part LEFT JOIN lease ON lease.name = 'worker ' || CAST(part.holder AS TEXT)
WHERE part.channel = ? ORDER BY part.number

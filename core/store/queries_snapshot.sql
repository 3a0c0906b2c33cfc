-- The statements of the room of snapshots, see `queries.sql` for the rules.

-- name: snapshot_recall
SELECT body FROM snapshot WHERE id = ? AND until > ? ORDER BY network

-- Whoever needs it longer keeps it longer.
-- name: snapshot_keep
INSERT INTO snapshot (id, network, body, until) VALUES (?, ?, ?, ?)
ON CONFLICT (id, network) DO UPDATE SET
    body = excluded.body,
    until = CASE WHEN excluded.until > snapshot.until THEN excluded.until ELSE snapshot.until END

-- name: snapshot_forget
DELETE FROM snapshot WHERE id = ?

-- name: snapshot_purge
DELETE FROM snapshot WHERE until <= ?

-- The statements of the room of pictures, see `queries.sql` for the rules.

-- name: picture_put
INSERT INTO picture (name, body) VALUES (?, ?) ON CONFLICT (name) DO NOTHING

-- name: picture_find
SELECT body FROM picture WHERE name = ?

-- Those of drafts that nobody approved and that were discarded, or written anew without them. What belongs to no
-- broadcast at all is somebody else's, and stays.
-- name: picture_idle
SELECT name FROM picture WHERE EXISTS (
    SELECT 1 FROM broadcast_version WHERE content LIKE '%' || picture.name || '%'
) AND NOT EXISTS (
    SELECT 1 FROM broadcast_version
    LEFT JOIN broadcast ON broadcast.name = broadcast_version.name AND broadcast.version = broadcast_version.version
        AND state NOT IN ('cancelled', 'expired')
    LEFT JOIN broadcast_approval ON broadcast_approval.name = broadcast_version.name
        AND broadcast_approval.version = broadcast_version.version
    WHERE (broadcast.name IS NOT NULL OR broadcast_approval.name IS NOT NULL)
        AND broadcast_version.content LIKE '%' || picture.name || '%'
)

-- name: picture_forget
DELETE FROM picture WHERE name = ?

-- name: picture_kept_forget
DELETE FROM picture_kept WHERE name = ?

-- name: picture_known
SELECT ref FROM picture_kept WHERE keeper = ? AND name = ?

-- name: picture_remember
INSERT INTO picture_kept (keeper, name, ref) VALUES (?, ?, ?)
ON CONFLICT (keeper, name) DO UPDATE SET ref = excluded.ref

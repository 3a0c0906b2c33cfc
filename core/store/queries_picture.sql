-- The statements of the room of pictures, see `queries.sql` for the rules.

-- name: picture_put
INSERT INTO picture (name, body) VALUES (?, ?) ON CONFLICT (name) DO NOTHING

-- name: picture_find
SELECT body FROM picture WHERE name = ?

-- name: picture_known
SELECT ref FROM picture_kept WHERE keeper = ? AND name = ?

-- name: picture_remember
INSERT INTO picture_kept (keeper, name, ref) VALUES (?, ?, ?)
ON CONFLICT (keeper, name) DO UPDATE SET ref = excluded.ref

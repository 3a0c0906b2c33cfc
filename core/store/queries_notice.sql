-- The statements of broadcasts that draft themselves. See queries.sql for the rules.

-- name: occasion_begin
INSERT INTO occasion (rule, key, begun_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING

-- name: occasion_move
UPDATE occasion SET key = ?, moves = moves + 1 WHERE rule = ? AND key = ? AND ended_at = 0

-- name: occasion_end
UPDATE occasion SET ended_at = ? WHERE rule = ? AND key = ? AND ended_at = 0

-- name: occasion_lacks
SELECT 1 FROM occasion WHERE rule = ? AND key = ? AND ended_at = 0 AND NOT EXISTS (
    SELECT 1 FROM notice WHERE notice.rule = occasion.rule AND notice.key = occasion.key AND step = ?
)

-- name: occasion_all_open
SELECT rule, key, begun_at, moves FROM occasion WHERE ended_at = 0 ORDER BY rule

-- name: notice_add
INSERT INTO notice (rule, key, step, deed, name, held, at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING

-- name: notice_of
SELECT rule, key, step, deed, name, held, at FROM notice WHERE rule = ? AND at >= ? ORDER BY at, step

-- name: notice_lately
SELECT rule, key, step, deed, name, held, at FROM notice WHERE at >= ? ORDER BY at DESC, rule, step LIMIT ?

-- name: notice_latest
SELECT COALESCE(MAX(at), 0) FROM notice WHERE rule = ? AND name <> ''

-- name: notice_count
SELECT COUNT(*) FROM notice WHERE at > ? AND name <> '' AND deed IN ('begin', 'again')

-- name: price_add
INSERT INTO price (rule, at, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING

-- name: price_forget
DELETE FROM price WHERE rule = ? AND at < ?

-- name: price_forget_all
DELETE FROM price WHERE at < ?

-- name: price_range
SELECT at, value FROM price WHERE rule = ? ORDER BY at

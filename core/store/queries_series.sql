-- The statements of series. See queries.sql for the rules.

-- name: series_members
SELECT channel, person, given, last FROM series_member
WHERE series = ? AND (channel, person) >= (?, ?) AND (channel, person) <= (?, ?)

-- name: series_given
INSERT INTO series_member (series, channel, person, given, last) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (series, channel, person) DO UPDATE SET given = excluded.given, last = excluded.last

-- name: series_stands
SELECT 1 FROM broadcast WHERE name = ? AND approved = ? AND state = 'approved'

-- name: series_progress
SELECT given, COUNT(*) FROM series_member WHERE series = ? GROUP BY given

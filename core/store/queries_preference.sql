-- The statements of preferences. See queries.sql for the rules.

-- name: preference_find
SELECT COALESCE(preference.zone, ''), COALESCE(preference.quiet, ''),
    COALESCE(preference.week, 1000), COALESCE(subscription.topics, ''), preference.person IS NOT NULL,
    COALESCE(subscriber.language, '')
FROM (SELECT CAST(? AS TEXT) AS channel, CAST(? AS TEXT) AS person) AS wanted
LEFT JOIN preference ON preference.channel = wanted.channel AND preference.person = wanted.person
LEFT JOIN subscription ON subscription.channel = wanted.channel AND subscription.person = wanted.person
    AND subscription.left_at = 0
LEFT JOIN subscriber ON subscriber.channel = wanted.channel AND subscriber.person = wanted.person

-- name: preference_zone
INSERT INTO preference (channel, person, zone, changed_at) VALUES (?, ?, ?, ?)
ON CONFLICT (channel, person) DO UPDATE SET zone = excluded.zone, changed_at = excluded.changed_at

-- Lessons follow to another zone; their moments are theirs from now on.
-- name: preference_zone_of_lessons
UPDATE subscription SET zone = ?, since = ? WHERE channel = ? AND person = ? AND left_at = 0 AND zone <> ?

-- name: preference_quiet
INSERT INTO preference (channel, person, quiet, changed_at) VALUES (?, ?, ?, ?)
ON CONFLICT (channel, person) DO UPDATE SET quiet = excluded.quiet, changed_at = excluded.changed_at

-- name: preference_week
INSERT INTO preference (channel, person, week, changed_at) VALUES (?, ?, ?, ?)
ON CONFLICT (channel, person) DO UPDATE SET week = excluded.week, changed_at = excluded.changed_at

-- name: preference_language
UPDATE subscriber SET language = ? WHERE channel = ? AND person = ?

-- name: preference_language_of_lessons
UPDATE subscription SET language = ? WHERE channel = ? AND person = ? AND left_at = 0

-- name: preference_forget
DELETE FROM preference WHERE channel = ? AND person = ?

-- name: preference_forget_lessons
DELETE FROM subscription WHERE channel = ? AND person = ?

-- name: asset_all
SELECT name FROM asset WHERE channel = ? AND person = ? ORDER BY name

-- name: asset_forget
DELETE FROM asset WHERE channel = ? AND person = ?

-- name: asset_add
INSERT INTO asset (channel, person, name) VALUES (?, ?, ?)

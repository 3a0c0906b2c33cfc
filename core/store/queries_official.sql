-- What is official: core/store/sql/official.py.

-- name: official_highest
SELECT version, digest FROM official_list WHERE name = 'official'

-- name: official_raise
INSERT INTO official_list (name, version, digest, at) VALUES ('official', ?, ?, ?)
ON CONFLICT (name) DO UPDATE SET version = excluded.version, digest = excluded.digest, at = excluded.at
WHERE official_list.version < excluded.version

-- name: agent_code_put
INSERT INTO agent_code (made, digest, alias, until) VALUES (?, ?, ?, ?)
ON CONFLICT (made) DO UPDATE SET digest = excluded.digest, until = excluded.until WHERE agent_code.used = 0

-- name: agent_code_live
SELECT made, digest, alias FROM agent_code WHERE until > ? AND used = 0 ORDER BY until DESC LIMIT 500

-- name: agent_code_use
UPDATE agent_code SET used = ? WHERE made = ? AND used = 0 AND until > ?

-- name: agent_code_forget
DELETE FROM agent_code WHERE until < ?

-- What was seen in the groups: core/store/sql/community.py. One that staff erased may be seen again; one that is open
-- or cleared is not told twice, but a repetition of the same event is.
-- name: sighting_add
INSERT INTO sighting (channel, chat, person, ref, what, event, at) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (channel, chat, person, what) DO UPDATE SET ref = excluded.ref, event = excluded.event, at = excluded.at,
    state = 'open'
WHERE sighting.state = 'erased' OR (sighting.state = 'open' AND sighting.event = excluded.event)
RETURNING number

-- name: sighting_settle
UPDATE sighting SET state = ? WHERE number = ? RETURNING channel, chat, person, ref, what, event

-- Every text that a person's words could stand in, page by page, for the check that no secret does. See queries.sql.

-- name: texts_event
SELECT CAST(id AS TEXT), payload FROM event ORDER BY id LIMIT ? OFFSET ?

-- name: texts_effect
SELECT key, payload FROM effect ORDER BY id LIMIT ? OFFSET ?

-- name: texts_conversation
SELECT key, state FROM conversation ORDER BY key LIMIT ? OFFSET ?

-- name: texts_ticket
SELECT CAST(number AS TEXT), slots FROM ticket ORDER BY number LIMIT ? OFFSET ?

-- name: texts_ticket_note
SELECT key, text FROM ticket_note ORDER BY key LIMIT ? OFFSET ?

-- name: texts_audit
SELECT CAST(id AS TEXT), detail FROM audit ORDER BY id LIMIT ? OFFSET ?

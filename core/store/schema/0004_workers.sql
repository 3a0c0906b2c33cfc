-- Many workers on one store: who holds which row, and the shared rates.

-- holder: the number of the worker that has claimed the row, 0 for nobody. Where one process works alone it stays 0.
ALTER TABLE event ADD COLUMN holder BIGINT NOT NULL DEFAULT 0;
ALTER TABLE effect ADD COLUMN holder BIGINT NOT NULL DEFAULT 0;
INSERT INTO counter (name, value) VALUES ('worker', 0);

-- free_at: when the next message of a whole bot may leave.
CREATE TABLE rate (
    name    TEXT PRIMARY KEY,
    free_at DOUBLE PRECISION NOT NULL
);

/*postgres:
CREATE INDEX event_lane ON event (lane, id) WHERE status = 'waiting';
CREATE INDEX effect_rank ON effect (rank, id) WHERE status = 'queued';
*/

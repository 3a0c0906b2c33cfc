-- How far each person is in each series. `given` are the names of its lessons that they have, with a space between; `last` is
-- the day, on their own wall, on which they got the newest one. What erases their settings leaves this, as it leaves every
-- delivery: nobody is to get a lesson twice.
CREATE TABLE series_member (
    series  TEXT NOT NULL,
    channel TEXT NOT NULL,
    person  TEXT NOT NULL,
    given   TEXT NOT NULL,
    last    TEXT NOT NULL,
    PRIMARY KEY (series, channel, person)
);

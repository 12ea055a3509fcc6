-- Which channel took an alert that another has not taken yet; delivered_at of outbox says that all have it.
CREATE TABLE deliveries (
    alert_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    delivered_at INTEGER NOT NULL,
    PRIMARY KEY (alert_id, channel)
) STRICT;
CREATE VIEW deliveries_view AS
SELECT
    alert_id,
    channel,
    strftime('%Y-%m-%dT%H:%M:%S', delivered_at / 1000000 - (delivered_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (delivered_at % 1000000 + 1000000) % 1000000) AS delivered_at
FROM deliveries;

-- A part of an intent is a position plan, and one contract of it a leg, in columns and in stored plans.
-- A quotation mark inside a text of a document is written \", so that a quoted word with a colon behind it is always a key; no other part of a
-- plan has keys of these names.
UPDATE intents SET plan = replace(replace(plan, '"strands":', '"positionPlans":'), '"steps":', '"legs":');

DROP VIEW orders_view;
ALTER TABLE orders RENAME COLUMN strand TO position_plan;
ALTER TABLE orders RENAME COLUMN step TO leg;
CREATE VIEW orders_view AS
SELECT
    tag,
    intent_id,
    position_id,
    instrument,
    position_plan,
    leg,
    attempt,
    slice,
    role,
    action,
    side,
    contract,
    symbol,
    quantity,
    state,
    filled_quantity,
    substr('-', 1, filled_value < 0) || rtrim(rtrim(printf('%d.%04d', abs(filled_value / 10000), abs(filled_value % 10000)), '0'), '.') AS filled_value,
    broker_order_id,
    sender,
    strftime('%Y-%m-%dT%H:%M:%S', planned_at / 1000000 - (planned_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (planned_at % 1000000 + 1000000) % 1000000) AS planned_at,
    strftime('%Y-%m-%dT%H:%M:%S', sent_at / 1000000 - (sent_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (sent_at % 1000000 + 1000000) % 1000000) AS sent_at,
    strftime('%Y-%m-%dT%H:%M:%S', finished_at / 1000000 - (finished_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (finished_at % 1000000 + 1000000) % 1000000) AS finished_at,
    misses,
    message,
    version
FROM orders;

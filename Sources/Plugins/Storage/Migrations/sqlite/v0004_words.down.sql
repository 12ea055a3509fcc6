-- Takes back what the way up renamed.
-- The binary of before asks for everything in every plan, whatever the plan is of.
UPDATE intents SET plan = json_patch(
    json_object('price', '0', 'averageTrueRange', coalesce(plan ->> '$.positionPlans[0].averageTrueRange', '0')),
    json_set(plan, '$.positionPlans', (
        SELECT json_group_array(json_patch('{"lateValue":0,"layer":"Long_1","limiter":"","lots":0}', value))
        FROM json_each(plan, '$.positionPlans'))));
-- A structure has legs too: they are never none, and their first key is contract, because the keys of a document are sorted.
UPDATE intents SET plan = replace(replace(replace(plan, '"positionPlans":', '"strands":'), '"legs":[]', '"steps":[]'), '"legs":[{"action":', '"steps":[{"action":');

DROP VIEW orders_view;
-- The binary of before tells a reason by the first word of the message.
UPDATE orders SET message = CASE reason WHEN 'day_ended' THEN 'its day ended before it was resolved' ELSE reason || ':' END
WHERE reason IS NOT NULL AND message IS NULL;
ALTER TABLE orders DROP COLUMN reason;
ALTER TABLE orders RENAME COLUMN position_plan TO strand;
ALTER TABLE orders RENAME COLUMN leg TO step;
CREATE VIEW orders_view AS
SELECT
    tag,
    intent_id,
    position_id,
    instrument,
    strand,
    step,
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

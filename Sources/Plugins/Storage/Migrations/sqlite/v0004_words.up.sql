-- A part of an intent is a position plan, and one contract of it a leg, in columns and in stored plans.
-- A quotation mark inside a text of a document is written \", so that a quoted word with a colon behind it is always a key; no other part of a
-- plan has keys of these names.
UPDATE intents SET plan = replace(replace(plan, '"strands":', '"positionPlans":'), '"steps":', '"legs":');
-- What opens a layer has the price and the range of its signal itself. A repair has neither price nor layer, and nothing reads the ones it had.
UPDATE intents SET plan = json_set(plan, '$.positionPlans', (
    SELECT json_group_array(json_patch(value, json_object('price', plan ->> '$.price', 'averageTrueRange', plan ->> '$.averageTrueRange')))
    FROM json_each(plan, '$.positionPlans')));

DROP VIEW orders_view;
ALTER TABLE orders RENAME COLUMN strand TO position_plan;
ALTER TABLE orders RENAME COLUMN step TO leg;
-- Why an order was dropped or given up has a column of its own; it stood before its words until now.
ALTER TABLE orders ADD COLUMN reason TEXT;
UPDATE orders SET reason = CASE
    WHEN state = 'absent' AND message = 'its day ended before it was resolved' THEN 'day_ended'
    WHEN state = 'absent' THEN 'order_absent'
    WHEN state = 'dropped' AND instr(message, 'superseded_by_exit:') = 1 THEN 'superseded_by_exit'
    WHEN state = 'dropped' AND instr(message, 'trading_stopped:') = 1 THEN 'trading_stopped'
    WHEN state = 'dropped' AND instr(message, 'entry_window:') = 1 THEN 'entry_window'
    WHEN state = 'dropped' AND instr(message, 'outside_session:') = 1 THEN 'outside_session'
    WHEN state = 'dropped' AND instr(message, 'order_rate:') = 1 THEN 'order_rate'
    WHEN state = 'dropped' AND message = 'the position changed before the exit began' THEN 'position_changed'
END
WHERE state IN ('absent', 'dropped');
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
    version,
    reason
FROM orders;

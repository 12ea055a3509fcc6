-- Charges of repairs have a type of their own; bars that stops were tested with outlive a process; a process says by which clock it recorded.
DROP VIEW capital_transactions_view;
ALTER TABLE capital_transactions RENAME TO capital_transactions_before;
DROP INDEX capital_transactions_once_by_entry_key;
DROP INDEX capital_transactions_by_created_at;
DROP INDEX capital_transactions_by_position_id;
CREATE TABLE capital_transactions (
    id INTEGER NOT NULL,
    entry_key TEXT NOT NULL,
    transaction_type TEXT NOT NULL CHECK (transaction_type IN ('DEPOSIT', 'WITHDRAW', 'TRADING_PNL', 'CHARGES', 'REPAIR_CHARGES')),
    amount INTEGER NOT NULL,
    equity_before INTEGER NOT NULL,
    equity_after INTEGER NOT NULL,
    position_id TEXT,
    notes TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (id)
) STRICT;
INSERT INTO capital_transactions SELECT id, entry_key, transaction_type, amount, equity_before, equity_after, position_id, notes, created_by, created_at FROM capital_transactions_before;
DROP TABLE capital_transactions_before;
CREATE UNIQUE INDEX capital_transactions_once_by_entry_key ON capital_transactions (entry_key);
CREATE INDEX capital_transactions_by_created_at ON capital_transactions (created_at);
CREATE INDEX capital_transactions_by_position_id ON capital_transactions (position_id);
CREATE VIEW capital_transactions_view AS
SELECT
    id,
    entry_key,
    transaction_type,
    substr('-', 1, amount < 0) || rtrim(rtrim(printf('%d.%04d', abs(amount / 10000), abs(amount % 10000)), '0'), '.') AS amount,
    substr('-', 1, equity_before < 0) || rtrim(rtrim(printf('%d.%04d', abs(equity_before / 10000), abs(equity_before % 10000)), '0'), '.') AS equity_before,
    substr('-', 1, equity_after < 0) || rtrim(rtrim(printf('%d.%04d', abs(equity_after / 10000), abs(equity_after % 10000)), '0'), '.') AS equity_after,
    position_id,
    notes,
    created_by,
    strftime('%Y-%m-%dT%H:%M:%S', created_at / 1000000 - (created_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (created_at % 1000000 + 1000000) % 1000000) AS created_at
FROM capital_transactions;

DROP VIEW scopes_view;
ALTER TABLE scopes ADD COLUMN last_bar_at INTEGER;
CREATE VIEW scopes_view AS
SELECT
    instrument,
    state,
    frozen_reason,
    strftime('%Y-%m-%dT%H:%M:%S', last_exit_at / 1000000 - (last_exit_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (last_exit_at % 1000000 + 1000000) % 1000000) AS last_exit_at,
    strftime('%Y-%m-%dT%H:%M:%S', newest_exit_timestamp / 1000000 - (newest_exit_timestamp % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (newest_exit_timestamp % 1000000 + 1000000) % 1000000) AS newest_exit_timestamp,
    substr('-', 1, last_price < 0) || rtrim(rtrim(printf('%d.%04d', abs(last_price / 10000), abs(last_price % 10000)), '0'), '.') AS last_price,
    substr('-', 1, last_atr < 0) || rtrim(rtrim(printf('%d.%04d', abs(last_atr / 10000), abs(last_atr % 10000)), '0'), '.') AS last_atr,
    strftime('%Y-%m-%dT%H:%M:%S', last_price_at / 1000000 - (last_price_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (last_price_at % 1000000 + 1000000) % 1000000) AS last_price_at,
    version,
    strftime('%Y-%m-%dT%H:%M:%S', last_bar_at / 1000000 - (last_bar_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (last_bar_at % 1000000 + 1000000) % 1000000) AS last_bar_at
FROM scopes;

DROP VIEW instance_metadata_view;
ALTER TABLE instance_metadata ADD COLUMN boot TEXT;
ALTER TABLE instance_metadata ADD COLUMN boot_origin INTEGER;
CREATE VIEW instance_metadata_view AS
SELECT
    instance_id,
    name,
    hostname,
    status,
    binary_version,
    strftime('%Y-%m-%dT%H:%M:%S', started_at / 1000000 - (started_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (started_at % 1000000 + 1000000) % 1000000) AS started_at,
    strftime('%Y-%m-%dT%H:%M:%S', last_heartbeat / 1000000 - (last_heartbeat % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (last_heartbeat % 1000000 + 1000000) % 1000000) AS last_heartbeat,
    is_leader,
    version,
    boot,
    strftime('%Y-%m-%dT%H:%M:%S', boot_origin / 1000000 - (boot_origin % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (boot_origin % 1000000 + 1000000) % 1000000) AS boot_origin
FROM instance_metadata;

-- The tables of the host. Decimals are integers in units of their scale, instants microseconds since 1970 in UTC;
-- the views show both as text. Closed sets have checks; instruments, reasons and other open sets have none.

CREATE TABLE signal_log (
    fingerprint TEXT NOT NULL,
    payload TEXT NOT NULL,
    instrument TEXT NOT NULL,
    signal_type TEXT NOT NULL,
    position TEXT NOT NULL,
    signal_timestamp INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    digest TEXT NOT NULL,
    raw_body TEXT NOT NULL,
    processing_status TEXT NOT NULL
        CHECK (processing_status IN ('accepted', 'working', 'executed', 'refused', 'expired', 'superseded', 'quarantined', 'failed')),
    reason TEXT,
    explanation TEXT,
    intent_id TEXT,
    attempts INTEGER NOT NULL,
    is_duplicate INTEGER NOT NULL CHECK (is_duplicate IN (0, 1)),
    processed_by_instance TEXT,
    processed_at INTEGER,
    version INTEGER NOT NULL,
    PRIMARY KEY (fingerprint)
) STRICT;
CREATE INDEX signal_log_by_processing_status ON signal_log (processing_status);
CREATE INDEX signal_log_by_received_at ON signal_log (received_at);
CREATE INDEX signal_log_by_instrument_signal_timestamp ON signal_log (instrument, signal_timestamp);
CREATE VIEW signal_log_view AS
SELECT
    fingerprint,
    payload,
    instrument,
    signal_type,
    position,
    strftime('%Y-%m-%dT%H:%M:%S', signal_timestamp / 1000000 - (signal_timestamp % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (signal_timestamp % 1000000 + 1000000) % 1000000) AS signal_timestamp,
    strftime('%Y-%m-%dT%H:%M:%S', received_at / 1000000 - (received_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (received_at % 1000000 + 1000000) % 1000000) AS received_at,
    digest,
    raw_body,
    processing_status,
    reason,
    explanation,
    intent_id,
    attempts,
    is_duplicate,
    processed_by_instance,
    strftime('%Y-%m-%dT%H:%M:%S', processed_at / 1000000 - (processed_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (processed_at % 1000000 + 1000000) % 1000000) AS processed_at,
    version
FROM signal_log;

CREATE TABLE signal_conflicts (
    conflict_id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    digest TEXT NOT NULL,
    raw_body TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (conflict_id)
) STRICT;
CREATE INDEX signal_conflicts_by_fingerprint ON signal_conflicts (fingerprint);
CREATE VIEW signal_conflicts_view AS
SELECT
    conflict_id,
    fingerprint,
    digest,
    raw_body,
    strftime('%Y-%m-%dT%H:%M:%S', received_at / 1000000 - (received_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (received_at % 1000000 + 1000000) % 1000000) AS received_at
FROM signal_conflicts;

CREATE TABLE scopes (
    instrument TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'frozen')),
    frozen_reason TEXT,
    last_exit_at INTEGER,
    newest_exit_timestamp INTEGER,
    last_price INTEGER,
    last_atr INTEGER,
    last_price_at INTEGER,
    version INTEGER NOT NULL,
    PRIMARY KEY (instrument)
) STRICT;
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
    version
FROM scopes;

CREATE TABLE pyramiding_state (
    instrument TEXT NOT NULL,
    last_pyramid_price INTEGER,
    base_position_id TEXT,
    pyramid_count INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (instrument)
) STRICT;
CREATE VIEW pyramiding_state_view AS
SELECT
    instrument,
    substr('-', 1, last_pyramid_price < 0) || rtrim(rtrim(printf('%d.%04d', abs(last_pyramid_price / 10000), abs(last_pyramid_price % 10000)), '0'), '.') AS last_pyramid_price,
    base_position_id,
    pyramid_count,
    strftime('%Y-%m-%dT%H:%M:%S', updated_at / 1000000 - (updated_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (updated_at % 1000000 + 1000000) % 1000000) AS updated_at,
    version
FROM pyramiding_state;

CREATE TABLE intents (
    intent_id TEXT NOT NULL,
    instrument TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('entry', 'pyramid', 'exit', 'roll', 'repair')),
    state TEXT NOT NULL CHECK (state IN ('active', 'flat', 'quarantined', 'settled', 'failed')),
    signal_fingerprint TEXT,
    cause_key TEXT,
    plan TEXT NOT NULL,
    entry_deadline INTEGER,
    repair_deadline INTEGER,
    reserved_risk INTEGER NOT NULL,
    reserved_volatility INTEGER NOT NULL,
    reserved_margin INTEGER NOT NULL,
    owner TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (intent_id)
) STRICT;
CREATE UNIQUE INDEX intents_once_by_signal_fingerprint ON intents (signal_fingerprint);
CREATE UNIQUE INDEX intents_once_by_cause_key ON intents (cause_key);
CREATE INDEX intents_by_state ON intents (state);
CREATE INDEX intents_by_instrument_created_at ON intents (instrument, created_at);
CREATE VIEW intents_view AS
SELECT
    intent_id,
    instrument,
    kind,
    state,
    signal_fingerprint,
    cause_key,
    plan,
    strftime('%Y-%m-%dT%H:%M:%S', entry_deadline / 1000000 - (entry_deadline % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (entry_deadline % 1000000 + 1000000) % 1000000) AS entry_deadline,
    strftime('%Y-%m-%dT%H:%M:%S', repair_deadline / 1000000 - (repair_deadline % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (repair_deadline % 1000000 + 1000000) % 1000000) AS repair_deadline,
    substr('-', 1, reserved_risk < 0) || rtrim(rtrim(printf('%d.%04d', abs(reserved_risk / 10000), abs(reserved_risk % 10000)), '0'), '.') AS reserved_risk,
    substr('-', 1, reserved_volatility < 0) || rtrim(rtrim(printf('%d.%04d', abs(reserved_volatility / 10000), abs(reserved_volatility % 10000)), '0'), '.') AS reserved_volatility,
    substr('-', 1, reserved_margin < 0) || rtrim(rtrim(printf('%d.%04d', abs(reserved_margin / 10000), abs(reserved_margin % 10000)), '0'), '.') AS reserved_margin,
    owner,
    epoch,
    strftime('%Y-%m-%dT%H:%M:%S', created_at / 1000000 - (created_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (created_at % 1000000 + 1000000) % 1000000) AS created_at,
    strftime('%Y-%m-%dT%H:%M:%S', updated_at / 1000000 - (updated_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (updated_at % 1000000 + 1000000) % 1000000) AS updated_at,
    version
FROM intents;

CREATE TABLE orders (
    tag TEXT NOT NULL,
    intent_id TEXT NOT NULL,
    position_id TEXT NOT NULL,
    instrument TEXT NOT NULL,
    strand INTEGER NOT NULL,
    step INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    slice INTEGER NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('future', 'call', 'put')),
    action TEXT NOT NULL CHECK (action IN ('open', 'close')),
    side TEXT NOT NULL CHECK (side IN ('BUY', 'SELL')),
    contract TEXT NOT NULL,
    symbol TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('planned', 'sending', 'unknown', 'working', 'filled', 'rejected', 'cancelled', 'absent', 'dropped', 'notSent')),
    filled_quantity INTEGER NOT NULL,
    filled_value INTEGER NOT NULL,
    broker_order_id TEXT,
    sender TEXT,
    planned_at INTEGER NOT NULL,
    sent_at INTEGER,
    finished_at INTEGER,
    misses INTEGER NOT NULL,
    message TEXT,
    version INTEGER NOT NULL,
    PRIMARY KEY (tag)
) STRICT;
CREATE INDEX orders_by_intent_id ON orders (intent_id);
CREATE INDEX orders_by_state_sent_at ON orders (state, sent_at);
CREATE INDEX orders_by_sent_at_tag ON orders (sent_at, tag);
CREATE INDEX orders_by_instrument_planned_at ON orders (instrument, planned_at);
CREATE INDEX orders_by_broker_order_id ON orders (broker_order_id);
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

CREATE TABLE trades (
    trade_id TEXT NOT NULL,
    tag TEXT NOT NULL,
    intent_id TEXT NOT NULL,
    position_id TEXT NOT NULL,
    broker_order_id TEXT NOT NULL,
    symbol TEXT NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('BUY', 'SELL')),
    quantity INTEGER NOT NULL,
    price INTEGER NOT NULL,
    traded_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (trade_id)
) STRICT;
CREATE INDEX trades_by_tag ON trades (tag);
CREATE INDEX trades_by_intent_id ON trades (intent_id);
CREATE INDEX trades_by_position_id ON trades (position_id);
CREATE INDEX trades_by_traded_at ON trades (traded_at);
CREATE VIEW trades_view AS
SELECT
    trade_id,
    tag,
    intent_id,
    position_id,
    broker_order_id,
    symbol,
    side,
    quantity,
    substr('-', 1, price < 0) || rtrim(rtrim(printf('%d.%04d', abs(price / 10000), abs(price % 10000)), '0'), '.') AS price,
    strftime('%Y-%m-%dT%H:%M:%S', traded_at / 1000000 - (traded_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (traded_at % 1000000 + 1000000) % 1000000) AS traded_at,
    strftime('%Y-%m-%dT%H:%M:%S', recorded_at / 1000000 - (recorded_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (recorded_at % 1000000 + 1000000) % 1000000) AS recorded_at
FROM trades;

CREATE TABLE portfolio_positions (
    position_id TEXT NOT NULL,
    instrument TEXT NOT NULL,
    position TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'closing', 'closed', 'partial')),
    mode TEXT NOT NULL CHECK (mode IN ('paper', 'live')),
    signal_fingerprint TEXT,
    entry_timestamp INTEGER NOT NULL,
    entry_price INTEGER NOT NULL,
    signal_price INTEGER NOT NULL,
    lots INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    lot_size INTEGER NOT NULL,
    point_value INTEGER NOT NULL,
    margin_per_lot INTEGER NOT NULL,
    initial_stop INTEGER NOT NULL,
    current_stop INTEGER NOT NULL,
    highest_close INTEGER NOT NULL,
    initial_risk_points INTEGER NOT NULL,
    atr INTEGER NOT NULL,
    limiter TEXT NOT NULL,
    structure TEXT NOT NULL,
    expiry TEXT NOT NULL,
    strike INTEGER,
    opened_value INTEGER NOT NULL,
    realized_pnl INTEGER NOT NULL,
    charges INTEGER NOT NULL,
    rollover_status TEXT NOT NULL CHECK (rollover_status IN ('none', 'pending', 'in_progress', 'rolled', 'failed')),
    rollover_count INTEGER NOT NULL,
    rollover_pnl INTEGER NOT NULL,
    rollover_timestamp INTEGER,
    original_entry_price INTEGER,
    original_expiry TEXT,
    exit_timestamp INTEGER,
    exit_price INTEGER,
    exit_reason TEXT,
    is_base_position INTEGER NOT NULL CHECK (is_base_position IN (0, 1)),
    intent_id TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (position_id)
) STRICT;
CREATE UNIQUE INDEX portfolio_positions_once_by_instrument_position ON portfolio_positions (instrument, position) WHERE status IN ('open', 'closing', 'partial');
CREATE INDEX portfolio_positions_by_instrument_status ON portfolio_positions (instrument, status);
CREATE INDEX portfolio_positions_by_status ON portfolio_positions (status);
CREATE INDEX portfolio_positions_by_entry_timestamp ON portfolio_positions (entry_timestamp);
CREATE INDEX portfolio_positions_by_rollover_status_expiry ON portfolio_positions (rollover_status, expiry);
CREATE VIEW portfolio_positions_view AS
SELECT
    position_id,
    instrument,
    position,
    status,
    mode,
    signal_fingerprint,
    strftime('%Y-%m-%dT%H:%M:%S', entry_timestamp / 1000000 - (entry_timestamp % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (entry_timestamp % 1000000 + 1000000) % 1000000) AS entry_timestamp,
    substr('-', 1, entry_price < 0) || rtrim(rtrim(printf('%d.%04d', abs(entry_price / 10000), abs(entry_price % 10000)), '0'), '.') AS entry_price,
    substr('-', 1, signal_price < 0) || rtrim(rtrim(printf('%d.%04d', abs(signal_price / 10000), abs(signal_price % 10000)), '0'), '.') AS signal_price,
    lots,
    quantity,
    lot_size,
    substr('-', 1, point_value < 0) || rtrim(rtrim(printf('%d.%04d', abs(point_value / 10000), abs(point_value % 10000)), '0'), '.') AS point_value,
    substr('-', 1, margin_per_lot < 0) || rtrim(rtrim(printf('%d.%04d', abs(margin_per_lot / 10000), abs(margin_per_lot % 10000)), '0'), '.') AS margin_per_lot,
    substr('-', 1, initial_stop < 0) || rtrim(rtrim(printf('%d.%04d', abs(initial_stop / 10000), abs(initial_stop % 10000)), '0'), '.') AS initial_stop,
    substr('-', 1, current_stop < 0) || rtrim(rtrim(printf('%d.%04d', abs(current_stop / 10000), abs(current_stop % 10000)), '0'), '.') AS current_stop,
    substr('-', 1, highest_close < 0) || rtrim(rtrim(printf('%d.%04d', abs(highest_close / 10000), abs(highest_close % 10000)), '0'), '.') AS highest_close,
    substr('-', 1, initial_risk_points < 0) || rtrim(rtrim(printf('%d.%04d', abs(initial_risk_points / 10000), abs(initial_risk_points % 10000)), '0'), '.') AS initial_risk_points,
    substr('-', 1, atr < 0) || rtrim(rtrim(printf('%d.%04d', abs(atr / 10000), abs(atr % 10000)), '0'), '.') AS atr,
    limiter,
    structure,
    expiry,
    substr('-', 1, strike < 0) || rtrim(rtrim(printf('%d.%04d', abs(strike / 10000), abs(strike % 10000)), '0'), '.') AS strike,
    substr('-', 1, opened_value < 0) || rtrim(rtrim(printf('%d.%04d', abs(opened_value / 10000), abs(opened_value % 10000)), '0'), '.') AS opened_value,
    substr('-', 1, realized_pnl < 0) || rtrim(rtrim(printf('%d.%04d', abs(realized_pnl / 10000), abs(realized_pnl % 10000)), '0'), '.') AS realized_pnl,
    substr('-', 1, charges < 0) || rtrim(rtrim(printf('%d.%04d', abs(charges / 10000), abs(charges % 10000)), '0'), '.') AS charges,
    rollover_status,
    rollover_count,
    substr('-', 1, rollover_pnl < 0) || rtrim(rtrim(printf('%d.%04d', abs(rollover_pnl / 10000), abs(rollover_pnl % 10000)), '0'), '.') AS rollover_pnl,
    strftime('%Y-%m-%dT%H:%M:%S', rollover_timestamp / 1000000 - (rollover_timestamp % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (rollover_timestamp % 1000000 + 1000000) % 1000000) AS rollover_timestamp,
    substr('-', 1, original_entry_price < 0) || rtrim(rtrim(printf('%d.%04d', abs(original_entry_price / 10000), abs(original_entry_price % 10000)), '0'), '.') AS original_entry_price,
    original_expiry,
    strftime('%Y-%m-%dT%H:%M:%S', exit_timestamp / 1000000 - (exit_timestamp % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (exit_timestamp % 1000000 + 1000000) % 1000000) AS exit_timestamp,
    substr('-', 1, exit_price < 0) || rtrim(rtrim(printf('%d.%04d', abs(exit_price / 10000), abs(exit_price % 10000)), '0'), '.') AS exit_price,
    exit_reason,
    is_base_position,
    intent_id,
    strftime('%Y-%m-%dT%H:%M:%S', created_at / 1000000 - (created_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (created_at % 1000000 + 1000000) % 1000000) AS created_at,
    strftime('%Y-%m-%dT%H:%M:%S', updated_at / 1000000 - (updated_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (updated_at % 1000000 + 1000000) % 1000000) AS updated_at,
    version
FROM portfolio_positions;

CREATE TABLE portfolio_state (
    id INTEGER NOT NULL CHECK (id = 1),
    initial_capital INTEGER NOT NULL,
    closed_equity INTEGER NOT NULL,
    equity_high INTEGER NOT NULL,
    total_risk_amount INTEGER NOT NULL,
    total_vol_amount INTEGER NOT NULL,
    margin_used INTEGER NOT NULL,
    ledger_number INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (id)
) STRICT;
CREATE VIEW portfolio_state_view AS
SELECT
    id,
    substr('-', 1, initial_capital < 0) || rtrim(rtrim(printf('%d.%04d', abs(initial_capital / 10000), abs(initial_capital % 10000)), '0'), '.') AS initial_capital,
    substr('-', 1, closed_equity < 0) || rtrim(rtrim(printf('%d.%04d', abs(closed_equity / 10000), abs(closed_equity % 10000)), '0'), '.') AS closed_equity,
    substr('-', 1, equity_high < 0) || rtrim(rtrim(printf('%d.%04d', abs(equity_high / 10000), abs(equity_high % 10000)), '0'), '.') AS equity_high,
    substr('-', 1, total_risk_amount < 0) || rtrim(rtrim(printf('%d.%04d', abs(total_risk_amount / 10000), abs(total_risk_amount % 10000)), '0'), '.') AS total_risk_amount,
    substr('-', 1, total_vol_amount < 0) || rtrim(rtrim(printf('%d.%04d', abs(total_vol_amount / 10000), abs(total_vol_amount % 10000)), '0'), '.') AS total_vol_amount,
    substr('-', 1, margin_used < 0) || rtrim(rtrim(printf('%d.%04d', abs(margin_used / 10000), abs(margin_used % 10000)), '0'), '.') AS margin_used,
    ledger_number,
    strftime('%Y-%m-%dT%H:%M:%S', updated_at / 1000000 - (updated_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (updated_at % 1000000 + 1000000) % 1000000) AS updated_at,
    version
FROM portfolio_state;

CREATE TABLE capital_transactions (
    id INTEGER NOT NULL,
    entry_key TEXT NOT NULL,
    transaction_type TEXT NOT NULL CHECK (transaction_type IN ('DEPOSIT', 'WITHDRAW', 'TRADING_PNL', 'CHARGES')),
    amount INTEGER NOT NULL,
    equity_before INTEGER NOT NULL,
    equity_after INTEGER NOT NULL,
    position_id TEXT,
    notes TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (id)
) STRICT;
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

CREATE TABLE switches (
    name TEXT NOT NULL,
    is_thrown INTEGER NOT NULL CHECK (is_thrown IN (0, 1)),
    reason TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (name)
) STRICT;
CREATE VIEW switches_view AS
SELECT
    name,
    is_thrown,
    reason,
    changed_by,
    strftime('%Y-%m-%dT%H:%M:%S', changed_at / 1000000 - (changed_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (changed_at % 1000000 + 1000000) % 1000000) AS changed_at,
    version
FROM switches;

CREATE TABLE audit (
    audit_id TEXT NOT NULL,
    entity TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    cause TEXT NOT NULL,
    incarnation TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (audit_id)
) STRICT;
CREATE INDEX audit_by_entity_entity_id ON audit (entity, entity_id);
CREATE INDEX audit_by_at ON audit (at);
CREATE VIEW audit_view AS
SELECT
    audit_id,
    entity,
    entity_id,
    from_state,
    to_state,
    cause,
    incarnation,
    epoch,
    strftime('%Y-%m-%dT%H:%M:%S', at / 1000000 - (at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (at % 1000000 + 1000000) % 1000000) AS at
FROM audit;

CREATE TABLE outbox (
    alert_id TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('debug', 'info', 'warning', 'error', 'critical')),
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    instrument TEXT,
    created_at INTEGER NOT NULL,
    delivered_at INTEGER,
    attempts INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (alert_id)
) STRICT;
CREATE INDEX outbox_by_delivered_at ON outbox (delivered_at);
CREATE INDEX outbox_by_created_at ON outbox (created_at);
CREATE VIEW outbox_view AS
SELECT
    alert_id,
    severity,
    code,
    message,
    instrument,
    strftime('%Y-%m-%dT%H:%M:%S', created_at / 1000000 - (created_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (created_at % 1000000 + 1000000) % 1000000) AS created_at,
    strftime('%Y-%m-%dT%H:%M:%S', delivered_at / 1000000 - (delivered_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (delivered_at % 1000000 + 1000000) % 1000000) AS delivered_at,
    attempts,
    version
FROM outbox;

CREATE TABLE rollovers (
    position_id TEXT NOT NULL,
    from_expiry TEXT NOT NULL,
    to_expiry TEXT NOT NULL,
    exit_price INTEGER NOT NULL,
    entry_price INTEGER NOT NULL,
    basis INTEGER NOT NULL,
    profit INTEGER NOT NULL,
    charges INTEGER NOT NULL,
    rolled_at INTEGER NOT NULL,
    PRIMARY KEY (position_id, from_expiry)
) STRICT;
CREATE VIEW rollovers_view AS
SELECT
    position_id,
    from_expiry,
    to_expiry,
    substr('-', 1, exit_price < 0) || rtrim(rtrim(printf('%d.%04d', abs(exit_price / 10000), abs(exit_price % 10000)), '0'), '.') AS exit_price,
    substr('-', 1, entry_price < 0) || rtrim(rtrim(printf('%d.%04d', abs(entry_price / 10000), abs(entry_price % 10000)), '0'), '.') AS entry_price,
    substr('-', 1, basis < 0) || rtrim(rtrim(printf('%d.%04d', abs(basis / 10000), abs(basis % 10000)), '0'), '.') AS basis,
    substr('-', 1, profit < 0) || rtrim(rtrim(printf('%d.%04d', abs(profit / 10000), abs(profit % 10000)), '0'), '.') AS profit,
    substr('-', 1, charges < 0) || rtrim(rtrim(printf('%d.%04d', abs(charges / 10000), abs(charges % 10000)), '0'), '.') AS charges,
    strftime('%Y-%m-%dT%H:%M:%S', rolled_at / 1000000 - (rolled_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (rolled_at % 1000000 + 1000000) % 1000000) AS rolled_at
FROM rollovers;

CREATE TABLE instance_metadata (
    instance_id TEXT NOT NULL,
    name TEXT NOT NULL,
    hostname TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('recovering', 'active', 'standby', 'crashed')),
    binary_version TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    last_heartbeat INTEGER NOT NULL,
    is_leader INTEGER NOT NULL CHECK (is_leader IN (0, 1)),
    version INTEGER NOT NULL,
    PRIMARY KEY (instance_id)
) STRICT;
CREATE INDEX instance_metadata_by_last_heartbeat ON instance_metadata (last_heartbeat);
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
    version
FROM instance_metadata;

CREATE TABLE lease (
    name TEXT NOT NULL,
    holder TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    taken_at INTEGER NOT NULL,
    PRIMARY KEY (name)
) STRICT;
CREATE VIEW lease_view AS
SELECT
    name,
    holder,
    epoch,
    strftime('%Y-%m-%dT%H:%M:%S', taken_at / 1000000 - (taken_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (taken_at % 1000000 + 1000000) % 1000000) AS taken_at
FROM lease;

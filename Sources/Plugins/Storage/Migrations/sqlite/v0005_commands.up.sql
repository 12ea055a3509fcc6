-- What people asked for, from the asking to the answer. A command that waits is obeyed once, by whoever decides.
CREATE TABLE commands (
    command_id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    command TEXT NOT NULL,
    principal TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'declined', 'expired')),
    answer TEXT,
    details TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    deadline INTEGER,
    decided_at INTEGER,
    decided_by TEXT,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX commands_by_state ON commands (state);
CREATE INDEX commands_by_created_at ON commands (created_at);
CREATE VIEW commands_view AS
SELECT
    command_id,
    kind,
    command,
    principal,
    state,
    answer,
    details,
    strftime('%Y-%m-%dT%H:%M:%S', created_at / 1000000 - (created_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (created_at % 1000000 + 1000000) % 1000000) AS created_at,
    strftime('%Y-%m-%dT%H:%M:%S', deadline / 1000000 - (deadline % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (deadline % 1000000 + 1000000) % 1000000) AS deadline,
    strftime('%Y-%m-%dT%H:%M:%S', decided_at / 1000000 - (decided_at % 1000000 < 0), 'unixepoch')
        || printf('.%06dZ', (decided_at % 1000000 + 1000000) % 1000000) AS decided_at,
    decided_by,
    version
FROM commands;

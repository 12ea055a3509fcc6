#include <sqlite3.h>

/* Leaves the write-ahead log where it is when the connection closes; the call is variadic, which Swift cannot import. */
static inline int csqlite_keep_log_on_close(sqlite3 *connection) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

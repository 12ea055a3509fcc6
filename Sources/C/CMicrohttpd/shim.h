#ifndef CMICROHTTPD_SHIM_H
#define CMICROHTTPD_SHIM_H

#include <microhttpd.h>

/* The library's entry points are variadic, which Swift cannot call: each use gets a typed function here. */

/* What a daemon is started with; sizes in bytes. Time limits are the host's own. */
struct CMicrohttpd_Setup {
    unsigned int flags;
    const struct sockaddr *address;
    unsigned int threads;
    unsigned int connections;
    size_t memoryPerConnection;
    void *context;
    MHD_AccessHandlerCallback answer;
    void *(*lineRead)(void *context, const char *target, struct MHD_Connection *connection);
    size_t (*unescape)(void *context, struct MHD_Connection *connection, char *text);
    MHD_RequestCompletedCallback completed;
    MHD_NotifyConnectionCallback connectionChanged;
};

static inline struct MHD_Daemon *CMicrohttpd_start(const struct CMicrohttpd_Setup *setup) {
    return MHD_start_daemon(
        setup->flags, 0, NULL, NULL, setup->answer, setup->context,
        MHD_OPTION_SOCK_ADDR, setup->address,
        MHD_OPTION_THREAD_POOL_SIZE, setup->threads,
        MHD_OPTION_CONNECTION_LIMIT, setup->connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, setup->memoryPerConnection,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_URI_LOG_CALLBACK, setup->lineRead, setup->context,
        MHD_OPTION_UNESCAPE_CALLBACK, setup->unescape, setup->context,
        MHD_OPTION_NOTIFY_COMPLETED, setup->completed, setup->context,
        MHD_OPTION_NOTIFY_CONNECTION, setup->connectionChanged, setup->context,
        MHD_OPTION_END);
}

static inline int CMicrohttpd_port(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info == NULL ? -1 : (int) info->port;
}

static inline const struct sockaddr *CMicrohttpd_peer(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info == NULL ? NULL : info->client_addr;
}

static inline int CMicrohttpd_socket(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == NULL ? -1 : (int) info->connect_fd;
}

static inline void *CMicrohttpd_context(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

static inline size_t CMicrohttpd_header_size(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info == NULL ? 0 : info->header_size;
}

#endif

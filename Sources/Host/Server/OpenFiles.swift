internal import Glibc

/// How many files and sockets this process may have open.
enum OpenFiles {
    /// Raises the soft limit to `count`, or to the hard limit where that is lower, and returns the limit that now holds; never lowers it.
    ///
    /// The usual soft limit of 1,024 is fewer than the connections that a server should bear.
    @discardableResult
    static func raiseLimit(to count: Int) -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        let before = limit.rlim_cur
        limit.rlim_cur = max(before, min(limit.rlim_max, rlim_t(max(0, count))))
        guard limit.rlim_cur != before, setrlimit(resource, &limit) == 0 else { return Int(clamping: before) }
        return Int(clamping: limit.rlim_cur)
    }
}

import Glibc
import Synchronization

/// Keeps programs from being started while a test holds thousands of files open: Foundation walks the list of open files to close them in the
/// child, and reads beyond the end of that list when it is longer than its buffer, which now and then ends the process.
enum OpenFileCrowd {
    private static let state = Mutex((crowds: 0, starts: 0))

    /// Waits until no program is being started, then keeps others from it until ``leave()``. Holds up the calling thread, which must be none of
    /// the pool.
    static func enter() {
        while !state.withLock({ state in
            guard state.starts == 0 else { return false }
            state.crowds += 1
            return true
        }) { usleep(500) }
    }

    /// Lets programs be started again.
    static func leave() { state.withLock { $0.crowds -= 1 } }

    /// Whether very many files are open, by whichever test: a server closes its side of a crowd's connections a while after the crowd has left.
    private static var isCrowded: Bool {
        guard let folder = opendir("/proc/self/fd") else { return false }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        return count > 800
    }

    /// Starts a program when no crowd is there. Holds up the calling thread, which must be none of the pool.
    static func avoiding<Result>(_ start: () throws -> Result) rethrows -> Result {
        while !state.withLock({ state in
            guard state.crowds == 0, !isCrowded else { return false }
            state.starts += 1
            return true
        }) { usleep(500) }
        defer { state.withLock { $0.starts -= 1 } }
        return try start()
    }
}

import Glibc
import MunimKit

/// Sole use of a database by one process: an exclusive lock on a file beside it, which the kernel releases however the process ends.
final class FileLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock at `path` and writes into the file who holds it; throws a sentence that names the holder when it is taken.
    init(path: String, of subject: String, holder: String) throws(StorageError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unavailable("\(path) cannot be opened: \(String(cString: strerror(errno)))") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            let found = Self.text(descriptor)
            close(descriptor)
            guard code == EWOULDBLOCK else { throw .unavailable("\(path) cannot be locked: \(String(cString: strerror(code)))") }
            throw .unavailable(Self.refusal(of: subject, holder: found))
        }
        self.descriptor = descriptor
        let bytes = Array((holder + "\n").utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
            throw .unavailable("\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    deinit {
        // Closing alone would leave the lock with a child that another thread is just starting.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// The number of this process.
    static var process: Int32 { getpid() }

    /// Who holds the lock at `path`, as far as the file says.
    static func holder(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        return text(descriptor)
    }

    /// The sentence for who comes second.
    static func refusal(of subject: String, holder: String) -> String {
        "\(subject) is in use by \(holder.isEmpty ? "another process" : holder); stop that process, or give this one another path"
    }

    private static func text(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)).prefix { $0 != 10 }, as: UTF8.self)
    }
}

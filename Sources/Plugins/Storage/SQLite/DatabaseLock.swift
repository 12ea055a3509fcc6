import Glibc
import MunimKit

/// Sole use of a database by one process: a lock on the database file itself, held by a descriptor for as long as the process works with it.
///
/// It goes with the records, by whatever name they are opened, and cannot be deleted apart from them. The file beside it, `.lock`, says who holds it.
final class DatabaseLock: Sendable {
    /// Leads to the locked file. Nobody else may close a descriptor of it: that would take SQLite's own locks from this process.
    let descriptor: Int32
    private let note: FileLock
    /// A byte far behind any page, and behind the bytes that SQLite locks.
    private static let place = off_t(1) << 62
    /// `F_OFD_SETLK` of Linux, which the C library names for GNU sources only: a lock of the descriptor, not of the process, which would lose it with
    /// the first descriptor of the file that anybody closes.
    private static let setLock: Int32 = 37

    /// Locks the file at `path`, which is made when it is missing; throws a sentence that names the holder when it is taken.
    init(path: String, holder: String) throws(StorageError) {
        descriptor = try DatabaseFile.open(path)
        do throws(StorageError) {
            try Self.lock(descriptor, path)
            try Self.checkNames(descriptor, path)
            note = try FileLock(path: path + ".lock", of: path, holder: holder)
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit {
        // Closing alone would leave the lock with a child that another thread is just starting.
        var region = Self.region(F_UNLCK)
        _ = fcntl(descriptor, Self.setLock, &region)
        close(descriptor)
    }

    private static func lock(_ descriptor: Int32, _ path: String) throws(StorageError) {
        var region = region(F_WRLCK)
        guard fcntl(descriptor, Self.setLock, &region) != 0 else { return }
        let code = errno
        guard code == EAGAIN || code == EACCES else { throw .unavailable("\(path) cannot be locked: \(String(cString: strerror(code)))") }
        throw .unavailable(FileLock.refusal(of: path, holder: FileLock.holder(path + ".lock")))
    }

    /// SQLite keeps its log beside the name by which a file was opened, so that a file with several names can lose what was written by another one.
    private static func checkNames(_ descriptor: Int32, _ path: String) throws(StorageError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_nlink > 1, !DatabaseFile.exists(path + "-wal") else { return }
        throw .unavailable(
            "\(path) has \(status.st_nlink) names (hard links), and what was written by another name may lie in a log beside that; "
                + "leave it one name (find them with find -samefile \(path))")
    }

    private static func region(_ type: Int32) -> Glibc.flock {
        Glibc.flock(l_type: Int16(type), l_whence: Int16(SEEK_SET), l_start: place, l_len: 1, l_pid: 0)
    }
}

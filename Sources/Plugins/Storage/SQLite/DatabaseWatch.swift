import Glibc
import MunimKit
import Synchronization

/// Notices when somebody takes the files of a database away from the process that works with them: renamed over, deleted, or written from outside.
///
/// An open file outlives its name, so that commits into a replaced one succeed and nobody finds them again. Asked before and after each commit.
final class DatabaseWatch: Sendable {
    fileprivate struct State {
        /// The log and its index, once they are there.
        var companions: [String: FileIdentity] = [:]
        var stamp: FileStamp?
        /// Connections of this process that are writing to the database file itself.
        var movers = 0
        var loss: String?
    }

    /// The database file, by the name that it was opened by.
    let path: String
    private let descriptor: Int32
    private let identity: FileIdentity?
    private let state = Mutex(State())

    /// A watch over the file that `descriptor` leads to, which must stay open meanwhile.
    init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
        identity = FileIdentity(descriptor: descriptor)
    }

    /// What happened to the files; nil while they are what they were.
    var loss: String? { state.withLock(\.loss) }

    /// Begins to watch, once the file is open in SQLite by its full name `file`.
    func begin(_ file: String) {
        state.withLock { state in
            for name in [file + "-wal", file + "-shm"] { state.companions[name] = FileIdentity(path: name) }
            state.stamp = FileStamp(descriptor: descriptor)
        }
    }

    /// Throws when the files are no longer those that were opened.
    func check() throws(StorageError) {
        if let loss = state.withLock({ $0.examined(self) }) { throw .unavailable(loss) }
    }

    /// Runs `body`, in which this process moves the log into the database file; not when somebody else has written there.
    func moving(_ body: () -> Void) {
        let isLost = state.withLock { state in
            guard state.examined(self) == nil else { return true }
            state.movers += 1
            return false
        }
        guard !isLost else { return }
        body()
        state.withLock { state in
            state.movers -= 1
            if state.movers == 0 { state.stamp = FileStamp(descriptor: descriptor) }
        }
    }

    /// The log and its index as far as they still have their names: they belong to the file that was opened, not to the one in its place.
    var ownCompanions: [String] {
        state.withLock(\.companions).filter { FileIdentity(path: $0.key) == $0.value }.map(\.key).sorted()
    }
}

extension DatabaseWatch.State {
    /// What is wrong, now or since before.
    fileprivate mutating func examined(_ watch: DatabaseWatch) -> String? {
        if loss == nil { loss = fault(watch) }
        return loss
    }

    private func fault(_ watch: DatabaseWatch) -> String? {
        guard let stamp else { return nil }
        return watch.replacement ?? companions.lazy.compactMap { Self.fault(of: $0.key, opened: $0.value) }.first
            ?? (movers > 0 || watch.stamp == stamp ? nil : "\(watch.path) was written by another program while this host worked with it")
    }

    private static func fault(of name: String, opened: FileIdentity) -> String? {
        switch FileIdentity(path: name) {
        case opened: nil
        case nil: "\(name) was deleted or moved away while this host worked with it"
        default: "\(name) was replaced by another file while this host worked with it"
        }
    }
}

extension DatabaseWatch {
    fileprivate var stamp: FileStamp? { FileStamp(descriptor: descriptor) }

    fileprivate var replacement: String? {
        switch FileIdentity(path: path) {
        case identity: nil
        case nil: "\(path) was deleted or moved away while this host worked with it"
        default: "\(path) was replaced by another file while this host worked with it"
        }
    }
}

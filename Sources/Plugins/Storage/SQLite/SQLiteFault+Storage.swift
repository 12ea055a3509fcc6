import MunimKit

extension SQLiteFault {
    /// What the fault means to the one who asked, as a sentence about the file at `path`.
    func storageError(_ path: String) -> StorageError {
        switch code.primary {
        case .full: .unavailable("the disk that holds \(path) is full, or the file has reached its largest size")
        case .inputOutput: .unavailable("the disk that holds \(path) reported an error: \(message) (code \(code.rawValue))")
        case .readOnly: .unavailable("\(path) cannot be written: \(message)")
        case .busy, .locked: .unavailable("\(path) is locked by another process: \(message)")
        case .cannotOpen: .unavailable("\(path) cannot be opened: \(message)")
        case .outOfMemory: .unavailable("there is not enough memory to work on \(path)")
        case .notADatabase: .corrupt("\(path) is not an SQLite database; name another file, or restore a backup")
        case .corrupt: .corrupt("\(path) is damaged: \(message); restore a backup")
        case .tooBig: .unsupported("a value is too large for \(path): \(message)")
        case .constraint: .corrupt("a row breaks a rule of the schema of \(path): \(message)")
        default: .corrupt("\(path) did not understand a statement: \(message) (code \(code.rawValue))")
        }
    }

    /// What the fault means when it came from the commit itself: after a failed sync nobody knows what the disk holds.
    func commitError(_ path: String) -> StorageError {
        guard code == .sync || code == .directorySync else { return storageError(path) }
        return .uncertain("the disk that holds \(path) did not confirm a commit: \(message)")
    }
}

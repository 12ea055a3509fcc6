import CSQLiteFloor
import Foundation
import Glibc

/// What the machine itself can do, measured in the same run as what stands on it.
enum Floors {
    /// Durable writes of one block per second, one after the other.
    static func syncRate(folder: URL, count: Int = 1_000) -> Double {
        let descriptor = open(folder.appendingPathComponent("sync.bin").path, O_WRONLY | O_CREAT, 0o600)
        defer { close(descriptor) }
        let block = [UInt8](repeating: 7, count: 4_096)
        let start = Date()
        for index in 0..<count {
            pwrite(descriptor, block, block.count, off_t(index * 4_096))
            fdatasync(descriptor)
        }
        return Double(count) / Date().timeIntervalSince(start)
    }

    /// Commits of one inserted row per second in a bare database with the same durability.
    static func insertRate(folder: URL, count: Int = 1_000) -> Double {
        var handle: OpaquePointer?
        sqlite3_open(folder.appendingPathComponent("floor.db").path, &handle)
        defer { sqlite3_close(handle) }
        sqlite3_exec(
            handle, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(id INTEGER PRIMARY KEY, body TEXT)", nil, nil, nil)
        let start = Date()
        for index in 0..<count {
            sqlite3_exec(handle, "INSERT INTO t(id, body) VALUES(\(index), '\(String(repeating: "x", count: 600))')", nil, nil, nil)
        }
        return Double(count) / Date().timeIntervalSince(start)
    }
}

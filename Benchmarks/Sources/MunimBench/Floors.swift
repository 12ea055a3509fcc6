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

    /// What one commit of one inserted row costs in a bare database with the same durability.
    struct Insert {
        /// Commits per second, one after the other.
        let rate: Double
        /// Milliseconds of processor time for each.
        let processor: Double
    }

    /// Inserts rows one by one, each in a commit of its own.
    static func insert(folder: URL, count: Int = 1_000) -> Insert {
        let file = folder.appendingPathComponent("floor-\(UInt32.random(in: 0...UInt32.max)).db").path
        var handle: OpaquePointer?
        sqlite3_open(file, &handle)
        defer { sqlite3_close(handle) }
        sqlite3_exec(
            handle, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(id INTEGER PRIMARY KEY, body TEXT)", nil, nil, nil)
        let (start, used) = (Date(), processorSeconds)
        for index in 0..<count {
            sqlite3_exec(handle, "INSERT INTO t(id, body) VALUES(\(index), '\(String(repeating: "x", count: 600))')", nil, nil, nil)
        }
        let share = Double(count)
        return Insert(rate: share / Date().timeIntervalSince(start), processor: (processorSeconds - used) * 1_000 / share)
    }

    /// Seconds for which this process has run.
    private static var processorSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}

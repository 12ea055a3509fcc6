import MunimKit
import MunimTesting
import Testing

@testable import Storage

@Suite("SQLite storage")
struct SQLiteStorageTests {
    private let folder: StorageFolder
    private let suite: StorageConformance

    init() throws {
        let folder = try StorageFolder()
        self.folder = folder
        suite = StorageConformance(
            make: { try await folder.started() },
            reopen: { storage in
                await storage.stop()
                return try await folder.started()
            })
    }

    @Test("SQLite storage keeps the promise", arguments: StorageConformance.Promise.allCases)
    func promise(_ promise: StorageConformance.Promise) async throws { try await suite.check(promise) }
}

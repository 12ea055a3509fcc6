import MunimKit
import Testing

@testable import Storage

@Suite("SQLite options")
struct SQLiteOptionTests {
    @Test("Without options the file is munim.db, checked quickly, and the schema is brought up")
    func defaults() throws {
        let options = try SQLiteOptions.read([:])
        #expect(options.path == "munim.db")
        #expect(options.busyTimeout == .seconds(5))
        #expect(options.cache == 4)
        #expect(options.integrityCheck == .quick)
        #expect(options.migrate == .auto)
    }

    @Test("Each option is read")
    func all() throws {
        let options = try SQLiteOptions.read([
            "path": "books.db", "busy_timeout": "250ms", "cache": 64, "integrity_check": "full", "migrate": "manual",
        ])
        #expect(options.path == "books.db")
        #expect(options.busyTimeout == .milliseconds(250))
        #expect(options.cache == 64)
        #expect(options.integrityCheck == .full)
        #expect(options.migrate == .manual)
    }

    @Test("Durability is not an option, and values out of range are faults")
    func faults() throws {
        let fault = #expect(throws: ConfigFaults.self) {
            try SQLiteOptions.read(["synchronous": "off", "cache": 0, "busy_timeout": "2min", "integrity_check": "none"])
        }
        #expect(Set(fault?.faults.map(\.path) ?? []) == ["synchronous", "cache", "busy_timeout", "integrity_check"])
    }

    @Test("Both backends stand in the list of built-in storage")
    func builtIn() {
        #expect(BuiltInStorage.all.map { $0.manifest.name } == ["sqlite", "memory"])
        #expect(BuiltInStorage.all.allSatisfy { $0.manifest.kind == .storage })
    }
}

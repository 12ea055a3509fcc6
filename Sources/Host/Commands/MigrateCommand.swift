import MunimKit

/// `munim migrate status|up|down|check`.
enum MigrateCommand {
    static var commands: [Command] {
        [
            Command(
                words: ["migrate", "status"], summary: "Lists the migrations of the schema and which are applied.",
                options: [.json, .config], examples: ["munim migrate status"], run: status),
            Command(
                words: ["migrate", "up"], summary: "Brings the schema up; the host must not run.",
                options: [CommandOption(name: "to", value: "NUMBER", summary: "Up to this one; the newest when left out."), .config],
                examples: ["munim migrate up"], run: up),
            Command(
                words: ["migrate", "down"],
                summary: "Takes migrations back, with the tables that they made and all that stands in them; the host must not run.",
                options: [
                    CommandOption(name: "to", value: "NUMBER", summary: "Down to this one; takes one back when left out."),
                    CommandOption(name: "copy", value: "FILE", summary: "First copies the records to this new file, as munim backup does."),
                    CommandOption(name: "discard", summary: "Keeps no copy."), .config,
                ],
                examples: ["munim migrate down --to 0 --copy before.db"], run: down),
            Command(
                words: ["migrate", "check"], summary: "Answers 0 when the schema is complete and unedited, 1 with a sentence when not.",
                options: [.config], examples: ["munim migrate check"], run: check),
        ]
    }

    @Sendable private static func status(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let migrations = try await with(input) { try await $0.migrations() }
        guard !input.isJSON else {
            try input.show(json: migrations)
            return 0
        }
        var table = TextTable(("NUMBER", .right), ("NAME", .left), ("STATE", .left), ("CHECKSUM", .left))
        table.rows = migrations.map { ["\($0.number)", $0.name, $0.word, $0.appliedChecksum ?? $0.checksum] }
        input.show(table.lines)
        return 0
    }

    @Sendable private static func up(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let target = try target(input)
        return try await move(input) { migrations throws(CommandFailure) in
            let newest = migrations.filter { !$0.checksum.isEmpty }.last?.number ?? 0
            let current = migrations.current
            guard (target ?? newest) >= current else {
                throw .usage("the schema stands at \(current): munim migrate down --to \(target ?? newest) takes migrations back")
            }
            return target.map { .number($0) } ?? .newest
        }
    }

    @Sendable private static func down(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let target = try target(input)
        guard (input.values["copy"] != nil) != input.flags.contains("discard") else {
            throw .usage("migrate down drops tables with all that stands in them: expected either --copy FILE or --discard")
        }
        return try await move(input, copyingTo: input.values["copy"]) { migrations throws(CommandFailure) in
            let current = migrations.current
            guard current > 0 else { throw .failed("no migration is applied") }
            guard (target ?? 0) < current else { throw .usage("the schema stands at \(current): expected a number below it") }
            return .number(target ?? current - 1)
        }
    }

    @Sendable private static func check(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let migrations = try await with(input) { try await $0.migrations() }
        let faults = migrations.compactMap(\.fault)
        for fault in faults { input.world.errors("munim: " + fault) }
        if faults.isEmpty { input.show(["the schema is complete: \(migrations.count) applied"]) }
        return faults.isEmpty ? 0 : 1
    }

    private static func move(
        _ input: CommandInput, copyingTo copy: String? = nil, _ choose: ([MigrationStatus]) throws(CommandFailure) -> MigrationTarget
    ) async throws(CommandFailure) -> Int32 {
        let before = try await with(input) { try await $0.migrations() }
        let target = try choose(before)
        if let copy {
            try await input.reading(try input.configuration()) { try await $0.backUp(to: copy) }
            input.show(["the records are copied to \(copy)"])
        }
        let after = try await with(input) { store in
            try await store.migrate(to: target)
            return try await store.migrations()
        }
        input.show(["the schema stood at \(before.current) and stands at \(after.current)"])
        return 0
    }

    private static func target(_ input: CommandInput) throws(CommandFailure) -> Int? {
        guard input.values["to"] != nil else { return nil }
        return try input.number("to", default: 0, in: 0...99_999)
    }

    private static func with<Answer>(
        _ input: CommandInput, _ body: (any StoragePlugin) async throws -> Answer
    ) async throws(CommandFailure) -> Answer {
        let store = try input.storage(of: try input.configuration())
        do { return try await body(store) } catch { throw .failed("\(error)") }
    }
}

extension MigrationStatus {
    /// Where it stands, in a word or two.
    fileprivate var word: String {
        if checksum.isEmpty { return "unknown to this binary" }
        guard let appliedAt else { return "not applied" }
        return appliedChecksum == checksum ? "applied \(ExchangeTime.text(appliedAt))" : "edited after it was applied"
    }

    /// What is wrong with it; nil when it is applied as this binary knows it.
    fileprivate var fault: String? {
        if checksum.isEmpty { return "migration \(number) (\(name)) is unknown to this binary: run the newer one" }
        if appliedAt == nil { return "migration \(number) (\(name)) is not applied: run munim migrate up" }
        return appliedChecksum == checksum ? nil : "migration \(number) (\(name)) was edited after it was applied"
    }
}

extension [MigrationStatus] {
    /// The number of the newest applied migration; 0 for none.
    fileprivate var current: Int { filter { $0.appliedAt != nil }.map(\.number).max() ?? 0 }
}

/// `munim backup`.
enum BackupCommand {
    static let command = Command(
        words: ["backup"], summary: "Copies the records to a new file, also while a host runs.",
        arguments: [CommandArgument(name: "FILE", summary: "The copy; it must not exist.")], options: [.config],
        examples: ["munim backup munim-2025-11-28.db"], run: run)

    @Sendable private static func run(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let file = input.arguments["FILE"] ?? ""
        try await input.reading(try input.configuration()) { try await $0.backUp(to: file) }
        input.show(["the records are copied to \(file)"])
        return 0
    }
}

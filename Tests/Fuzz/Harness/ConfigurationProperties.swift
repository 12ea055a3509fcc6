import MunimKit

@testable import munim

/// Any bytes are either a configuration whose plugins can be made and whose examples can be run, or have faults with places; no fault shows a secret.
enum ConfigurationProperties {
    private static let file = "plugins.yaml"
    private static let secret = "correct-horse-battery-staple"
    private static let registry = Result { try Builtins.registry() }
    private static let environment = EnvironmentReferences {
        ["WEBHOOK_SECRET": secret, "SHORT": "hunter2", "EMPTY": "", "LISTEN": "127.0.0.1:9000"][$0]
    }

    @Sendable static func check(_ bytes: [UInt8]) throws {
        let (node, syntaxFaults) = ConfigFile.parse(bytes, file: file)
        if let node, syntaxFaults.isEmpty { try checkWrittenAnew(node) }
        let reading = ConfigurationReading(bytes: bytes, file: file, registry: try registry.get(), environment: environment)
        try expect(
            (reading.configuration == nil) == !reading.faults.isEmpty, "\(reading.faults.count) faults and \(reading.configuration != nil)")
        try expect(reading.faults == reading.faults.sorted(), "the faults are out of order")
        try check(reading.faults, in: bytes)
        guard let configuration = reading.configuration else { return }
        try expect(!configuration.instruments.isEmpty, "a configuration trades nothing")
        try expect(Set(configuration.instruments.map(\.name)).count == configuration.instruments.count, "an instrument stands twice")
        let construction = ConstructionCheck(context: PluginContext(name: "fuzz", clock: StandingClock()))
        try check(construction.faults(of: configuration, in: file), in: bytes)
        try check(construction.calendarGaps(of: configuration, in: file), in: bytes)
    }

    private static func check(_ faults: [ConfigFault], in bytes: [UInt8]) throws {
        // A lone carriage return and the separators of Unicode end a line of YAML as well.
        let lines = 1 + bytes.count { $0 == 10 || $0 == 13 || $0 == 0x85 || $0 == 0xA8 || $0 == 0xA9 }
        for fault in faults {
            try expect(fault.file == file, "a fault names the file \(fault.file)")
            try expect((1...lines).contains(fault.mark.line) && fault.mark.column >= 1, "a fault stands at \(fault.mark) of \(lines) lines")
            try expect((1...bytes.count + 1).contains(fault.mark.column), "a fault stands at \(fault.mark) of \(bytes.count) bytes")
            try expectMessage(fault.message, atMost: 4 * bytes.count + 2_000)
            try expect(
                fault.path.isEmpty || !fault.path.unicodeScalars.contains { $0.value < 0x20 }, "a path breaks the line: \(fault.path)")
            let isShown = fault.description.contains(secret) && !String(decoding: bytes, as: UTF8.self).contains(secret)
            try expect(!isShown, "a fault shows a secret: \(fault)")
        }
    }

    /// The tree written as one line of quoted texts is read as the same tree.
    private static func checkWrittenAnew(_ node: ConfigNode) throws {
        let text = written(node)
        guard text.utf8.count <= ConfigFile.maximumBytes else { return }
        let (again, faults) = ConfigFile.parse(Array(text.utf8), file: file)
        try expect(faults.isEmpty, "what was read cannot be written: \(faults) \(text)")
        try expect(again.map(written) == text, "another tree: \(text)")
    }

    private static func written(_ node: ConfigNode) -> String {
        switch node.content {
        case .scalar(let scalar): quoted(scalar.text)
        case .sequence(let elements): "[" + elements.map(written).joined(separator: ", ") + "]"
        // Only an explicit key may be longer than 1024 characters.
        case .mapping(let entries): "{" + entries.map { "? \(quoted($0.key)) : \(written($0.value))" }.joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar -> String in
            guard (0x20..<0x7F).contains(scalar.value), scalar != "\"", scalar != "\\" else {
                let digits = String(scalar.value, radix: 16)
                return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            }
            return String(Character(scalar))
        }
        return "\"" + escaped.joined() + "\""
    }
}

/// A clock that stands still.
private struct StandingClock: MunimKit.Clock {
    func now() -> Instant { Instant(seconds: 1_764_302_400) }
    func boot() -> Span { .zero }
    func sleep(until instant: Instant) async throws {}
}

/// A reader of foreign bytes, with what must hold of it for any bytes.
public struct FuzzTarget: Sendable {
    /// The name of the target and of the folder of its corpus.
    public let name: String
    /// Throws what does not hold for these bytes.
    public let check: @Sendable (_ bytes: [UInt8]) throws -> Void

    /// Every target, in the order in which they are listed.
    public static let all = [
        FuzzTarget(name: "webhook", check: WebhookProperties.check), FuzzTarget(name: "signal", check: SignalProperties.check),
        FuzzTarget(name: "config", check: ConfigurationProperties.check), FuzzTarget(name: "trades", check: TradeListProperties.check),
        FuzzTarget(name: "trace", check: TraceProperties.check), FuzzTarget(name: "recorded", check: RecordingProperties.check),
    ]
}

/// What was found not to hold.
struct BrokenProperty: Error, CustomStringConvertible {
    let description: String
}

/// Throws `sentence` unless `condition` holds.
func expect(_ condition: Bool, _ sentence: @autoclosure () -> String) throws(BrokenProperty) {
    guard condition else { throw BrokenProperty(description: sentence()) }
}

/// Throws unless a message for people is there, bounded, and cannot break a line or a terminal.
func expectMessage(_ text: String, atMost limit: Int = 2_000) throws(BrokenProperty) {
    try expect(!text.isEmpty, "a message is empty")
    try expect(text.utf8.count <= limit, "a message has \(text.utf8.count) bytes: \(text.prefix(200))")
    let control = text.unicodeScalars.first { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) }
    try expect(control == nil, "a message holds the control character \(control?.value ?? 0): \(text.debugDescription)")
}

import MunimKit
import Testing

@testable import munim

@Suite("Configuration survives any bytes")
struct ConfigMutationTests {
    private static let pieces = [
        "", "[", "]", "{", "}", ":", "- ", "\n", "\t", "\"", "'", "&a ", "*a", "<<", "!!int ", "${", "${A:-}", "$${", "#", "|", ">", "%",
        "---\n", "...", "~",
        "99999999999999999999", "-9223372036854775808", "1e400", "-1", "NaN", "0.0000001", "\u{0}", "é", "\u{FEFF}", "\u{2028}",
    ]

    @Test("A mutated file is either a configuration or has faults, and never ends the process", arguments: 0..<8)
    func mutations(_ seed: UInt64) async throws {
        var generator = SplitMix64(state: seed)
        let registry = try SamplePlugins.registry()
        let original = Array(HostConfigurationTests.complete.utf8)
        var accepted = 0
        for _ in 0..<300 {
            await Task.yield()
            var bytes = original
            for _ in 0..<Int.random(in: 1...2, using: &generator) {
                let start = Int.random(in: 0..<bytes.count, using: &generator)
                let end = min(bytes.count, start + Int.random(in: 0...12, using: &generator))
                bytes.replaceSubrange(start..<end, with: Array((Self.pieces.randomElement(using: &generator) ?? "").utf8))
            }
            let reading = ConfigurationReading(bytes: bytes, file: "file", registry: registry, environment: SamplePlugins.environment)
            #expect((reading.configuration == nil) == !reading.faults.isEmpty)
            #expect(reading.faults == reading.faults.sorted())
            accepted += reading.configuration == nil ? 0 : 1
        }
        // Otherwise the mutations would only exercise the first refusal.
        #expect(accepted > 0)
    }

    @Test("Every prefix of a file is either a configuration or has faults")
    func prefixes() async throws {
        let registry = try SamplePlugins.registry()
        let original = Array(HostConfigurationTests.complete.utf8)
        for count in stride(from: 0, through: original.count, by: 7) {
            await Task.yield()
            let reading = ConfigurationReading(
                bytes: Array(original[..<count]), file: "file", registry: registry, environment: SamplePlugins.environment)
            #expect((reading.configuration == nil) == !reading.faults.isEmpty)
        }
    }
}

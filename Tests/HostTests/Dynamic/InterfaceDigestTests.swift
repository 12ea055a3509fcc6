import Foundation
import MunimKit
import Testing

@Suite("The digest of the framework's declarations")
struct InterfaceDigestTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test("The framework that is loaded carries the digest of its source")
    func loaded() async throws { #expect(try await FrameworkDigest.of(folder) == loadedMunimInterface()) }

    @Test(
        "A stored property, a case, a requirement, a parameter or an order changes it",
        arguments: [
            ("public var lots: Lots\n", "public var lots: Lots\n    private var spare: Int8 = 0\n"),
            ("    case base\n", "    case base, spare\n"), ("func size(_ request", "func spare()\n    func size(_ request"),
            ("by count: Int", "by count: Int64"), ("    case base\n    case layer\n", "    case layer\n    case base\n"),
        ])
    func changes(_ text: String, _ other: String) async throws {
        #expect(try await digest(Self.sample) != digest(Self.sample.replacing(text, with: other)))
    }

    @Test(
        "A comment, a space or what a function does changes nothing",
        arguments: [
            ("/// Lots.", "/// Whole lots."), ("return a + b", "return b + a"), ("    case layer", "  case   layer"),
            ("\"a } b\"", "\"a { b \\(\"}\")\""),
        ])
    func remains(_ text: String, _ other: String) async throws {
        let changed = Self.sample.replacing(text, with: other)
        #expect(changed != Self.sample)
        #expect(try await digest(Self.sample) == digest(changed))
    }

    private static let sample = """
        public struct Sample<each Part>: Hashable where repeat each Part: Hashable {
            /// Lots.
            public var lots: Lots
            public var text: String { "a } b" }
            static func sum(_ a: Int, _ b: Int, by count: Int, then: () -> Void = { _ = 1 }) -> Int {
                if a > b { return a }
                /* } /* } */ */
                return a + b
            }
            final class func of() {}
        }
        indirect enum Place {
            case base
            case layer
        }
        public protocol Rule {
            var isDue: Bool { get }
            func size(_ request: Int) -> Int
        }
        """

    /// The digest of a framework with nothing else in it.
    private func digest(_ text: String) async throws -> UInt64 {
        try await FrameworkDigest.of(folder) { name, _ in name == "Plugins/SizingPlugin.swift" ? text : "" }
    }
}

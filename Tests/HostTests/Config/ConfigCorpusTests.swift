import FoundationEssentials
import MunimKit
import Testing

@testable import munim

/// A broken file of the corpus. It begins with comment lines `# expect: LINE:COLUMN: PATH: message`, one for each fault, in order; the path may be missing.
struct BrokenFile: CustomTestStringConvertible, Sendable {
    let name: String
    let bytes: [UInt8]
    let expected: [String]

    var testDescription: String { name }

    static let all: [BrokenFile] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus").path()
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".yaml") }
        return names.sorted().compactMap { name in
            guard let bytes = FileManager.default.contents(atPath: folder + "/" + name).map({ Array($0) }) else { return nil }
            return BrokenFile(name: name, bytes: bytes, expected: expectations(bytes))
        }
    }()

    private static func expectations(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .prefix { $0.hasPrefix("# expect: ") }.map { String($0.dropFirst("# expect: ".count)) }
    }
}

@Suite("Broken configuration files")
struct ConfigCorpusTests {
    @Test("A broken file is refused with exactly the faults that it names", arguments: BrokenFile.all)
    func brokenFile(_ file: BrokenFile) throws {
        let registry = try SamplePlugins.registry()
        let reading = ConfigurationReading(bytes: file.bytes, file: file.name, registry: registry, environment: SamplePlugins.environment)
        let found = reading.faults.map { String($0.description.dropFirst(file.name.count + 1)) }
        #expect(!file.expected.isEmpty)
        #expect(found == file.expected, "found:\n\(found.map { "# expect: " + $0 }.joined(separator: "\n"))")
        #expect(reading.configuration == nil)
    }

    @Test("The corpus is there") func corpusIsThere() { #expect(BrokenFile.all.count >= 40) }

    @Test("No fault shows a secret", arguments: BrokenFile.all)
    func secretsAreNotShown(_ file: BrokenFile) throws {
        let registry = try SamplePlugins.registry()
        let reading = ConfigurationReading(bytes: file.bytes, file: file.name, registry: registry, environment: SamplePlugins.environment)
        for fault in reading.faults {
            #expect(!fault.message.contains("hunter2"))
            #expect(!fault.message.contains("battery"))
        }
    }
}

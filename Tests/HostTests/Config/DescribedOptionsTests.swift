import Brokers
import Instruments
import MunimKit
import Rollover
import Sizing
import Storage
import Testing

@testable import munim

/// A registered plugin, by its name for the report of a test.
struct RegisteredPlugin: CustomTestStringConvertible, Sendable {
    let entry: PluginRegistry.Entry
    var testDescription: String { "\(entry.manifest.kind.rawValue) \(entry.manifest.name)" }

    /// The samples, and every plugin that is built in.
    static func all() throws -> [RegisteredPlugin] {
        (try SamplePlugins.registry().entries + builtIn().entries).map { RegisteredPlugin(entry: $0) }
    }

    /// Every plugin that is built in, and samples of the kinds that would otherwise be missing.
    static func mixedRegistry() throws -> PluginRegistry {
        var registry = try builtIn()
        for entry in try SamplePlugins.registry().entries where registry.names(of: entry.manifest.kind).isEmpty {
            try registry.add(entry.type, origin: .builtIn)
        }
        return registry
    }

    private static func builtIn() throws -> PluginRegistry {
        var registry = PluginRegistry()
        let types: [any Plugin.Type] =
            BuiltInInstruments.all + BuiltInSizing.all + BuiltInRollover.all + BuiltInBrokers.all + BuiltInStorage.all
        for type in types { try registry.add(type, origin: .builtIn) }
        return registry
    }
}

@Suite("Options and their descriptions come from one place")
struct DescribedOptionsTests {
    private static let sections = ["section", "optional section", "named sections", "list of sections"]

    @Test("What is described is exactly what may be written", arguments: try RegisteredPlugin.all())
    func describedIsAccepted(_ plugin: RegisteredPlugin) {
        let described = OptionReader.describe { _ = plugin.entry.type.prepare(from: &$0) }
        let probe: ConfigNode = ["no-such-option-by-any-name": 1]
        let (_, faults) = OptionReader.read(Self.tree(described, probe), file: "file") { _ = plugin.entry.type.prepare(from: &$0) }
        let unknown = faults.filter { $0.message.hasPrefix("unknown option") }
        let places = described.filter { Self.sections.contains($0.type) }.count + 1
        // One probe stands in each section: everything else that was described is known, and the probe is not.
        #expect(unknown.count == places)
        #expect(unknown.allSatisfy { $0.path.hasSuffix("no-such-option-by-any-name") })
    }

    @Test("Every default lies within its own range and reads back", arguments: try RegisteredPlugin.all())
    func defaultsAreValid(_ plugin: RegisteredPlugin) {
        for option in OptionReader.describe({ _ = plugin.entry.type.prepare(from: &$0) }) {
            guard let text = option.defaultText, !option.path.contains("["), !option.path.contains("NAME") else { continue }
            let (node, faults) = ConfigFile.parse(Array("option: \(text)".utf8), file: "file")
            #expect(faults == [])
            guard case .mapping(let entries)? = node?.content, let value = entries.first?.value else { continue }
            let tree = option.path.split(separator: ".").reversed().reduce(value) { inner, key in
                ConfigNode(.mapping([.init(key: String(key), mark: .start, value: inner)]))
            }
            let (_, found) = OptionReader.read(tree, file: "file") { _ = plugin.entry.type.prepare(from: &$0) }
            #expect(found.filter { $0.path.hasPrefix(option.path) } == [])
        }
    }

    @Test("For every option that may be left out, what then holds is noted as its description says", arguments: try RegisteredPlugin.all())
    func defaultsAreNoted(_ plugin: RegisteredPlugin) throws {
        let (prepared, _) = OptionReader.read([:], file: "file") { plugin.entry.type.prepare(from: &$0) }
        for option in OptionReader.describe({ _ = plugin.entry.type.prepare(from: &$0) })
        where !option.isRequired && !option.path.contains("[") && !option.path.contains("NAME") {
            var holding = EffectiveValue.section(prepared.options)
            for key in option.path.split(separator: ".") {
                guard case .section(let options) = holding else { throw PluginFault("\(option.path) lies in no section") }
                holding = try #require(options.first { $0.key == key }?.value, "\(option.path) is not noted")
            }
            guard let text = option.defaultText else { continue }
            #expect(Self.written(holding) == text.replacing("\"", with: ""), "\(option.path)")
        }
    }

    private static func written(_ value: EffectiveValue) -> String {
        switch value {
        case .nothing: "nothing"
        case .text(let text), .number(let text): text
        case .flag(let flag): "\(flag)"
        case .list(let elements): "[" + elements.map(written).joined(separator: ", ") + "]"
        case .section: "a section"
        }
    }

    @Test("Every option has a sentence", arguments: try RegisteredPlugin.all())
    func summaries(_ plugin: RegisteredPlugin) {
        for option in OptionReader.describe({ _ = plugin.entry.type.prepare(from: &$0) }) {
            #expect(option.summary.hasSuffix(".") && option.summary.first?.isUppercase == true)
        }
    }

    /// A tree that gives every described option some value, and has the probe's key in every section.
    private static func tree(_ described: [OptionDescription], _ probe: ConfigNode) -> ConfigNode {
        tree(described.map { ($0.path.replacing("[]", with: ".[]").split(separator: ".").map(String.init), $0) }, probe)
    }

    private static func tree(_ options: [(path: [String], option: OptionDescription)], _ probe: ConfigNode) -> ConfigNode {
        guard case .mapping(var entries) = probe.content else { return probe }
        var keys: [String] = []
        for key in options.compactMap(\.path.first) where !keys.contains(key) { keys.append(key) }
        if keys == ["[]"] || keys == ["NAME"] { entries = [] }
        for key in keys {
            let inner = options.filter { $0.path.first == key && $0.path.count > 1 }.map { (Array($0.path.dropFirst()), $0.option) }
            let own = options.first { $0.path == [key] }?.option
            let isSection = own.map { sections.contains($0.type) } ?? true
            let value: ConfigNode = inner.isEmpty ? (isSection ? probe : "some text") : tree(inner, probe)
            if key == "[]" { return ConfigNode(.sequence([value])) }
            entries.append(ConfigNode.Entry(key: key, mark: .start, value: value))
        }
        return ConfigNode(.mapping(entries))
    }
}

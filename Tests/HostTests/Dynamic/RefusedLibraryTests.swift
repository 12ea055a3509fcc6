import Foundation
import MunimKit
import Testing

@testable import munim

@Suite("Plugin libraries that are refused")
struct RefusedLibraryTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// The sentence of the refusal; the registry must stay as it was.
    private func refusal(of path: String) throws -> String {
        var registry = try Builtins.registry()
        let before = registry.entries.count
        defer { #expect(registry.entries.count == before) }
        do throws(PluginFault) {
            try DynamicPlugin.load(path, into: &registry)
            return "it was loaded"
        } catch { return error.description }
    }

    @Test("A file that is missing")
    func missing() throws {
        #expect(
            try refusal(of: folder.path + "/libNone.so")
                == "plugin library \(folder.path)/libNone.so cannot be read: No such file or directory")
    }

    @Test("A file that is no library")
    func noLibrary() throws {
        let path = try folder.write("just text", to: "libText.so")
        #expect(try refusal(of: path).hasPrefix("\(path) cannot be loaded as a shared library: "))
    }

    /// A plugin library in C that says so of what it was built against; whoever enters it ends.
    private static func plugin(
        abi: Int32 = loadedMunimABI(), interface: UInt64 = loadedMunimInterface(), isDebug: Bool = loadedMunimIsDebug(),
        entry: String = "abort();"
    ) -> String {
        """
        #include <stdlib.h>
        int munim_plugin_abi(void) { return \(abi); }
        unsigned long munim_plugin_interface(void) { return \(interface)UL; }
        _Bool munim_plugin_is_debug(void) { return \(isDebug ? 1 : 0); }
        void munim_plugin_register(void *r) { \(entry) }
        """
    }

    @Test(
        "A library that is no plugin, for want of any symbol",
        arguments: [
            ("int answer(void) { return 42; }", "munim_plugin_abi, munim_plugin_interface, munim_plugin_is_debug, munim_plugin_register"),
            ("int munim_plugin_abi(void) { return 1; }", "munim_plugin_interface, munim_plugin_is_debug, munim_plugin_register"),
            (
                "int munim_plugin_abi(void) { return \(loadedMunimABI()); }\nvoid munim_plugin_register(void *r) {}",
                "munim_plugin_interface, munim_plugin_is_debug"
            ),
        ])
    func noPlugin(_ text: String, missing: String) async throws {
        let path = try await BuiltLibraries.compile(c: text, named: "Other", in: folder)
        #expect(
            try refusal(of: path)
                == "\(path) is no plugin of munim: expected the symbols munim_plugin_abi, munim_plugin_interface, munim_plugin_is_debug, munim_plugin_register, "
                + "missing \(missing)")
    }

    private static let remedy = "build it again from clean, with this host's source and in its way"

    @Test("A plugin for another interface is never entered, and both numbers are named")
    func otherInterface() async throws {
        let path = try await BuiltLibraries.compile(c: Self.plugin(abi: 99), named: "Old", in: folder)
        #expect(
            try refusal(of: path)
                == "\(path) was built for plugin interface 99, this host is built for \(loadedMunimABI()): \(Self.remedy)")
    }

    @Test("A debug library in a release host, or the other way round, is never entered")
    func otherBuild() async throws {
        let path = try await BuiltLibraries.compile(c: Self.plugin(isDebug: !loadedMunimIsDebug()), named: "Slow", in: folder)
        let (theirs, ours) = loadedMunimIsDebug() ? ("release", "debug") : ("debug", "release")
        #expect(
            try refusal(of: path) == "\(path) was built for a \(theirs) build, this host is built for a \(ours) build: \(Self.remedy)")
    }

    @Test("A plugin built when a request of sizing had one member more is never entered, and both digests are named")
    func oneMemberMore() async throws {
        let changed = try await FrameworkDigest.of(folder) { file, text in
            guard file == "Plugins/SizingPlugin.swift" else { return text }
            return text.replacing(
                "    public var equity: Money\n    /// Margin", with: "    var spare = 0\n    public var equity: Money\n    /// Margin")
        }
        let path = try await BuiltLibraries.compile(c: Self.plugin(interface: changed), named: "Larger", in: folder)
        let (theirs, ours) = (LibrarySymbols.text(changed), LibrarySymbols.text(loadedMunimInterface()))
        #expect(changed != loadedMunimInterface())
        #expect(
            try refusal(of: path)
                == "\(path) was built for the framework's interface \(theirs), this host is built for \(ours): \(Self.remedy)")
    }

    @Test("A plugin library without a plugin")
    func empty() async throws {
        let path = try await BuiltLibraries.compile(c: Self.plugin(entry: ""), named: "Empty", in: folder)
        #expect(try refusal(of: path) == "\(path) registers no plugin")
    }

    @Test("The refusal is a fault of the configuration at its line, in the program itself too")
    func place() async throws {
        let library = try await BuiltLibraries.compile(
            c: Self.plugin(abi: 99), named: "Old", in: folder)
        let shipped = try String(contentsOfFile: Repository.path + "/plugins.yaml", encoding: .utf8)
        _ = try folder.write("load:\n  - libOld.so\n" + shipped, to: "plugins.yaml")
        let result = try await Munim.program("validate", "plugins.yaml", in: folder.path)
        #expect(result.code == 2)
        #expect(
            result.output.first?.hasPrefix("plugins.yaml:2:5: load[1]: ./libOld.so was built for plugin interface 99") == true,
            "\(result.text)")
        #expect(library.hasSuffix("libOld.so"))
    }

    /// A library of alert plugins; each misbehaves as its name says.
    private static let alerts = """
        import MunimKit

        struct Stubborn: AlertPlugin {
            static let manifest = PluginManifest(kind: .alerts, name: "stubborn", version: "1", summary: "Never starts.")
            init(options: NoOptions, context: PluginContext) {}
            func start() async throws { throw PluginFault("the bell is broken") }
            func deliver(_ alert: Alert) async throws {}
        }

        struct Picky: AlertPlugin {
            static let manifest = PluginManifest(kind: .alerts, name: "picky", version: "1", summary: "Is never made.")
            init(options: NoOptions, context: PluginContext) throws { throw PluginFault("not on this machine") }
            func deliver(_ alert: Alert) async throws {}
        }

        @c(munim_plugin_abi) public func pluginABI() -> Int32 { munimABI }
        @c(munim_plugin_interface) public func pluginInterface() -> UInt64 { munimInterface() }
        @c(munim_plugin_is_debug) public func pluginIsDebug() -> Bool { munimIsDebug }
        @c(munim_plugin_register) public func register(_ registrar: UnsafeMutableRawPointer) {
            registerPlugins([Stubborn.self, Picky.self], in: registrar)
        }
        """

    @Test("A name that is taken, a plugin that refuses to be made, and one that throws at start are each a sentence")
    func names() async throws {
        let path = try await BuiltLibraries.compile(swift: Self.alerts, named: "Bells", in: folder)
        var registry = try Builtins.registry()
        try DynamicPlugin.load(path, into: &registry)
        #expect(registry.names(of: .alerts) == ["log", "picky", "stubborn"])
        let twice = #expect(throws: PluginFault.self) { try DynamicPlugin.load(path, into: &registry) }
        #expect(twice?.description == "plugin stubborn (\(path)) has the name of another alerts plugin (\(path))")

        let shipped = try String(contentsOfFile: Repository.path + "/plugins.yaml", encoding: .utf8).replacing(":8080", with: ":0")
        _ = try folder.write("load: [libBells.so]\n" + shipped.replacing("- use: log", with: "- use: picky"), to: "picky.yaml")
        let picky = try await Munim.program("validate", "picky.yaml", in: folder.path)
        #expect(picky.code == 2 && picky.text.contains("plugin picky refuses its options: not on this machine"), "\(picky.text)")
        _ = try folder.write("load: [libBells.so]\n" + shipped.replacing("- use: log", with: "- use: stubborn"), to: "plugins.yaml")
        let stubborn = try await Munim.program("serve", in: folder.path)
        #expect(
            stubborn.code == 1 && stubborn.complaint.contains("alerts[1]: plugin stubborn cannot start: the bell is broken"),
            "\(stubborn.complaint)")
    }
}

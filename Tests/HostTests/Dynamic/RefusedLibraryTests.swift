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

    @Test(
        "A library that is no plugin, for want of either symbol",
        arguments: [
            "int answer(void) { return 42; }", "int munim_plugin_abi(void) { return 1; }", "void munim_plugin_register(void *r) {}",
        ])
    func noPlugin(_ text: String) async throws {
        let path = try await BuiltLibraries.compile(c: text, named: "Other", in: folder)
        #expect(try refusal(of: path) == "\(path) is no plugin of munim: expected the symbols munim_plugin_abi and munim_plugin_register")
    }

    @Test("A plugin for another interface is never entered, and both numbers are named")
    func otherInterface() async throws {
        let text = "#include <stdlib.h>\nint munim_plugin_abi(void) { return 99; }\nvoid munim_plugin_register(void *r) { abort(); }\n"
        let path = try await BuiltLibraries.compile(c: text, named: "Old", in: folder)
        #expect(
            try refusal(of: path)
                == "\(path) was built for plugin interface 99, this host has \(loadedMunimABI()): build it again with this host's source")
    }

    @Test("A plugin library without a plugin")
    func empty() async throws {
        let text = "int munim_plugin_abi(void) { return \(loadedMunimABI()); }\nvoid munim_plugin_register(void *r) {}\n"
        let path = try await BuiltLibraries.compile(c: text, named: "Empty", in: folder)
        #expect(try refusal(of: path) == "\(path) registers no plugin")
    }

    @Test("The refusal is a fault of the configuration at its line, in the program itself too")
    func place() async throws {
        let library = try await BuiltLibraries.compile(
            c: "int munim_plugin_abi(void) { return 99; }\nvoid munim_plugin_register(void *r) {}", named: "Old", in: folder)
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
        #expect(stubborn.code == 1 && stubborn.complaint.contains("the bell is broken"), "\(stubborn.complaint)")
    }
}

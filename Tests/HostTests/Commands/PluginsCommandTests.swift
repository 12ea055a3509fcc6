import Foundation
import MunimKit
import Testing

@testable import munim

@Suite("munim plugins, version and stop-points")
struct PluginsCommandTests {
    private static func entries() throws -> [PluginRegistry.Entry] { try Builtins.registry().entries }

    @Test("The listing is the registry, in order")
    func listing() async throws {
        let rows = try #require(try await Munim.run("plugins", "--json").json() as? [[String: Any]])
        let names = rows.map { "\($0["kind"] ?? "")/\($0["name"] ?? "")" }
        #expect(try names == Self.entries().map { "\($0.manifest.kind.rawValue)/\($0.manifest.name)" })
        let lines = await Munim.run("plugins").output
        #expect(lines.count == names.count + 1)
        for (line, entry) in zip(lines.dropFirst(), try Self.entries()) {
            #expect(line.contains(entry.manifest.name) && line.contains(entry.manifest.summary) && line.contains("built in"))
        }
    }

    @Test("A kind lists only its own", arguments: PluginKind.allCases)
    func kind(_ kind: PluginKind) async throws {
        let rows = try #require(try await Munim.run("plugins", kind.rawValue, "--json").json() as? [[String: Any]])
        #expect(try rows.compactMap { $0["name"] as? String } == Builtins.registry().names(of: kind))
        #expect(!rows.isEmpty)
    }

    @Test("Describing a plugin shows every option with its type, default and range", arguments: try entries().map(\.manifest.name))
    func describe(_ name: String) async throws {
        let entry = try #require(try Self.entries().first { $0.manifest.name == name })
        let options = entry.type.optionDescriptions
        let result = await Munim.run("plugins", "describe", name)
        #expect(result.code == 0)
        for option in options {
            let line = try #require(result.output.first { $0.hasPrefix(option.path + " ") }, "\(option.path)")
            for text in [option.summary, option.range, option.unit].compactMap(\.self) { #expect(line.contains(text), "\(text)") }
            #expect(line.contains(option.isRequired ? "required" : option.defaultText ?? "none"))
            for word in option.words { #expect(line.contains(word)) }
        }
        let described = try #require(try await Munim.run("plugins", "describe", name, "--json").json() as? [String: Any])
        #expect((described["options"] as? [[String: Any]])?.compactMap { $0["path"] as? String } == options.map(\.path))
    }

    private var build: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }

    @Test("The version is told to people and to programs")
    func version() async throws {
        let digest = LibrarySymbols.text(loadedMunimInterface())
        for line in [["version"], ["--version"]] {
            #expect(
                await Munim.run(line).output == [
                    "munim \(Version.current) (\(build), plugin interface \(loadedMunimABI()), digest \(digest))"
                ])
        }
        let listed = try #require(try await Munim.run("version", "--json").json() as? [String: Any])
        #expect(listed["version"] as? String == Version.current && listed["abi"] as? Int == Int(loadedMunimABI()))
        #expect(listed["interface"] as? String == digest && digest.count == 16)
    }

    @Test("A test build lists its stop points, and no other build knows them")
    func stopPoints() async throws {
        guard build == "debug" else {
            #expect(await Munim.run("stop-points").code == 2)
            return
        }
        #expect(await Munim.run("stop-points").output == StopPoint.all.map(\.description))
        #expect(try await Munim.run("stop-points", "--json").json() as? [String] == StopPoint.all.map(\.description))
    }
}

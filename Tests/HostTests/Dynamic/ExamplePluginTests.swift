import Foundation
import MunimKit
import Testing

@testable import munim

/// The example and a package that `munim new instrument` wrote, built from the same sources in the same place, one after the other.
@Suite("Plugins built as packages of their own", .serialized)
struct ExamplePluginTests {
    private static let example = Repository.path + "/examples/plugins/silver-mini"

    /// What a strategy might send: a base, a pyramid too early, one in time, and an exit, within the window of fresh entries.
    private var signals: [Signal] {
        let start = CommandHost.morning + .seconds(-75)
        let base = CommandHost.entry("SILVER_MINI", at: 95_000, stop: 93_000, atr: 1_000, start)
        var early = base
        early.target = .layer(Layer(text: "Long_2") ?? .base)
        early.kind = .pyramid
        early.timestamp = start + .seconds(1)
        var later = early
        later.price = Price(whole: 98_000)
        later.stop = Price(whole: 96_000)
        later.timestamp = start + .seconds(70)
        var exit = base
        exit.kind = .exit
        exit.target = .all
        exit.price = Price(whole: 97_500)
        exit.stop = .zero
        exit.timestamp = start + .seconds(75)
        return [base, early, later, exit]
    }

    /// What was decided and sent, without the names that differ from run to run.
    private struct Trades: Equatable, Sendable {
        var verdicts: [String]
        var orders: [String]
        var positions: [String]
    }

    private func trades(_ name: String, library: String) async throws -> Trades {
        let folder = try TestFolder()
        let text = try String(contentsOfFile: "\(Repository.path)/examples/configs/\(name)", encoding: .utf8)
            .replacing("data: var/", with: "data: \(folder.path)/")
            .replacing("risk: { initial_capital: 5000000 }", with: "risk: { initial_capital: 5000000, signals: { sessions: ignored } }")
        let file = try folder.write(text, to: name)
        return try await CommandHost.run(file, signals: signals, environment: ["SILVER_MINI_LIBRARY": library]) { records, application in
            let orders = try await application.store.fetch(Query<OrderRecord>(order: [.ascending("planned_at")]))
            let positions = try await application.store.fetch(Query<PositionRecord>(order: [.ascending("position")]))
            return Trades(
                verdicts: records.map {
                    "\($0.signalType) \($0.status) \($0.reason?.rawValue ?? "-") \($0.explanation?.content.sizing?.lots ?? .zero)"
                },
                orders: orders.map { "\($0.side.rawValue) \($0.quantity) \($0.symbol) \($0.state) \($0.contract.content)" }.sorted(),
                positions: positions.map {
                    "\($0.layer) \($0.lots) \($0.entryPrice) \($0.initialStop) \($0.currentStop) \($0.realizedProfit) \($0.expiry) \($0.limiter)"
                })
        }
    }

    @Test("The example passes its own tests, loads in process and in the program, and trades as the same entry in YAML does")
    func example() async throws {
        let products = try await BuiltLibraries.test(package: Self.example)
        let library = products + "/libSilverMini.so"
        var registry = try Builtins.registry()
        try DynamicPlugin.load(library, into: &registry)
        let entry = try #require(registry.entry(.instruments, "silver-mini-example"))
        #expect(entry.origin == .loaded(library) && entry.type is any InstrumentPlugin.Type)
        for file in [library, Munim.program] { #expect(try await symbols(of: file) == 0, "\(file) carries a copy of the framework") }
        #expect(try await symbols(of: BuiltLibraries.products + "libMunimKit.so") > 20)

        let file = Repository.path + "/examples/configs/silver-so.yaml"
        let folder = try TestFolder()
        let environment = ["SILVER_MINI_LIBRARY": library]
        let valid = try await Munim.program("validate", file, in: folder.path, environment: environment)
        #expect(valid.code == 0, "\(valid.text)")
        let listed = try await Munim.program("plugins", "instruments", "--config", file, in: folder.path, environment: environment)
        #expect(listed.output.contains { $0.contains("silver-mini-example") && $0.contains("libSilverMini.so") })

        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)
        let served = lines.map { $0.contains("${SILVER_MINI_LIBRARY") ? "  - \(library)" : $0 } + ["http: { listen: 127.0.0.1:0 }"]
        _ = try folder.write(served.joined(separator: "\n"), to: "plugins.yaml")
        let place = folder.path
        let (code, log) = try await offPool { Result { try ProgramTests.serveOnce(in: place) } }.get()
        #expect(code == 0 && log.contains("munim is ready") && log.contains("the host has stopped"), "\(log)")

        let loaded = try await trades("silver-so.yaml", library: library)
        let written = try await trades("silver-yaml.yaml", library: library)
        #expect(loaded == written, "\(loaded) \(written)")
        #expect(loaded.verdicts.first?.hasPrefix("BASE_ENTRY executed") == true && loaded.verdicts.last?.hasPrefix("EXIT executed") == true)
        #expect(loaded.orders.count >= 2 && loaded.orders.allSatisfy { $0.contains("SILVERM26FEBFUT") }, "\(loaded)")
    }

    @Test("A new instrument builds, passes its conformance suite and loads as it stands; nothing is overwritten")
    func newInstrument() async throws {
        let folder = try TestFolder()
        let package = folder.path + "/copper"
        let made = await Munim.run("new", "instrument", "copper-mini", "--at", package, "--source", Repository.path)
        #expect(made.code == 0, "\(made.complaint)")
        let manifest = try String(contentsOfFile: package + "/Package.swift", encoding: .utf8)
        // A path from one folder to another may go up to the root and down again; only one that begins there names a place of this machine.
        let absolute = manifest.replacingOccurrences(of: ".." + Repository.path, with: "..")
        #expect(!manifest.contains(folder.path) && !absolute.contains(Repository.path + "/"), "the package names no place of this machine")
        let again = await Munim.run("new", "instrument", "copper-mini", "--at", package, "--source", Repository.path)
        #expect(again.code == 1 && again.complaint.contains("exists already and is not overwritten"))
        #expect(await Munim.run("new", "instrument", "tin", "--at", folder.path + "/tin", "--source", folder.path).code == 2)

        let products = try await BuiltLibraries.test(package: package)
        let file = package + "/copper-mini.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8).replacing(".build/debug/", with: products + "/")
        let valid = await Munim.run("validate", try folder.write(text, to: "copper.yaml"))
        #expect(valid.code == 0 && valid.text.contains("valid; paper"), "\(valid.text)")
    }

    /// Protocols of the framework that a file defines; extensions of its types are named after it as well and are no copy.
    private func symbols(of file: String) async throws -> Int {
        let folder = try TestFolder()
        let result = try await Child.run("/usr/bin/env", ["nm", file], in: folder.path)
        #expect(result.code == 0 && result.output.count > 10)
        return result.output.count { $0.contains(" $s8MunimKit") && $0.hasSuffix("Mp") && !$0.contains(" U ") }
    }
}

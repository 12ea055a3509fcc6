/// The files of a package with one instrument.
struct InstrumentTemplate: Sendable {
    /// The plugin's name, such as `copper-mini`.
    let name: String
    /// The way from the package to the source of munim.
    let source: String

    /// Whether a text can name a plugin and, in capitals, a Swift type.
    static func isName(_ text: String) -> Bool {
        let words = text.split(separator: "-", omittingEmptySubsequences: false)
        return text.utf8.count <= 40
            && words.allSatisfy { word in
                word.utf8.first.map { $0 >= 97 && $0 <= 122 } ?? false
                    && word.utf8.allSatisfy { ($0 >= 97 && $0 <= 122) || ($0 >= 48 && $0 <= 57) }
            }
    }

    /// The Swift type: `CopperMini`.
    var type: String { name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined() }
    /// The root of its symbols: `COPPERMINI`.
    var root: String { name.filter { $0 != "-" }.uppercased() }
    /// The name that signals carry: `COPPER_MINI`.
    private var entry: String { name.replacing("-", with: "_").uppercased() }

    /// Every file with its path within the package.
    var files: [(path: String, text: String)] {
        [
            ("Package.swift", package), ("Sources/\(type)/\(type).swift", instrument), ("Sources/\(type)/Entry.swift", entryPoint),
            ("Tests/\(type)Tests/\(type)Tests.swift", tests), ("\(name).yaml", configuration), (".gitignore", ".build/\n"),
        ]
    }

    private var package: String {
        """
        // swift-tools-version: 6.2
        import PackageDescription

        let package = Package(
            name: "\(name)",
            products: [.library(name: "\(type)", type: .dynamic, targets: ["\(type)"])],
            // The instrument needs MunimKit alone; munim itself brings the conformance suite for the tests.
            dependencies: [.package(path: "\(source)/Sources/Framework"), .package(name: "munim", path: "\(source)")],
            targets: [
                .target(name: "\(type)", dependencies: [.product(name: "MunimKit", package: "Framework")]),
                .testTarget(
                    name: "\(type)Tests",
                    dependencies: [
                        "\(type)", .product(name: "MunimKit", package: "Framework"), .product(name: "MunimTesting", package: "munim"),
                    ]),
            ],
            swiftLanguageModes: [.v6]
        )

        """
    }

    private var entryPoint: String {
        """
        import MunimKit

        /// The number of the plugin interface that this library was built for; the host asks before anything else.
        @c(munim_plugin_abi) public func pluginABI() -> Int32 { munimABI }

        /// The digest of the framework's declarations that this library was built with.
        @c(munim_plugin_interface) public func pluginInterface() -> UInt64 { munimInterface() }

        /// Whether that framework was a debug build.
        @c(munim_plugin_is_debug) public func pluginIsDebug() -> Bool { munimIsDebug }

        /// Hands the library's plugins to the host.
        @c(munim_plugin_register) public func register(_ registrar: UnsafeMutableRawPointer) { registerPlugins([\(type).self], in: registrar) }

        """
    }

    private var tests: String {
        """
        import MunimKit
        import MunimTesting
        import Testing

        @testable import \(type)

        @Suite("\(type)")
        struct \(type)Tests {
            @Test("It keeps what every instrument promises")
            func conformance() throws {
                let options = try \(type).Options.read([:])
                let instrument = \(type)(options: options, context: PluginContext(name: "\(entry)", clock: ManualClock()))
                InstrumentConformance.check(instrument, price: Price(whole: 1_000))
            }
        }

        """
    }

    private var configuration: String {
        """
        # munim validate \(name).yaml; munim serve \(name).yaml
        load:
          - .build/debug/lib\(type).so

        instance: { name: \(name), data: var }

        broker: { use: paper }

        instruments:
          \(entry):
            use: \(name)
            sizing: { use: fixed-lots, lots: 1 }
            rollover: { use: days-before-expiry, days: 5 }
            tests:
              - name: a base entry buys one lot of the future
                signal: { type: BASE_ENTRY, price: 1000, stop: 980, atr: 10, timestamp: "2026-01-12T10:15:00" }
                account: { equity: 1000000, available_margin: 1000000 }
                expect: { lots: 1, legs: [buy future], symbols: [\(root)26JANFUT] }

        risk: { initial_capital: 1000000 }

        """
    }
}

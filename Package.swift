// swift-tools-version: 6.2
// Targets from low to high. The framework is a nested package because only that gives one copy of it in a process
// that also loads plugins (see Sources/Framework/Package.swift).
import PackageDescription

let kit: Target.Dependency = .product(name: "MunimKit", package: "Framework")

// Set by `make fuzz` alone. libFuzzer brings the entry of the process, so that the host is a library without one then; SwiftPM does not let
// another package link the code of an executable, which is why the fuzzer is no package of its own as the benchmarks are.
let isFuzzing = Context.environment["MUNIM_FUZZ"] != nil

let hostDependencies: [Target.Dependency] = [
    kit, "Simulation", "Instruments", "Sizing", "Rollover", "Brokers", "Storage", "Coordination", "Alerts", "CYAML", "CMicrohttpd",
    "CSodium",
    "CMalloc",
]
let host: Target =
    isFuzzing
    ? .target(name: "munim", dependencies: hostDependencies, path: "Sources/Host", exclude: ["Main.swift"])
    : .executableTarget(name: "munim", dependencies: hostDependencies, path: "Sources/Host")

// A library of the tests: it sees the inside of the host, which release builds do not show.
let fuzzHarness: Target =
    isFuzzing
    ? .target(name: "FuzzHarness", dependencies: [kit, "munim"], path: "Tests/Fuzz/Harness")
    : .testTarget(name: "FuzzHarness", dependencies: [kit, "munim"], path: "Tests/Fuzz/Harness")

let package = Package(
    name: "munim",
    products: [
        .executable(name: "munim", targets: ["munim"]),
        .library(name: "MunimTesting", targets: ["MunimTesting"]),
        .library(name: "MunimPlugins", targets: ["Instruments", "Sizing", "Rollover", "Brokers", "Storage"]),
    ],
    dependencies: [.package(path: "Sources/Framework")],
    targets: [
        .systemLibrary(name: "CSQLite", path: "Sources/C/CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CYAML", path: "Sources/C/CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(
            name: "CMicrohttpd", path: "Sources/C/CMicrohttpd", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(name: "CSodium", path: "Sources/C/CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CMalloc", path: "Sources/C/CMalloc"),

        .target(name: "Simulation", dependencies: [kit], path: "Sources/FrameworkTesting/Simulation"),
        .target(name: "MunimTesting", dependencies: [kit], path: "Sources/FrameworkTesting", exclude: ["Simulation"]),

        .target(
            name: "Instruments", dependencies: [kit], path: "Sources/Plugins/Instruments",
            resources: [.embedInCode("Holidays/holidays_nse.csv"), .embedInCode("Holidays/holidays_mcx.csv")]),
        .target(name: "Sizing", dependencies: [kit], path: "Sources/Plugins/Sizing"),
        .target(name: "Rollover", dependencies: [kit], path: "Sources/Plugins/Rollover"),
        .target(name: "Brokers", dependencies: [kit], path: "Sources/Plugins/Brokers"),
        .target(
            name: "Storage", dependencies: [kit, "CSQLite"], path: "Sources/Plugins/Storage",
            resources: [
                .embedInCode("Migrations/sqlite/v0001_foundation.up.sql"), .embedInCode("Migrations/sqlite/v0001_foundation.down.sql"),
                .embedInCode("Migrations/sqlite/v0002_deliveries.up.sql"), .embedInCode("Migrations/sqlite/v0002_deliveries.down.sql"),
                .embedInCode("Migrations/sqlite/v0003_repairs_bars_clocks.up.sql"),
                .embedInCode("Migrations/sqlite/v0003_repairs_bars_clocks.down.sql"),
                .embedInCode("Migrations/sqlite/v0004_words.up.sql"), .embedInCode("Migrations/sqlite/v0004_words.down.sql"),
                .embedInCode("Migrations/sqlite/v0005_commands.up.sql"), .embedInCode("Migrations/sqlite/v0005_commands.down.sql"),
            ]),
        .target(name: "Coordination", dependencies: [kit], path: "Sources/Plugins/Coordination"),
        .target(name: "Alerts", dependencies: [kit], path: "Sources/Plugins/Alerts"),

        host,

        .testTarget(name: "FrameworkTests", dependencies: [kit, "MunimTesting", "Simulation"]),
        .testTarget(name: "SimulationTests", dependencies: [kit, "MunimTesting", "Simulation"]),
        .testTarget(
            name: "PluginTests",
            dependencies: [
                kit, "MunimTesting", "Simulation", "Instruments", "Sizing", "Rollover", "Brokers", "Storage", "Coordination", "Alerts",
            ]),
        .testTarget(name: "HostTests", dependencies: [kit, "MunimTesting", "munim"], exclude: ["Config/Corpus"]),
        .testTarget(name: "ChaosTests", dependencies: [kit, "Storage", "Brokers", "munim"]),
        fuzzHarness,
        .testTarget(name: "FuzzTests", dependencies: ["FuzzHarness"], path: "Tests/Fuzz/Tests"),
        .testTarget(name: "TidyTests"),
    ],
    swiftLanguageModes: [.v6]
)

if isFuzzing {
    package.products = [.executable(name: "munim-fuzz", targets: ["munim-fuzz"])]
    package.targets.append(.executableTarget(name: "munim-fuzz", dependencies: ["FuzzHarness"], path: "Tests/Fuzz/Fuzzer"))
}

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}

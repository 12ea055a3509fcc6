// swift-tools-version: 6.2
// Measures speed; a package of its own, so that nothing here is built or run with the tests.
import PackageDescription

let package = Package(
    name: "Benchmarks",
    dependencies: [.package(name: "Framework", path: "../Sources/Framework"), .package(name: "munim", path: "..")],
    targets: [
        .systemLibrary(name: "CSQLiteFloor", path: "Sources/CSQLiteFloor", pkgConfig: "sqlite3"),
        .executableTarget(
            name: "munim-bench",
            dependencies: [
                .product(name: "MunimKit", package: "Framework"), .product(name: "MunimPlugins", package: "munim"), "CSQLiteFloor",
            ],
            path: "Sources/MunimBench",
            swiftSettings: [.treatAllWarnings(as: .error)]),
    ],
    swiftLanguageModes: [.v6]
)

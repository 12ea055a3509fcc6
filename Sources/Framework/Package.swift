// swift-tools-version: 6.2
// A package of its own, so that host, plugins and tests all link one libMunimKit.so: one copy of every framework symbol.
import PackageDescription

let package = Package(
    name: "Framework",
    products: [.library(name: "MunimKit", type: .dynamic, targets: ["MunimKit"])],
    targets: [
        .target(
            name: "MunimKit",
            path: ".",
            swiftSettings: [
                .treatAllWarnings(as: .error),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            ])
    ],
    swiftLanguageModes: [.v6]
)

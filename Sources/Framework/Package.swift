// swift-tools-version: 6.2
// A package of its own, so that host, plugins and tests all link one libMunimKit.so: one copy of every framework symbol.
// What plugins were compiled against is a digest that the build makes of the framework's declarations (see Sources/Interface).
import PackageDescription

// The fuzzer loads no plugins, and its sanitizers would be linked into the tool as well.
let isFuzzing = Context.environment["MUNIM_FUZZ"] != nil

let package = Package(
    name: "Framework",
    products: [.library(name: "MunimKit", type: .dynamic, targets: ["MunimKit"])],
    dependencies: isFuzzing ? [] : [.package(path: "../Interface")],
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
            ] + (isFuzzing ? [.define("MUNIM_FUZZ")] : []),
            plugins: isFuzzing ? [] : [.plugin(name: "InterfaceDigest", package: "Interface")])
    ],
    swiftLanguageModes: [.v6]
)

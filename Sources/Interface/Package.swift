// swift-tools-version: 6.2
// Makes the digest of the framework's declarations at each build, so that a plugin carries the one that it was compiled against.
import PackageDescription

let package = Package(
    name: "Interface",
    products: [.plugin(name: "InterfaceDigest", targets: ["InterfaceDigest"])],
    targets: [
        .executableTarget(
            name: "munim-interface", path: "Tool",
            swiftSettings: [
                .treatAllWarnings(as: .error),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ]),
        .plugin(name: "InterfaceDigest", capability: .buildTool(), dependencies: ["munim-interface"], path: "Plugin"),
    ],
    swiftLanguageModes: [.v6]
)

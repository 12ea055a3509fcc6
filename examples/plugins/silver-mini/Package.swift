// swift-tools-version: 6.2
// A stranger's instrument: needs MunimKit and nothing else; the root package is named for the conformance suite, which only the tests use.
import PackageDescription

let package = Package(
    name: "silver-mini",
    products: [.library(name: "SilverMini", type: .dynamic, targets: ["SilverMini"])],
    dependencies: [.package(path: "../../../Sources/Framework"), .package(name: "munim", path: "../../..")],
    targets: [
        .target(name: "SilverMini", dependencies: [.product(name: "MunimKit", package: "Framework")]),
        .testTarget(
            name: "SilverMiniTests",
            dependencies: [
                "SilverMini", .product(name: "MunimKit", package: "Framework"), .product(name: "MunimTesting", package: "munim"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)

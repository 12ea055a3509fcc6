import Foundation
import MunimKit
import Testing

@testable import munim

/// Libraries that are built for the tests, once per build folder, beside the tests.
enum BuiltLibraries {
    /// Where the tests and the framework's library lie.
    static var products: String { URL(filePath: Munim.program).deletingLastPathComponent().path() }
    /// Where packages are built; kept, so that the next run has little to do.
    static var scratch: String { products + "plugin-packages" }
    /// The program that builds packages, of the toolchain that built the tests.
    static let swift = "/usr/bin/env"

    /// Builds a package and runs its tests; answers the folder with its products.
    static func test(package path: String) async throws -> String {
        let result = try await Child.run(
            swift, ["swift", "test", "--package-path", path, "--scratch-path", scratch], in: FileManager.default.temporaryDirectory.path())
        try #require(result.code == 0, "\(result.text.suffix(4_000))\n\(result.complaint.suffix(4_000))")
        #expect((result.text + result.complaint).contains("Test run with"), "no tests ran")
        return scratch + "/debug"
    }

    /// Compiles one C file to a library.
    static func compile(c text: String, named name: String, in folder: TestFolder) async throws -> String {
        let source = try folder.write(text, to: name + ".c")
        return try await compile(["cc", "-shared", "-fPIC", "-o", "lib\(name).so", source], name, folder)
    }

    /// Compiles one Swift file to a library that uses the framework of these tests.
    static func compile(swift text: String, named name: String, in folder: TestFolder) async throws -> String {
        let source = try folder.write(text, to: name + ".swift")
        let modules = products + "Modules"
        return try await compile(
            [
                "swiftc", "-emit-library", "-swift-version", "6", "-module-name", name, "-I", modules, "-L", products, "-lMunimKit", "-o",
                "lib\(name).so", source,
            ], name, folder)
    }

    private static func compile(_ line: [String], _ name: String, _ folder: TestFolder) async throws -> String {
        let result = try await Child.run(swift, line, in: folder.path)
        try #require(result.code == 0, "\(result.complaint)")
        return folder.path + "/lib\(name).so"
    }
}

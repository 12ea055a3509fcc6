import Foundation
import Testing

/// The digest of the framework's declarations as the build makes it, also of a source that was changed.
enum FrameworkDigest {
    /// The digest after `change` was applied to each file, which is named by its path within the framework.
    static func of(_ folder: TestFolder, _ change: (_ file: String, _ text: String) -> String = { $1 }) async throws -> UInt64 {
        let root = Repository.path + "/Sources/Framework"
        let names = try FileManager.default.subpathsOfDirectory(atPath: root)
            .filter { $0.hasSuffix(".swift") && !$0.contains(".build/") && $0 != "Package.swift" }
        #expect(names.count > 90)
        var files: [String] = []
        for (number, name) in names.enumerated() {
            let text = try String(contentsOfFile: "\(root)/\(name)", encoding: .utf8)
            files.append(try folder.write(change(name, text), to: "framework-\(number).swift"))
        }
        let output = folder.path + "/FrameworkInterface.swift"
        let made = try await Child.run(BuiltLibraries.products + "munim-interface-tool", [output] + files, in: folder.path)
        try #require(made.code == 0, "\(made.complaint)")
        let digits = try String(contentsOfFile: output, encoding: .utf8).firstMatch(of: /UInt64 = 0x([0-9a-f]+)/)?.1
        return try #require(digits.flatMap { UInt64($0, radix: 16) })
    }
}

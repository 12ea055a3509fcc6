import Foundation
import Glibc
import MunimKit
import Synchronization
import Testing

@testable import munim

/// What a command line left behind.
struct CommandResult: Sendable {
    let code: Int32
    let output: [String]
    let errors: [String]

    /// The result as one text.
    var text: String { output.joined(separator: "\n") }
    /// The complaints as one text.
    var complaint: String { errors.joined(separator: "\n") }

    /// The result read as JSON of any shape; throws when it is none.
    func json() throws -> Any { try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed) }
}

/// Runs command lines, in this process or as the program itself.
enum Munim {
    /// Runs a command line in this process.
    static func run(
        _ line: [String], environment: [String: String] = [:], clock: any MunimKit.Clock = SystemClock()
    ) async -> CommandResult {
        let output = Mutex<[String]>([])
        let errors = Mutex<[String]>([])
        let world = CommandWorld(
            output: { text in output.withLock { $0.append(text) } }, errors: { text in errors.withLock { $0.append(text) } },
            environment: EnvironmentReferences { environment[$0] }, clock: clock, isTerminal: false)
        let exit = await CommandLineInterface.run(line, in: world)
        return CommandResult(code: exit, output: output.withLock(\.self), errors: errors.withLock(\.self))
    }

    /// Runs a command line in this process.
    static func run(
        _ words: String..., environment: [String: String] = [:], clock: any MunimKit.Clock = SystemClock()
    ) async -> CommandResult {
        await run(words, environment: environment, clock: clock)
    }

    /// The program, built beside the tests.
    static var program: String {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: tests).deletingLastPathComponent().appending(path: "munim").path()
    }

    /// Runs the program itself to its end.
    static func program(_ line: String..., in folder: String, environment: [String: String] = [:]) async throws -> CommandResult {
        try await Child.run(program, line, in: folder, environment: environment)
    }
}

/// Another program.
enum Child {
    /// Runs a program to its end.
    static func run(_ path: String, _ line: [String], in folder: String, environment: [String: String] = [:]) async throws -> CommandResult
    {
        let result = await offPool {
            Result { () throws -> CommandResult in
                let child = Foundation.Process()
                child.executableURL = URL(filePath: path)
                child.arguments = line
                child.currentDirectoryURL = URL(filePath: folder)
                child.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
                let (output, errors) = (folder + "/.output-\(UUID().uuidString)", folder + "/.errors-\(UUID().uuidString)")
                for file in [output, errors] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
                child.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
                child.standardError = try FileHandle(forWritingTo: URL(filePath: errors))
                child.standardInput = FileHandle.nullDevice
                try OpenFileCrowd.avoiding { try child.run() }
                child.waitUntilExit()
                defer { for file in [output, errors] { try? FileManager.default.removeItem(atPath: file) } }
                return CommandResult(code: child.terminationStatus, output: try lines(output), errors: try lines(errors))
            }
        }
        return try result.get()
    }

    private static func lines(_ file: String) throws -> [String] {
        String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
    }
}

/// A folder of one test, removed with it.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "munim-test-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and answers its path.
    func write(_ text: String, to name: String) throws -> String {
        let file = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: URL(filePath: file).deletingLastPathComponent().path(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: file))
        return file
    }

    /// Everything in the folder.
    var contents: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }
}

/// The tree that the tests were built from.
enum Repository {
    /// Its folder.
    static var path: String {
        var folder = URL(filePath: #filePath)
        while folder.path() != "/", !FileManager.default.fileExists(atPath: folder.appending(path: "plugins.yaml").path()) {
            folder = folder.deletingLastPathComponent()
        }
        return folder.path().hasSuffix("/") ? String(folder.path().dropLast()) : folder.path()
    }
}

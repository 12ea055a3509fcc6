import Foundation
import MunimKit
import Testing

@testable import munim

@Suite("A plugin library is looked at before it is opened")
struct LibraryFileTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// The sentence of the refusal; nil when the file would be opened.
    private func refusal(of path: String) -> String? {
        do throws(PluginFault) { try LibraryFile.check(path) } catch { return error.description }
        return nil
    }

    private func library() async throws -> String {
        try await BuiltLibraries.compile(c: "int answer(void) { return 42; }", named: "Answer", in: folder)
    }

    @Test("A library that is cut short anywhere is refused and not opened, which would end the process")
    func cutShort() async throws {
        let path = try await library()
        #expect(refusal(of: path) == nil)
        let whole = try Data(contentsOf: URL(filePath: path))
        let lengths = Array(0..<200) + Array(stride(from: 200, to: whole.count, by: 97)) + [whole.count - 1]
        let cut = folder.path + "/libCut.so"
        for length in lengths {
            try whole.prefix(length).write(to: URL(filePath: cut))
            let sentence = try #require(refusal(of: cut), "\(length) of \(whole.count) bytes")
            #expect(sentence.hasPrefix("\(cut) cannot be loaded as a shared library: it "), "\(sentence)")
        }
        var registry = try Builtins.registry()
        #expect(throws: PluginFault.self) { try DynamicPlugin.load(cut, into: &registry) }
    }

    @Test("The program itself says so and goes on", arguments: [1, 3])
    func program(part: Int) async throws {
        let path = try await library()
        let whole = try Data(contentsOf: URL(filePath: path))
        try whole.prefix(whole.count * part / 4).write(to: URL(filePath: path))
        let shipped = try String(contentsOfFile: Repository.path + "/plugins.yaml", encoding: .utf8)
        _ = try folder.write("load: [libAnswer.so]\n" + shipped, to: "plugins.yaml")
        let result = try await Munim.program("validate", "plugins.yaml", in: folder.path)
        #expect(result.code == 2)
        #expect(result.text.contains("load[1]: ./libAnswer.so cannot be loaded as a shared library: it is cut short: "), "\(result.text)")
    }

    @Test("A head that promises what cannot be is refused", arguments: [(4, 1), (5, 2), (16, 2), (18, 3), (39, 0xFF), (47, 0x7F), (56, 0)])
    func damaged(place: Int, byte: UInt8) async throws {
        let path = try await library()
        var bytes = try Data(contentsOf: URL(filePath: path))
        bytes[place] = byte
        try bytes.write(to: URL(filePath: path))
        #expect(refusal(of: path)?.hasPrefix("\(path) cannot be loaded as a shared library: ") == true)
    }

    @Test("A library that others may write, or that lies where they may put another, is refused", arguments: [0o020, 0o002])
    func writable(bit: Int) async throws {
        let path = try await library()
        try permissions(0o755 | bit, of: path)
        #expect(refusal(of: path)?.hasPrefix("plugin library \(path) can be written by others: expected ") == true)
        try permissions(0o755, of: path)
        #expect(refusal(of: path) == nil)
        try permissions(0o755 | bit, of: folder.path)
        #expect(refusal(of: path)?.hasPrefix("folder \(folder.path) of plugin library \(path) can be written by others: expected ") == true)
        // As /tmp: others may add files, and neither rename nor remove ours.
        try permissions(0o1777, of: folder.path)
        #expect(refusal(of: path) == nil)
    }

    @Test("A link is followed to the folder where the library lies")
    func link() async throws {
        let path = try await library()
        let open = folder.path + "/open"
        try FileManager.default.createDirectory(atPath: open, withIntermediateDirectories: false)
        try FileManager.default.moveItem(atPath: path, toPath: open + "/libAnswer.so")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: open + "/libAnswer.so")
        #expect(refusal(of: path) == nil)
        try permissions(0o777, of: open)
        #expect(refusal(of: path)?.hasPrefix("folder \(open) of plugin library") == true)
    }

    @Test("A library of another user is refused", .enabled(if: geteuid() == 0))
    func foreign() async throws {
        let path = try await library()
        #expect(chown(path, 12_345, 0) == 0)
        #expect(refusal(of: path) == "plugin library \(path) belongs to user 12345: expected this host's user 0, or root")
        #expect(chown(path, 0, 0) == 0)
        #expect(chown(folder.path, 12_345, 0) == 0)
        #expect(
            refusal(of: path)
                == "folder \(folder.path) of plugin library \(path) belongs to user 12345: expected this host's user 0, or root")
    }

    private func permissions(_ mode: Int, of path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
}

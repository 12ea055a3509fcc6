import Foundation
import Glibc
import MunimKit
import Testing

@testable import munim

@Suite("The program itself")
struct ProgramTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test("Results go to standard output alone, complaints to standard error alone, with their exit codes")
    func streams() async throws {
        let version = try await Munim.program("version", in: folder.path)
        #expect(version.code == 0 && version.text.hasPrefix("munim \(Version.current)") && version.complaint.isEmpty)
        let unknown = try await Munim.program("serv", in: folder.path)
        #expect(unknown.code == 2 && unknown.text.isEmpty && unknown.complaint.contains("did you mean \"serve\"?"))
        let failed = try await Munim.program("trace", "none", in: folder.path)
        #expect(failed.code == 1 && failed.text.isEmpty && failed.complaint.hasPrefix("munim: none cannot be opened"))
    }

    @Test("A valid configuration is 0, a faulty one 2 with its places, and nothing is made")
    func validate() async throws {
        let valid = try await Munim.program("validate", Repository.path + "/plugins.yaml", in: folder.path)
        #expect(valid.code == 0 && valid.text.contains("valid; paper"))
        _ = try folder.write("broker: { use: papr }\n", to: "broken.yaml")
        let broken = try await Munim.program("validate", "broken.yaml", in: folder.path)
        #expect(broken.code == 2 && broken.text.contains("broken.yaml:1:16: broker.use: unknown plugin \"papr\""), "\(broken.text)")
        let json = try await Munim.program("validate", "broken.yaml", "--json", in: folder.path).json() as? [String: Any]
        #expect(json?["valid"] as? Bool == false && (json?["faults"] as? [Any])?.isEmpty == false)
        #expect(try folder.contents == ["broken.yaml"])
    }

    @Test("A live mode without a live broker refuses to start with a sentence (L-28)")
    func live() async throws {
        let shipped = try String(contentsOfFile: Repository.path + "/plugins.yaml", encoding: .utf8)
        _ = try folder.write(
            shipped.replacing("mode: paper ", with: "mode: live  ").replacing("sessions: ignored", with: "sessions: enforced"),
            to: "plugins.yaml")
        let result = try await Munim.program("serve", in: folder.path)
        #expect(result.code == 2)
        #expect(result.complaint.contains("instance.mode is live but broker paper trades no real money"), "\(result.complaint)")
        #expect(try folder.contents == ["plugins.yaml"], "nothing is opened before the file is believed")
    }

    @Test("A plugin that cannot start ends the program with 1 and a sentence")
    func cannotStart() async throws {
        let shipped = try String(contentsOfFile: Repository.path + "/plugins.yaml", encoding: .utf8)
        let text = shipped.replacing("127.0.0.1:8080", with: "127.0.0.1:0").replacing("path: munim.db", with: "path: plugins.yaml/munim.db")
        _ = try folder.write(text.replacing("data: var ", with: "data: .   "), to: "plugins.yaml")
        let result = try await Munim.program("serve", in: folder.path)
        #expect(result.code == 1 && result.complaint.contains("the host cannot run"), "\(result.complaint)")
    }

    @Test("The shipped configuration serves and stops with 0 when it is asked to (L-74)")
    func smoke() async throws {
        let shipped = try String(contentsOfFile: Repository.path + "/plugins.yaml", encoding: .utf8)
        _ = try folder.write(shipped.replacing("127.0.0.1:8080", with: "127.0.0.1:0"), to: "plugins.yaml")
        let path = folder.path
        let (code, log) = try await offPool { Result { try Self.serveOnce(in: path) } }.get()
        #expect(code == 0, "\(log)")
        #expect(log.contains("munim is ready") && log.contains("the host has stopped"))
        let status = try await Munim.program("status", in: folder.path)
        #expect(status.code == 0 && status.text.contains("5000000"), "\(status.complaint)")
    }

    /// Starts the program, waits until it is ready, asks it to stop, and answers its exit code and log.
    static func serveOnce(in folder: String) throws -> (Int32, String) {
        let child = Foundation.Process()
        let pipe = Pipe()
        child.executableURL = URL(filePath: Munim.program)
        child.arguments = ["serve"]
        child.currentDirectoryURL = URL(filePath: folder)
        child.standardError = pipe
        child.standardOutput = FileHandle.nullDevice
        child.standardInput = FileHandle.nullDevice
        try OpenFileCrowd.avoiding { try child.run() }
        var log = ""
        while !log.contains("munim is ready") {
            let more = pipe.fileHandleForReading.availableData
            guard !more.isEmpty else { break }
            log += String(decoding: more, as: UTF8.self)
        }
        kill(child.processIdentifier, SIGTERM)
        log += String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        child.waitUntilExit()
        return (child.terminationReason == .exit ? child.terminationStatus : -1, log)
    }
}

@Suite("The example configurations")
struct ExampleConfigurationTests {
    static let files = (try? FileManager.default.contentsOfDirectory(atPath: Repository.path + "/examples/configs"))?.sorted() ?? []

    @Test("Each is valid, and its examples come out as written", arguments: files.filter { $0 != "silver-so.yaml" })
    func valid(_ name: String) async throws {
        let result = await Munim.run("validate", Repository.path + "/examples/configs/" + name)
        #expect(result.code == 0, "\(result.text)")
        #expect(try String(contentsOfFile: Repository.path + "/examples/configs/" + name, encoding: .utf8).contains("tests:"))
    }

    @Test("All are there")
    func complete() { #expect(Self.files == ["gold-only.yaml", "paper.yaml", "silver-so.yaml", "silver-yaml.yaml"]) }

    @Test("An example of an instrument that comes out otherwise is a fault at the line of the expectation")
    func failing() async throws {
        let folder = try TestFolder()
        let text = try String(contentsOfFile: Repository.path + "/examples/configs/silver-yaml.yaml", encoding: .utf8)
        let file = try folder.write(text.replacing("lots: 4,", with: "lots: 5,"), to: "silver.yaml")
        let line =
            (text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("lots: 4,") } ?? 0) + 1
        let result = await Munim.run("validate", file)
        #expect(result.code == 2)
        #expect(
            result.output.first?.hasPrefix("\(file):\(line):25: instruments.SILVER_MINI.tests[1].expect.lots: a base entry in January")
                == true,
            "\(result.text)")
        #expect(result.text.contains("expected 5 lots, found 4, limited by risk"))
    }
}

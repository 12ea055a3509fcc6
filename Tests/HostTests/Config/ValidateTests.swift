import FoundationEssentials
import MunimKit
import Testing

@testable import munim

@Suite("munim validate")
struct ValidateTests {
    /// A folder of this test alone, removed with it.
    private final class Folder {
        let path = FileManager.default.temporaryDirectory.appending(path: "munim-validate-\(UUID().uuidString)").path()
        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }
        func write(_ text: String) throws -> String {
            let file = path + "/plugins.yaml"
            try Data(text.utf8).write(to: URL(filePath: file))
            return file
        }
    }

    private func report(_ file: String) throws -> (report: ValidationReport, lines: [String]) {
        let report = validate(file: file, registry: try SamplePlugins.registry(), environment: SamplePlugins.environment)
        var lines: [String] = []
        report.write { lines.append($0) }
        return (report, lines)
    }

    @Test("A valid file says so with 0, and nothing is created")
    func valid() throws {
        let folder = try Folder()
        let file = try folder.write("instance: {data: \(folder.path)/var}\n" + HostConfigurationTests.minimal)
        let (report, lines) = try report(file)
        #expect(report.exitCode == 0)
        #expect(lines == ["\(file): valid; paper, broker paper, storage sqlite, instruments ALPHA"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["plugins.yaml"])
    }

    @Test("A secret that stands in the file is a warning at its place, and never shown")
    func clearSecret() throws {
        let folder = try Folder()
        let file = try folder.write("http: {secret: correct-horse-battery}\n" + HostConfigurationTests.minimal)
        let (report, lines) = try report(file)
        #expect(report.exitCode == 0)
        #expect(
            lines.first
                == "warning: \(file):1:16: http.secret: the secret stands in the file as it is: expected a variable of the environment, as ${NAME}"
        )
        #expect(!lines.joined().contains("battery"))
    }

    @Test("Faults are listed by line with 2")
    func faults() throws {
        let folder = try Folder()
        let broken = try folder.write(HostConfigurationTests.minimal + "\n    tick: none\nbroker: {use: papr}\n")
        let (report, lines) = try report(broken)
        #expect(report.exitCode == 2)
        #expect(
            lines == [
                #"\#(broken):7:11: instruments.ALPHA.tick: expected a price above 0 (such as 52000.05), found "none""#,
                #"\#(broken):8:15: broker.use: unknown plugin "papr" (known: paper, zerodha; did you mean "paper"?)"#,
                "\(broken): 2 faults",
            ])
    }

    @Test("The report as JSON carries the same faults")
    func json() throws {
        let folder = try Folder()
        let file = try folder.write("broker: {use: papr}\n" + HostConfigurationTests.minimal)
        var text = ""
        try report(file).report.write(asJSON: true) { text += $0 }
        struct Listed: Decodable, Equatable {
            struct Fault: Decodable, Equatable { let file: String, line: Int, column: Int, path: String, message: String }
            let file: String, valid: Bool, faults: [Fault]
        }
        let message = #"unknown plugin "papr" (known: paper, zerodha; did you mean "paper"?)"#
        let expected = Listed(
            file: file, valid: false, faults: [Listed.Fault(file: file, line: 1, column: 15, path: "broker.use", message: message)])
        #expect(try JSONDecoder().decode(Listed.self, from: Data(text.utf8)) == expected)
    }

    @Test("A file that cannot be read is one fault")
    func unreadable() throws {
        let folder = try Folder()
        #expect(
            try report(folder.path + "/none.yaml").lines.first?.hasSuffix(":1:1: the file cannot be opened: No such file or directory")
                == true)
        #expect(try report(folder.path).lines.first?.hasSuffix(":1:1: the file cannot be read: Is a directory") == true)
    }

    @Test("Further checks run only when the options have no fault")
    func checks() throws {
        let folder = try Folder()
        let check: ConfigurationCheck = { _, file in [ConfigFault(file: file, mark: .start, path: "", message: "checked")] }
        let registry = try SamplePlugins.registry()
        let valid = try folder.write(HostConfigurationTests.minimal)
        let checked = validate(file: valid, registry: registry, environment: SamplePlugins.environment, checks: [check])
        #expect(checked.faults.map(\.message) == ["checked"])
        #expect(checked.exitCode == 2)
        #expect(checked.configuration == nil)
        let broken = try folder.write("x: 1\n" + HostConfigurationTests.minimal)
        let unchecked = validate(file: broken, registry: registry, environment: SamplePlugins.environment, checks: [check])
        #expect(unchecked.faults.count == 1 && unchecked.faults.first?.message != "checked")
    }
}

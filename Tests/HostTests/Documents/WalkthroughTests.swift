import Foundation
import MunimKit
import Testing

@testable import munim

/// The walkthrough of the README, pasted as one script into a shell beside a host that serves what `make run` serves.
@Suite(.timeLimit(.minutes(5))) struct WalkthroughTests {
    /// The blocks of the README that belong into a shell, from the first that sends a signal to the exit, word for word but for the port.
    private static func script(port: Int) throws -> String {
        let readme = try String(contentsOfFile: Repository.path + "/README.md", encoding: .utf8)
        let blocks = readme.split(separator: "```\n", omittingEmptySubsequences: false).enumerated()
            .filter { !$0.offset.isMultiple(of: 2) || $0.element.hasPrefix("send ") }.map(\.element).filter { $0.contains("send ") }
        return blocks.joined(separator: "\n").replacing("127.0.0.1:8080", with: "127.0.0.1:\(port)")
    }

    @Test("It works word for word: each answer is the one that the README tells")
    func pasted() async throws {
        let secret = "a-secret-that-make-run-made"
        var setup = RunningHost.Setup()
        setup.http.append("secret: \(secret)")
        try await RunningHost.run(setup) { host async throws in
            let folder = try TestFolder()
            _ = try folder.write(secret, to: "var/webhook.secret")
            let script = try Self.script(port: host.port)
            #expect(script.contains("cat var/webhook.secret") && script.contains("\"EXIT\""))
            let result = try await Child.run("/bin/bash", ["-c", script], in: folder.path)
            let answers = result.output.filter { !$0.isEmpty }
                .map { (try? JSONDecoder().decode(TestJSON.self, from: Data($0.utf8))) ?? .text($0) }
            let told = answers.map { $0["error_type"].text ?? ($0["duplicate"].flag == true ? "duplicate" : $0["status"].text ?? "\($0)") }
            #expect(
                told.prefix(6) == ["executed", "executed", "duplicate", "conflict", "expired", "unknown_instrument"],
                "\(answers) \(result.complaint)")
            #expect(answers.count == 7 && answers.last?["type"].text == "EXIT", "\(answers)")
        }
    }
}

import Foundation
import MunimKit
import Testing

@testable import munim

/// The secret that `make run` makes, and what a person does with it.
@Suite(.timeLimit(.minutes(5))) struct FirstSecretTests {
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        for name in ["Makefile", "plugins.yaml"] {
            _ = try folder.write(try String(contentsOfFile: Repository.path + "/" + name, encoding: .utf8), to: name)
        }
    }

    private func make() async throws -> String {
        let made = try await Child.run("/usr/bin/make", ["-s", "secret"], in: folder.path)
        #expect(made.code == 0, "\(made.complaint)")
        return try String(contentsOfFile: folder.path + "/var/webhook.secret", encoding: .utf8)
    }

    private func configuration() throws -> HostConfiguration {
        let reading = ConfigurationReading(
            file: folder.path + "/plugins.yaml", registry: try Builtins.registry(), environment: .process)
        return try #require(reading.configuration, "\(reading.faults)")
    }

    @Test("It is made once, only its owner reads it, git leaves it out, and the shipped configuration asks webhooks for it")
    func madeOnce() async throws {
        #expect(try configuration().http.secret == nil, "without it only this machine is believed")
        let secret = try await make()
        #expect(secret.utf8.count == 48 && secret.utf8.allSatisfy { 48...57 ~= $0 || 97...102 ~= $0 })
        #expect(try await make() == secret)
        for path in ["/var", "/var/webhook.secret"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + path)
            #expect((attributes[.posixPermissions] as? Int).map { $0 & 0o077 } == 0, "\(path)")
        }
        #expect(try configuration().http.secret?.reveal() == secret)
        let ignored = try String(contentsOfFile: Repository.path + "/.gitignore", encoding: .utf8).split(separator: "\n")
        #expect(ignored.contains("/var/"))
        #expect(try String(contentsOfFile: Repository.path + "/Makefile", encoding: .utf8).contains("\nrun: setup secret\n"))
    }

    @Test("The lines for a terminal, pasted into a shell, send what the host takes, whatever the secret is written with")
    func example() async throws {
        for secret in ["a-secret-for-webhooks", #"it's a "secret" \ $HOME `ls`"#] {
            let options = try #require(
                HTTPConfigurationSample.read([
                    "listen": "127.0.0.1:0", "secret": secret.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""),
                ]))
            let lines = try #require(WebhookExample.lines(options, address: "127.0.0.1:9", instrument: "GOLD_MINI"))
            // The shell's own words, in place of sending them.
            let script = lines.split(separator: "\n").dropFirst().joined(separator: "\n").replacing("curl", with: "printf '%s\\n'")
            let words = try await Child.run("/bin/sh", ["-c", script], in: folder.path).output.filter { !$0.isEmpty }
            let body = try #require(words.last)
            #expect(words.contains("127.0.0.1:9/webhook") && words.contains("Content-Type: application/json"))
            let parsed = try WebhookParse.parse(Array(body.utf8)).get()
            #expect(parsed.secret == secret && parsed.signal.instrument == "GOLD_MINI" && parsed.signal.kind == .marketData)
        }
    }

    @Test("A host without a secret, or one that other machines reach, shows none")
    func noExample() throws {
        let open = try #require(HTTPConfigurationSample.read(["listen": "127.0.0.1:0"]))
        let reachable = try #require(HTTPConfigurationSample.read(["listen": "0.0.0.0:0", "secret": "a-secret-for-webhooks"]))
        for options in [open, reachable] { #expect(WebhookExample.lines(options, address: "h", instrument: "I") == nil) }
    }
}

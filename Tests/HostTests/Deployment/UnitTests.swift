import Foundation
import Testing

@testable import munim

@Suite("The unit for systemd")
struct UnitTests {
    private let unit: [String: [String]]
    private let notes: String

    init() throws {
        let folder = Repository.path + "/examples/deploy/"
        let lines = try String(contentsOfFile: folder + "munim.service", encoding: .utf8).split(separator: "\n")
        unit = Dictionary(
            grouping: lines.filter { !$0.hasPrefix("#") && $0.contains("=") }.map {
                $0.split(separator: "=", maxSplits: 1).map(String.init)
            },
            by: { $0[0] }
        ).mapValues { $0.map { $0.count > 1 ? $0[1] : "" } }
        notes = try String(contentsOfFile: folder + "README.md", encoding: .utf8)
    }

    @Test("Each limit that the notes promise stands in the unit, and each that stands there is explained")
    func limits() {
        let promised = notes.matches(of: #/\n\| `([A-Za-z]+)` \| (\S+) \|/#).map { (String($0.1), String($0.2)) }
        #expect(promised.count >= 8)
        for (name, value) in promised { #expect(unit[name] == [value], "\(name)") }
        let limits = unit.keys.filter { $0.hasPrefix("Limit") || $0.hasSuffix("Max") || $0.hasPrefix("OOM") }
        #expect(limits.allSatisfy { limit in promised.contains { $0.0 == limit } }, "\(limits)")
    }

    @Test("The unit allows more files than the connections that the host allows, and more time than a stop takes")
    func room() {
        let files = unit["LimitNOFILE"]?.first.flatMap { Int($0) } ?? 0
        #expect(files >= 2 * HTTPServerOptions().connections + 1_000)
        #expect((unit["TimeoutStopSec"]?.first.flatMap { Int($0) } ?? 0) >= 8 + 2 + 1)
    }

    @Test("The unit takes away what a host does not need")
    func hardening() {
        for name in [
            "NoNewPrivileges", "PrivateDevices", "PrivateTmp", "ProtectHome", "ProtectClock", "ProtectHostname", "ProtectKernelLogs",
            "ProtectKernelModules", "ProtectKernelTunables", "ProtectControlGroups", "RestrictNamespaces", "RestrictRealtime",
            "RestrictSUIDSGID", "LockPersonality", "MemoryDenyWriteExecute",
        ] { #expect(unit[name] == ["yes"], "\(name)") }
        #expect(unit["CapabilityBoundingSet"] == [""] && unit["ProtectSystem"] == ["strict"] && unit["UMask"] == ["0077"])
        #expect(unit["SystemCallFilter"] == ["@system-service", "~@privileged"])
    }
}

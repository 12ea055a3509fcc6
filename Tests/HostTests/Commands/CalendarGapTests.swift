import Foundation
import MunimKit
import MunimTesting
import Testing

@testable import munim

/// The holidays that were brought along end with 2026.
@Suite("Commands tell of holidays that are not known")
struct CalendarGapTests {
    private let folder: TestFolder
    private let file: String

    init() throws {
        folder = try TestFolder()
        file = try folder.write(
            """
            instance: { data: \(folder.path)/var }
            http: { listen: "127.0.0.1:0" }
            instruments:
              BANK_NIFTY: { use: bank-nifty, rollover: { use: never } }
              GOLD_MINI:
                use: gold-mini
                rollover: { use: never }
                known_years: [2027]

            """, to: "plugins.yaml")
    }

    private static func clock(_ day: String) throws -> ManualClock {
        ManualClock(try #require(TradingDay(day)).instant(at: TimeOfDay(secondsSinceMidnight: 36_000)))
    }

    @Test(
        "The doctor and the check warn of the year that begins within 60 days and of the present one, by instrument",
        arguments: [
            ("2026-03-02", []), ("2026-11-01", []), ("2026-11-02", [("BANK_NIFTY", 2027)]), ("2027-06-01", [("BANK_NIFTY", 2027)]),
            ("2027-12-01", [("BANK_NIFTY", 2027), ("BANK_NIFTY", 2028), ("GOLD_MINI", 2028)]),
        ])
    func warnings(day: String, expected: [(String, Int)]) async throws {
        let clock = try Self.clock(day)
        let sentences = expected.map { "\($0) does not know the holidays of \($1): only weekends are closed" }
        let doctor = await Munim.run("doctor", "--config", file, clock: clock)
        let findings = doctor.output.filter { $0.contains("calendar") }
        #expect(findings.filter { $0.hasPrefix("warn") }.count == expected.count)
        for sentence in sentences { #expect(findings.contains { $0.contains(sentence) }, "\(doctor.text)") }
        #expect(expected.isEmpty == findings.contains { $0.hasPrefix("ok ") }, "\(findings)")

        let check = await Munim.run("validate", file, clock: clock)
        #expect(check.code == 0, "a warning is no fault")
        let warned = check.output.filter { $0.hasPrefix("warning: ") }
        #expect(warned.count == expected.count)
        for (line, (name, _)) in zip(warned, expected) {
            let place = name == "BANK_NIFTY" ? "4:3" : "5:3"
            #expect(line.hasPrefix("warning: \(file):\(place): instruments.\(name): \(name) does not know"), "\(line)")
            #expect(line.hasSuffix("; add them under holidays, and the year under known_years"))
        }
        #expect(check.output.last?.contains("valid; paper") == true)
    }

    @Test("The check as JSON lists warnings apart from faults")
    func json() async throws {
        let result = await Munim.run("validate", file, "--json", clock: try Self.clock("2026-11-20"))
        let listed = try #require(try result.json() as? [String: Any])
        #expect(listed["valid"] as? Bool == true && (listed["faults"] as? [Any])?.isEmpty == true)
        let warnings = try #require(listed["warnings"] as? [[String: Any]])
        #expect(warnings.map { $0["path"] as? String } == ["instruments.BANK_NIFTY"])
        #expect(warnings.first?["line"] as? Int == 4)
    }

    @Test("A configuration with faults is not asked about its holidays")
    func faults() async throws {
        let broken = try folder.write(try String(contentsOfFile: file, encoding: .utf8) + "risk: { equitty: closed }\n", to: "broken.yaml")
        let result = await Munim.run("validate", broken, clock: try Self.clock("2027-06-01"))
        #expect(result.code == 2 && !result.text.contains("warning"), "\(result.text)")
    }
}

import MunimKit
import MunimTesting
import Rollover
import Testing

@Suite("Rollover rules")
struct RolloverTests {
    private static let context = PluginContext(name: "test", clock: SystemClock())
    private static let expiry = TradingDay(daysSinceEpoch: 20_500)

    private static func view(left: Int, interest: Int64? = nil, next: Int64? = nil) -> RolloverView {
        RolloverView(
            day: expiry.advanced(by: -left - 1), expiry: expiry, nextExpiry: expiry.advanced(by: 30), tradingDaysLeft: left,
            openInterest: interest, nextOpenInterest: next)
    }

    static var rules: [any RolloverPlugin] {
        [
            DaysBeforeExpiry(options: .init(), context: context), DaysBeforeExpiry(options: .init(days: 0), context: context),
            TenderPeriod(options: .init(), context: context), TenderPeriod(options: .init(tenderDays: 1, leadDays: 0), context: context),
            OpenInterestCrossover(options: .init(), context: context),
            OpenInterestCrossover(options: .init(ratio: Ratio(units: 1_200_000), latestDays: 0), context: context),
            NeverRoll(options: NoOptions(), context: context),
        ]
    }

    @Test("Every rule keeps the contract of rollover")
    func conformance() { for rule in Self.rules { RolloverConformance.check(rule) } }

    @Test("A position rolls when at most so many trading days are left", arguments: [(6, false), (5, true), (1, true), (0, true)])
    func daysBeforeExpiry(left: Int, isDue: Bool) {
        let advice = DaysBeforeExpiry(options: .init(days: 5), context: Self.context).advice(on: Self.view(left: left))
        #expect(advice.isDue == isDue)
        #expect(advice.reason.contains("\(left) trading days"))
    }

    /// With five days of tender and three of lead the roll is due eight trading days before the expiry, when seven lie strictly between.
    @Test("A position leaves so many trading days before the tender period", arguments: [(8, false), (7, true), (4, true), (0, true)])
    func tenderPeriod(left: Int, isDue: Bool) {
        let advice = TenderPeriod(options: .init(tenderDays: 5, leadDays: 3), context: Self.context).advice(on: Self.view(left: left))
        #expect(advice.isDue == isDue)
        #expect(advice.reason.contains("tender period"))
    }

    @Test(
        "A position rolls when the next contract leads, and at the latest at the fallback",
        arguments: [
            (20, 1_000, 1_000, "1", false), (20, 1_000, 1_001, "1", true), (20, 1_000, 1_200, "1.2", false),
            (20, 1_000, 1_201, "1.2", true),
            (20, nil, 5_000, "1", false), (20, 5_000, nil, "1", false), (6, nil, nil, "1", false), (5, nil, nil, "1", true),
            (5, 9_000, 1, "1", true),
            (20, .max, .max, "100", false), (20, 0, 0, "1", false),
        ] as [(Int, Int64?, Int64?, String, Bool)])
    func openInterest(left: Int, interest: Int64?, next: Int64?, ratio: String, isDue: Bool) throws {
        let rule = OpenInterestCrossover(options: .init(ratio: try Ratio(ratio), latestDays: 5), context: Self.context)
        let advice = rule.advice(on: Self.view(left: left, interest: interest, next: next))
        #expect(advice.isDue == isDue)
        if left > 5, interest == nil || next == nil { #expect(advice.reason.contains("not known")) }
    }

    @Test("A position that is never rolled stays, also on the last day")
    func never() { #expect(!NeverRoll(options: NoOptions(), context: Self.context).advice(on: Self.view(left: 0)).isDue) }

    @Test("L-24 A contract that would roll within five trading days is not entered, by the same rule that rolls", arguments: rules.indices)
    func oneRuleForEntryAndRoll(index: Int) {
        let rule = Self.rules[index]
        for left in 0...40 {
            let isEntered = !rule.advice(on: Self.view(left: max(0, left - 5))).isDue
            let rollsWithin = (0...5).contains { rule.advice(on: Self.view(left: max(0, left - $0))).isDue }
            #expect(isEntered == !rollsWithin, "\(left) trading days before the expiry")
        }
    }

    @Test("Options read with their defaults, and out of range they are faults")
    func options() throws {
        #expect(try DaysBeforeExpiry.Options.read([:]) == .init(days: 5))
        #expect(try TenderPeriod.Options.read(["tender_days": 4, "lead_days": 2]) == .init(tenderDays: 4, leadDays: 2))
        #expect(
            try OpenInterestCrossover.Options.read(["ratio": "1.1", "latest_days": 3])
                == .init(ratio: Ratio(units: 1_100_000), latestDays: 3))
        #expect(throws: ConfigFaults.self) { try DaysBeforeExpiry.Options.read(["days": -1]) }
        #expect(throws: ConfigFaults.self) { try TenderPeriod.Options.read(["tender_days": 0]) }
        #expect(throws: ConfigFaults.self) { try OpenInterestCrossover.Options.read(["ratio": 0]) }
    }

    @Test("The list of built-in rules has each name once")
    func list() {
        #expect(
            BuiltInRollover.all.map { $0.manifest.name } == ["days-before-expiry", "tender-period", "open-interest-crossover", "never"])
        #expect(BuiltInRollover.all.allSatisfy { $0.manifest.kind == .rollover })
    }
}

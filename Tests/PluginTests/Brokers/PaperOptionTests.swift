import Brokers
import FoundationEssentials
import MunimKit
import MunimTesting
import Testing

@Suite("Options of the paper broker")
struct PaperOptionTests {
    @Test("A list of faults is read with every form of value")
    func readsFaults() throws {
        let faults = try PaperFaults(
            "latency=200ms, reject=5%; empty-book=on, partial=0, throttle , next:timeout-after, next=reject@BETA 1CE,")
        #expect(faults.latency == .milliseconds(200))
        #expect(faults.rates == [.reject: Ratio(units: 50_000), .emptyBook: .one, .partial: .zero, .throttle: .one])
        #expect(faults.shots.map(\.fault) == [.timeoutAfter, .reject])
        #expect(faults.shots.map(\.symbol) == [nil, "BETA 1CE"])
        #expect(try PaperFaults("invisible=1.5s, late-by=2min") != PaperFaults())
        #expect(try PaperFaults(" ") == PaperFaults())
    }

    @Test(
        "A fault that is not understood is named, with what was meant",
        arguments: [
            ("latenci=200ms", "did you mean \"latency\"?"), ("rejct=5%", "did you mean \"reject\"?"),
            ("reject=5", "the probability of reject is \"5\", expected a percentage from 0% to 100%, on or off"),
            ("reject=101%", "expected a percentage from 0% to 100%"), ("reject=-1%", "expected a percentage"),
            ("latency=200", "the span of latency is \"200\", expected a time"), ("latency", "the span of latency is \"\""),
            ("latency=99999999999999999999h", "expected a time of at most a day"), ("latency=25h", "of at most a day"),
            ("next:timeout-aftr", "unknown fault behind next: \"timeout-aftr\""), ("next:reject@", "names no symbol behind the @"),
            ("=", "unknown fault \"\""),
        ])
    func refusesFaults(_ text: String, _ part: String) {
        let fault = #expect(throws: PluginFault.self) { try PaperFaults(text) }
        #expect(fault?.description.contains(part) == true, "\(fault?.description ?? "")")
    }

    @Test("Faults that are refused at run time leave those in force as they were")
    func keepsFaultsInForce() async throws {
        let broker = try await PaperBench().openWithPrice(faults: "throttle=on")
        await #expect(throws: PluginFault.self) { try await broker.inject("nonsense=1") }
        #expect(await broker.place(PaperScene.request()) == .notSent("too many orders"))
    }

    @Test("Options have defaults that trade at any time without costs")
    func defaults() throws {
        let options = try PaperOptions.read([:])
        #expect(options.terms == PaperTerms())
        #expect(options.faults == PaperFaults())
        #expect(options.quotes == nil && options.seed == nil)
    }

    @Test("Every option is read")
    func readsOptions() throws {
        let options = try PaperOptions.read([
            "funds": "2500000", "check_funds": false, "margin": "20%", "slippage": "2 ticks", "spread": "0.1%", "charges": "0.05%",
            "hours": "09:15-15:30", "days": ["monday", "friday"], "time_value": "1%", "refuse_expired": false, "quotes": "quotes.jsonl",
            "faults": "reject=5%", "seed": 7, "horizon": "5s", "rate": ["per_second": 10],
        ])
        let hours = Session(open: TimeOfDay(secondsSinceMidnight: 33_300), close: TimeOfDay(secondsSinceMidnight: 55_800))
        let terms = PaperTerms(
            funds: Money(whole: 2_500_000), checksFunds: false, margin: Ratio(units: 200_000), slippage: .ticks(2),
            spread: .share(Ratio(units: 1_000)), charges: Ratio(units: 500), hours: hours, days: [.monday, .friday],
            timeValue: Ratio(units: 10_000), refusesExpired: false)
        #expect(options.terms == terms)
        #expect(options.faults.rates == [.reject: Ratio(units: 50_000)])
        #expect(options.seed == 7 && options.horizon == .seconds(5) && options.rate.perSecond == 10)
    }

    @Test(
        "Options that make no sense are refused with a sentence",
        arguments: [
            ("slippage", "2 tiks", "a distance of price"), ("hours", "15:30-09:15", "which ends before it begins"),
            ("hours", "never", "as HH:MM-HH:MM or always"), ("faults", "rejct=1%", "did you mean \"reject\"?"),
            ("spread", "-1%", "a distance"),
        ])
    func refusesOptions(_ key: String, _ value: String, _ part: String) {
        let faults = #expect(throws: ConfigFaults.self) { try PaperOptions.read([key: ConfigNode(stringLiteral: value)]) }
        #expect(faults?.faults.count == 1)
        #expect(faults?.faults.first?.description.contains(part) == true, "\(faults?.faults.first?.description ?? "")")
    }

    @Test("A broker whose orders may be invisible says so in its horizon")
    func statesHorizon() async throws {
        let broker = try await PaperBench().open(PaperOptions(faults: try PaperFaults("invisible=30s")))
        #expect(broker.traits.horizon == .seconds(30))
        #expect(broker.traits.isLive == false)
    }

    @Test("A file of quotes gives prices, and is read again when quotes are asked for")
    func readsQuotes() async throws {
        let folder = try Folder()
        try folder.write("{\"symbol\": \"ALPHAFUT\", \"price\": \"1000.05\"}\n\n{\"symbol\": \"BETA\", \"price\": 52000.1}\n")
        let broker = try await PaperBench().open(PaperOptions(quotes: "quotes.jsonl"), directory: folder.path)
        let contracts = [PaperScene.future(), PaperScene.future("BETA"), PaperScene.future("GAMMA")]
        #expect(try await broker.quotes(contracts).map(\.quote.last) == [try Price("1000.05"), try Price("52000.1")])
        try folder.write("{\"symbol\": \"ALPHAFUT\", \"price\": 1001}\n")
        #expect(try await broker.quotes(contracts).map(\.quote.last) == [Price(whole: 1_001), try Price("52000.1")])
        #expect(await broker.place(PaperScene.request()).report?.fills.map(\.price) == [Price(whole: 1_001)])
    }

    @Test(
        "A file of quotes with a fault is refused with its line",
        arguments: [#"{"symbol": "A"}"#, #"{"symbol": "A", "price": 0}"#, #"{"symbol": "A", "price": "1.00001"}"#, "nonsense"])
    func refusesQuotes(_ line: String) async throws {
        let folder = try Folder()
        try folder.write("{\"symbol\": \"A\", \"price\": 1}\n\(line)\n")
        let bench = try await PaperBench()
        let fault = await #expect(throws: PluginFault.self) {
            try await bench.open(PaperOptions(quotes: "quotes.jsonl"), directory: folder.path)
        }
        #expect(fault?.description.contains("quotes.jsonl:2: expected") == true)
    }
}

/// A folder that is removed with its last reference.
private final class Folder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/paper-quotes-" + String(UInt64.random(in: 0 ... .max), radix: 36)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: path + "/quotes.jsonl")) }
}

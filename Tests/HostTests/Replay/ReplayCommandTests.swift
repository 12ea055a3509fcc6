import FoundationEssentials
import MunimKit
import Synchronization
import Testing

@testable import munim

@Suite("munim replay")
struct ReplayCommandTests {
    /// What a run of the command wrote.
    private final class Written: Sendable {
        let out = Mutex("")
        let complaints = Mutex("")
    }

    private static func run(_ arguments: [String], isTerminal: Bool = false) async -> (code: Int32, out: String, complaints: String) {
        let written = Written()
        let output = ReplayCommand.Output(
            print: { text in written.out.withLock { $0 += text } }, complain: { text in written.complaints.withLock { $0 += text } },
            isTerminal: isTerminal)
        let code = await ReplayCommand.run(arguments: arguments, output: output)
        return (code, written.out.withLock { $0 }, written.complaints.withLock { $0 })
    }

    @Test(
        "A wrong word is refused with what was expected",
        arguments: [
            ([], "munim replay: expected at least one file; munim replay --help says which"),
            (["--sizings", "x", "a.csv"], "munim replay: no option --sizings; did you mean --sizing?"),
            (
                ["--sizing", "all-in", "a.csv"],
                "munim replay: --sizing: found \"all-in\", expected as-signalled, three-constraint, fixed-lots or fixed-lots=N"
            ),
            (["--point-value", "0", "a.csv"], "munim replay: --point-value: found \"0\", expected money per point per lot"),
            (["--charges", "five", "a.csv"], "munim replay: --charges: found \"five\", expected a percentage per side"),
            (["--capital", "-1", "a.csv"], "munim replay: --capital: found \"-1\", expected an amount above 0"),
            (["--instrument", "gold", "a.csv"], "munim replay: --instrument: found \"gold\", expected a name of 1 to 32 characters"),
            (["--sessions", "maybe", "a.csv"], "munim replay: --sessions: found \"maybe\", expected enforced or ignored"),
            (["a.csv", "--report"], "munim replay: --report: expected a value behind it"),
            (["a.csv", "--json=yes"], "munim replay: --json: found the value \"yes\", expected none"),
            (["--synthetic", "10", "a.csv"], "munim replay: --synthetic makes signals up, so it takes no files"),
            (["/nowhere/a.csv"], "munim replay: /nowhere/a.csv: the file cannot be opened: No such file or directory"),
        ])
    func refuses(_ arguments: [String], _ message: String) async {
        let (code, out, complaints) = await Self.run(arguments)
        #expect(code == 2)
        #expect(out.isEmpty)
        #expect(complaints.hasPrefix(message), "\(complaints)")
    }

    @Test("An instrument without a known point value is refused, and with one it runs")
    func unknownInstrument() async {
        let file = ExampleSignals.path("gold_mini_trades.csv")
        let (code, _, complaints) = await Self.run([file, "--instrument", "ZINC"])
        #expect(code == 2)
        #expect(complaints.contains("give --point-value"))
        let (second, out, _) = await Self.run([file, "--instrument", "ZINC", "--point-value", "10", "--charges=0.05"])
        #expect(second == 0)
        #expect(out.contains("net profit       274,010.05 INR"))
    }

    @Test("Help and JSON go to standard output, and a pipe sees no progress bar")
    func outputs() async throws {
        let (code, help, _) = await Self.run(["--help"])
        #expect(code == 0 && help.hasPrefix("usage: munim replay FILE…"))
        let (second, json, complaints) = await Self.run(["--json", "--charges", "0.05", ExampleSignals.path("gold_mini_trades.csv")])
        #expect(second == 0 && complaints.isEmpty)
        let document = try StrictJSON.object(Array(json.utf8), most: .max).members
        #expect(document["trades"] == nil)
        guard case .object(let figures) = document["figures"] else {
            Issue.record("no figures in \(json)")
            return
        }
        #expect(figures["net"] == .string("274010.05"))
    }

    @Test("A report is three files in a new folder")
    func report() async throws {
        let folder = FileManager.default.temporaryDirectory.path() + "munim-replay-\(UInt64.random(in: 0 ... .max))/a/b"
        let (code, out, _) = await Self.run([ExampleSignals.path("gold_mini_trades.csv"), "--report", folder])
        #expect(code == 0)
        #expect(out.contains("\(folder)/index.html"))
        for name in ["index.html", "report.json", "trades.csv"] {
            let bytes = try InputFile.bytes(at: "\(folder)/\(name)")
            #expect(!bytes.isEmpty)
        }
        let (second, _, complaints) = await Self.run([ExampleSignals.path("gold_mini_trades.csv"), "--report", "\(folder)/index.html/x"])
        #expect(second == 1)
        #expect(complaints.contains("cannot be made"))
    }

    @Test("Made-up signals run and are mostly traded")
    func synthetic() async throws {
        let (code, out, _) = await Self.run(["--synthetic", "600"])
        #expect(code == 0)
        #expect(out.contains("303 entries and 297 exits traded, of 600"))
    }

    @Test("Other sizes give another run: fixed lots are what was asked for")
    func fixedLots() throws {
        let report = try ExampleSignals.report {
            $0.files = [ExampleSignals.path("gold_mini_trades.csv")]
            $0.sizing = .fixedLots(Lots(2))
        }
        #expect(report.trades.allSatisfy { $0.lots == 2 })
        #expect(report.facts.contains { $0.name == "Gates off" && $0.text == "none" })
    }

    @Test("A configuration's instruments, sizes and contracts hold")
    func configuration() async {
        let folder = "\(#filePath)".split(separator: "/").dropLast(4).map { "/\($0)" }.joined()
        let (code, out, complaints) = await Self.run([
            ExampleSignals.path("recorded.jsonl"), "--config", "\(folder)/plugins.yaml", "--sizing", "as-signalled",
        ])
        #expect(code == 0, "\(complaints)")
        #expect(out.contains("net profit       222,400 INR"))
    }

    @Test(
        "A file's name names the instrument",
        arguments: [
            ("/a/bank_nifty_v4_1.csv", "BANK_NIFTY"), ("GoldMini.csv", "GOLD_MINI"), ("zinc 2024.csv", "ZINC_2024"), (".csv", "REPLAY"),
        ])
    func fileNames(_ file: String, _ name: String) {
        #expect(ReplayInputs.instrument(ofFile: file, known: ReplayStage.presetNames).text == name)
    }

    @Test("A progress line shows share, rate and what is left")
    func progress() {
        let line = SignalProgress.line(done: 20_480, total: 40_960, elapsed: .milliseconds(250))
        #expect(line == "[##############..............] 50 %  20,480 of 40,960  81,920/s  1 s left")
    }
}

import Foundation
import MunimKit
import Testing

@testable import munim

@Suite("munim simulate")
struct SimulateCommandTests {
    @Test(
        "Numbers are read and written as short lists",
        arguments: [("3", [3]), ("3,5,9..12", [3, 5, 9, 10, 11, 12]), ("1..2", [1, 2])] as [(String, Set<Int>)])
    func lists(text: String, numbers: Set<Int>) {
        #expect(NumberList.read(text) == numbers)
        #expect(NumberList.text(of: numbers) == text)
    }

    @Test(
        "No list is read from what is none",
        arguments: ["", ",", "9..3", "0", "a", "1,", "1...3", "1..", "..3", "1..2..3", "-1", "1.5", "1..99999999999"])
    func faultyLists(text: String) { #expect(NumberList.read(text) == nil) }

    @Test("Without numbers the text says so")
    func none() { #expect(NumberList.text(of: []) == "none") }

    @Test(
        "Parts of a run that cannot be are refused",
        arguments: [
            ("--only-signals 3..1", "option --only-signals expects numbers"),
            ("--only-faults some", "option --only-faults expects numbers"),
            ("--only-instances 0", "option --only-instances expects a whole number from 1 to 9"),
            ("--only-instruments GOLD", "\"GOLD\" is traded in no run"), ("--scenario entry --shrink", "a scenario is small as it is"),
            ("--only-signals 3 --shrink", "option --shrink looks for the part by itself"),
        ])
    func refused(options: String, sentence: String) async {
        let result = await Munim.run(["simulate", "--seed", "1"] + options.split(separator: " ").map(String.init))
        #expect(result.code == 2 && result.errors.contains { $0.contains(sentence) }, "\(result.errors)")
    }

    @Test("Faults are named one by one or by their groups; a name that is none is refused with the known ones")
    func faults() async {
        let some = await Munim.run(["simulate", "--seed", "7", "--signals", "5", "--faults", "machines,commitLost", "--json"])
        #expect(some.code == 0 && some.output.contains { $0.contains("\"runs\" : 1") })
        let refused = await Munim.run(["simulate", "--faults", "machines,lunch"])
        #expect(refused.code == 2 && refused.errors.contains { $0.contains("\"lunch\" is no fault; known are all, none, first") })
    }

    @Test("All scenarios are listed, as a table or as JSON")
    func scenarios() async throws {
        let table = await Munim.run(["simulate", "--scenario", "all"])
        let json = await Munim.run(["simulate", "--scenario", "all", "--json"])
        let names = try JSONDecoder().decode([[String: String]].self, from: Data(json.output.joined(separator: "\n").utf8)).map {
            $0["name"]
        }
        #expect(names.contains("rate-stopped") && names.count == table.output.count)
    }

    @Test("A run tells its events to a file or to the output, the same in both; a file that cannot be written is refused")
    func story() async throws {
        let folder = try ScratchFolder()
        let words = ["simulate", "--seed", "3", "--signals", "5", "--faults", "none", "--trace"]
        let told = await Munim.run(words + ["-"])
        let kept = await Munim.run(words + ["\(folder.path)/run.txt"])
        #expect(told.code == 0 && kept.code == 0 && told.output.count > kept.output.count + 50)
        let lines = try String(contentsOfFile: "\(folder.path)/run.txt", encoding: .utf8).split(separator: "\n").map(String.init)
        #expect(told.output.starts(with: lines))
        let refused = await Munim.run(words + ["\(folder.path)/none/run.txt"])
        #expect(refused.code == 1 && refused.errors.contains { $0.contains("none/run.txt cannot be written") })
    }

    @Test("A part of a run sends its signals only, and can be repeated")
    func part() async {
        let words = [
            "simulate", "--seed", "3", "--signals", "40", "--only-signals", "2,5..7", "--only-faults", "none", "--only-instances", "1",
        ]
        let first = await Munim.run(words)
        #expect(first.code == 0 && first.output.contains { $0.hasPrefix("1 runs, ") && $0.contains(" 0 faults, ") })
        let marks = first.output.first { $0.contains("trace") }
        #expect(marks != nil)
        #expect(await Munim.run(words).output.first { $0.contains("trace") } == marks)
    }

    #if DEBUG
        @Test("A run that breaks a promise is shrunk to what does, and the command that is shown repeats it")
        func shrink() async throws {
            let result = await Munim.run("simulate", "--seeds", "1..5", "--signals", "60", "--mutant", "ledgerGap", "--shrink")
            #expect(result.code == 1)
            let start = try #require(result.output.firstIndex { $0.hasPrefix("the smallest part of seed") })
            let breach = try #require(result.output[start...].first { $0.contains("I15") })
            let last = try #require(result.output.last)
            let words = last.split(separator: " ").map(String.init).drop { $0 != "munim" }.dropFirst().dropLast()
            let again = await Munim.run(Array(words))
            #expect(again.code == 1 && again.output.contains { $0.hasSuffix(breach.drop { $0 == " " }) })
        }

        @Test("Shrinking tells programs what is left")
        func json() async {
            let result = await Munim.run("simulate", "--seed", "1", "--signals", "60", "--mutant", "ledgerGap", "--shrink", "--json")
            let text = result.output.joined(separator: "\n")
            for key in ["smallest", "command", "instances", "instruments", "faults", "signals", "runs"] {
                #expect(text.contains("\"\(key)\""))
            }
        }
    #endif
}

import Foundation

/// `munim-bench [--binary PATH] [--only PART]`: one table, each figure beside its floor or goal, in less than ten minutes.
@main
struct MunimBench {
    let binary: URL
    let only: Part?
    let root: URL

    private static let usage = """
        munim-bench [--binary PATH] [--only PART]

        --binary PATH  the program that is measured; .build/release/munim when left out
        --only PART    \(Part.allCases.map(\.rawValue).joined(separator: ", "))
        """

    /// What is measured, in this order.
    enum Part: String, CaseIterable {
        case decide, cost, acknowledge, endure, refuse, replay, simulate
    }

    static func main() {
        var arguments = Array(CommandLine.arguments.dropFirst())
        func take(_ name: String) -> String? {
            guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else { return nil }
            defer { arguments.removeSubrange(index...index + 1) }
            return arguments[index + 1]
        }
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../").standardized
        let binary = take("--binary") ?? root.appendingPathComponent(".build/release/munim").path
        let only = take("--only")
        guard arguments.isEmpty, only == nil || Part(rawValue: only ?? "") != nil else {
            print(usage)
            exit(arguments == ["--help"] ? 0 : 2)
        }
        do { try MunimBench(binary: URL(fileURLWithPath: binary), only: only.flatMap(Part.init), root: root).run() } catch {
            print("munim-bench: \(error)")
            exit(1)
        }
    }

    private func run() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("munim-floor-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        Table.head()
        Table.row("floor: durable writes of 4 KiB", five { Floors.syncRate(folder: folder) }, "/s", places: 0)
        let inserts = (0..<5).map { _ in Floors.insert(folder: folder) }
        let insert = Floors.Insert(rate: inserts.map(\.rate).median, processor: inserts.map(\.processor).median)
        Table.row("floor: bare durable inserts", inserts.map(\.rate), "/s", places: 0)
        Table.row("floor: processor time of one", inserts.map(\.processor), "ms", places: 3)
        let host = HostBench(binary: binary, folder: folder, insert: insert)
        let program = ProgramBench(binary: binary, root: root)
        for part in Part.allCases where only == nil || only == part {
            switch part {
            case .decide: try program.decide()
            case .cost: try host.cost()
            case .acknowledge: try host.acknowledge()
            case .endure: try host.endure()
            case .refuse: try RefusalBench(binary: binary, seconds: 5).run()
            case .replay: try program.replay()
            case .simulate: try program.simulate()
            }
        }
    }
}

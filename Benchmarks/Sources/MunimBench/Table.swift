import Foundation

/// Aligned columns: a figure, what was measured, its floor or goal, and how the two compare.
enum Table {
    static func head() { row("figure", "median of five", "least … most", "floor or goal", "") }

    /// One row of a figure that was measured several times; `goal` says what it should be, and whether a figure is good.
    static func row(_ name: String, _ samples: [Double], _ unit: String, places: Int = 2, goal: Goal? = nil) {
        let sorted = samples.sorted()
        let median = samples.median
        func text(_ value: Double) -> String { String(format: "%.\(places)f", value) }
        let range = sorted.count > 1 ? "\(text(sorted[0])) … \(text(sorted[sorted.count - 1]))" : "once"
        row(name, "\(text(median)) \(unit)", range, goal.map(\.text) ?? "", goal.map { $0.isMet(median) ? "met" : "MISSED" } ?? "")
    }

    private static func row(_ cells: String...) {
        let widths = [44, 22, 20, 30, 6]
        let line = zip(cells, widths).map { text, width in text + String(repeating: " ", count: max(1, width - text.count)) }.joined()
        // Written at once: a long measurement is watched.
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}

/// What a figure should be.
struct Goal {
    let text: String
    let isMet: (Double) -> Bool

    static func atMost(_ bound: Double, _ text: String) -> Goal { Goal(text: "≤ \(text)") { $0 <= bound } }
    static func atLeast(_ bound: Double, _ text: String) -> Goal { Goal(text: "≥ \(text)") { $0 >= bound } }
}

extension [Double] {
    /// The one in the middle.
    var median: Double {
        let sorted = self.sorted()
        return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
    }
}

/// Measures five times.
func five(_ measure: () throws -> Double) rethrows -> [Double] { try (0..<5).map { _ in try measure() } }

/// Numbers from 1 on as people write them: `3,5,9..20`.
enum NumberList {
    /// The numbers of a text; nil when it is no such list.
    static func read(_ text: String) -> Set<Int>? {
        var numbers: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: ".", omittingEmptySubsequences: true).compactMap { Int($0) }
            let written = ends.count == 2 ? "\(ends[0])..\(ends[1])" : ends.first.map(String.init)
            guard let first = ends.first, let last = ends.last, written == String(part), first >= 1, last <= 10_000_000, first <= last
            else {
                return nil
            }
            numbers.formUnion(first...last)
        }
        return numbers
    }

    /// The shortest text of numbers; `none` without any.
    static func text(of numbers: some Collection<Int>) -> String {
        var ranges: [ClosedRange<Int>] = []
        for number in numbers.sorted() {
            if let last = ranges.last, last.upperBound + 1 == number {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
        guard !ranges.isEmpty else { return "none" }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)..\($0.upperBound)" }.joined(separator: ",")
    }
}

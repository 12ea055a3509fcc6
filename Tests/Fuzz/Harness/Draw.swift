/// Takes decisions from bytes, one after the other; zeros when they are used up.
struct Draw {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// A number below `limit`.
    mutating func number(below limit: UInt64) -> Int64 {
        var value: UInt64 = 0
        var reach: UInt64 = 1
        while reach < limit {
            value = value << 8 | UInt64(rest.popFirst() ?? 0)
            reach = reach.multipliedReportingOverflow(by: 256).overflow ? .max : reach << 8
        }
        return Int64(value % limit)
    }

    mutating func flag() -> Bool { number(below: 2) == 1 }

    /// One of `choices`, which are at least one.
    mutating func one<Choice>(of choices: [Choice]) -> Choice { choices[Int(number(below: UInt64(choices.count)))] }
}

@testable import munim

/// The faults of an input file: at least one, each with a place in the file and a sentence.
enum FaultPlace {
    static func check(_ faults: InputFaults, in bytes: [UInt8], file: String) throws {
        let lines = 1 + bytes.count { $0 == UInt8(ascii: "\n") }
        try expect(!faults.faults.isEmpty, "a file is refused without a reason")
        try expect(faults.faults.count == min(faults.count, InputFaults.most), "\(faults.count) faults, \(faults.faults.count) kept")
        for fault in faults.faults {
            try expect(fault.file == file, "a fault names the file \(fault.file)")
            try expect((0...lines).contains(fault.line), "a fault stands in line \(fault.line) of \(lines)")
        }
        for line in faults.lines { try expectMessage(line) }
    }
}

import FoundationEssentials
import MunimKit
import Testing

@Suite("Exact decimals")
struct FixedPointTests {
    @Test(
        "Text becomes exact units",
        arguments: [
            ("52000.05", 4, Int64(520_000_500)), ("0", 4, 0), ("-0", 4, 0), ("0.0001", 4, 1), ("-0.0001", 4, -1), ("1e3", 4, 10_000_000),
            ("1.5E-3", 4, 15), ("1.50000000", 4, 15_000), ("00012", 0, 12), ("0.000001", 6, 1), ("922337203685477.5807", 4, Int64.max),
            ("-922337203685477.5808", 4, Int64.min),
            ("0e9999", 4, 0), ("100e-2", 0, 1), ("12.3400e2", 0, 1_234),
        ])
    func units(text: String, scale: Int, units: Int64) throws { #expect(try FixedPoint.units(of: text, scale: scale) == units) }

    @Test(
        "Text that is no exact decimal of the scale is refused with its reason",
        arguments: [
            ("", FixedPoint.Fault.malformed), ("NaN", .malformed), ("Infinity", .malformed), ("+1", .malformed), ("1.", .malformed),
            (".5", .malformed),
            ("1,5", .malformed), ("1 ", .malformed), (" 1", .malformed), ("--1", .malformed), ("1e", .malformed), ("0x10", .malformed),
            ("1_000", .malformed),
            ("١", .malformed), ("1.00001", .tooPrecise), ("1e-5", .tooPrecise), ("922337203685477.5808", .overflow), ("1e15", .overflow),
            ("-922337203685477.5809", .overflow), ("1e99999", .overflow), ("1e-99999", .tooPrecise),
        ])
    func refused(text: String, fault: FixedPoint.Fault) { #expect(throws: fault) { try FixedPoint.units(of: text, scale: 4) } }

    @Test("Very long numbers are refused without being read to the end of memory")
    func long() {
        #expect(throws: FixedPoint.Fault.malformed) { try FixedPoint.units(of: String(repeating: "1", count: 401), scale: 4) }
        #expect(throws: FixedPoint.Fault.overflow) { try FixedPoint.units(of: String(repeating: "9", count: 400), scale: 4) }
        #expect(throws: FixedPoint.Fault.tooPrecise) { try FixedPoint.units(of: "0." + String(repeating: "3", count: 400), scale: 4) }
    }

    @Test("Every value survives its text and its JSON", arguments: [UInt64(1), 2, 3])
    func roundTrip(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        for _ in 0..<3_000 {
            let units = generator.anySize()
            try survives(Price(units: units))
            try survives(Money(units: units))
            try survives(Ratio(units: units))
            try survives(PointValue(units: units))
        }
    }

    private func survives<Value: FixedPointValue>(_ value: Value) throws {
        #expect(try Value(value.description) == value)
        let json = try JSONEncoder().encode([value])
        #expect(String(decoding: json, as: UTF8.self) == "[\"\(value)\"]")
        #expect(try JSONDecoder().decode([Value].self, from: json) == [value])
    }

    @Test("JSON numbers and bad texts are not values", arguments: ["[1]", "[\"1.00001\"]", "[\"NaN\"]", "[null]"])
    func badJSON(json: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([Price].self, from: Data(json.utf8)) }
    }

    @Test(
        "Text for people has the places asked for, rounded half away from zero",
        arguments: [
            (Int64(12_345), 2, "1.23"), (12_350, 2, "1.24"), (-12_350, 2, "-1.24"), (10_000, 2, "1.00"), (-1, 2, "0.00"), (0, 2, "0.00"),
            (49_999, 0, "5"), (45_000, 0, "5"), (44_999, 0, "4"), (Int64.min, 4, "-922337203685477.5808"),
        ])
    func places(units: Int64, places: Int, text: String) { #expect(FixedPoint.text(of: units, scale: 4, places: places) == text) }

    @Test("Narrow numbers have the text of wide ones", arguments: [0, 1, 4, 6, 18, 19])
    func narrow(scale: Int) {
        let edges: [Int64] = [0, 1, -1, 9, 10, -10, 12_345, -120_000, 1_000_000, .max, .min]
        for units in edges + (0..<18).map({ (0..<$0).reduce(Int64(1)) { power, _ in power * 10 } }) {
            #expect(FixedPoint.text(of: units, scale: scale) == FixedPoint.text(of: Int128(units), scale: scale), "\(units)")
        }
    }

    @Test(
        "More places than the scale has are filled with zeros, and fewer than none are none",
        arguments: [
            (Int64(12_345), 4, 6, "1.234500"), (-5, 4, 5, "-0.00050"), (7, 0, 2, "7.00"), (0, 2, 4, "0.0000"), (5, 0, -3, "5"),
            (Int64.max, 2, 4, "92233720368547758.0700"), (Int64.min, 40, 2, "0.00"), (12_345, 4, -1, "1"),
        ])
    func places(units: Int64, scale: Int, places: Int, text: String) {
        #expect(FixedPoint.text(of: units, scale: scale, places: places) == text)
    }

    @Test("Wide numbers have exact text")
    func wide() {
        #expect(FixedPoint.text(of: Int128(Int64.max) * 10_000 + 1, scale: 4) == "9223372036854775807.0001")
        #expect(FixedPoint.text(of: Int128.min, scale: 0) == "-170141183460469231731687303715884105728")
    }

    @Test("Division rounds as the rule says, on both sides of zero", arguments: [UInt64(7), 8])
    func rounding(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        for _ in 0..<5_000 {
            let (number, divisor) = (Int128(generator.anySize()), Int128(generator.number(1...1_000_000)))
            let floor = number.divided(by: divisor, rounding: .floor)
            #expect(floor * divisor <= number && number < (floor + 1) * divisor)
            let up = number.divided(by: divisor, rounding: .up)
            #expect(up * divisor >= number && number > (up - 1) * divisor)
            let nearest = number.divided(by: divisor, rounding: .halfAwayFromZero)
            let distance = (number - nearest * divisor).magnitude * 2
            #expect(distance <= divisor.magnitude)
            if distance == divisor.magnitude { #expect((nearest * divisor).magnitude >= number.magnitude) }
        }
    }
}

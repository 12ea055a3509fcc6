import FoundationEssentials
import MunimKit
import Testing

@Suite("Money, prices and ratios")
struct MoneyTests {
    @Test("Sums and differences that do not fit overflow instead of trapping")
    func sums() throws {
        #expect(try Price("1.5").adding(Price("2.25")) == (try Price("3.75")))
        #expect(try Money("1.5").subtracting(Money("2.25")) == (try Money("-0.75")))
        #expect(throws: Overflow.self) { try Money(units: .max).adding(Money(units: 1)) }
        #expect(throws: Overflow.self) { try Money(units: .min).subtracting(Money(units: 1)) }
        #expect(throws: Overflow.self) { try Money(wide: Int128(Int64.max) + 1) }
        #expect(throws: Overflow.self) { try Lots(.max).adding(Lots(1)) }
        #expect(throws: Overflow.self) { try Quantity(.max).adding(Quantity(1)) }
    }

    @Test("Risk of a layer falls with the stop and is never negative", arguments: [("51475", 47_250), ("51800", 18_000), ("52450", 0)])
    func risk(stop: String, amount: Int) throws {
        let distance = max(.zero, try Price("52000").subtracting(Price(stop)))
        #expect(try distance.value(of: Lots(3), at: PointValue(whole: 30)) == Money(whole: amount))
    }

    @Test(
        "Shares of the equity are exact to the millionth",
        arguments: [
            (74_250, "1.485"), (58_500, "1.17"), (1_440_000, "28.8"), (-50_000, "-1"), (0, "0"),
        ])
    func shares(amount: Int, percent: String) throws {
        let share = try #require(Money(whole: amount).share(of: Money(whole: 5_000_000)))
        #expect(share.percentText == percent)
        #expect(try Ratio.percent(percent) == share)
    }

    @Test("Nothing is a share of no equity or of debts", arguments: [Int64(0), -1, .min])
    func noShare(equity: Int64) { #expect(Money(whole: 1).share(of: Money(units: equity)) == nil) }

    @Test("The value of a move is rounded once, at the end")
    func value() throws {
        #expect(try Price("0.0001").value(of: Lots(3), at: PointValue("0.5")) == (try Money("0.0002")))
        #expect(try Price("-0.0001").value(of: Lots(3), at: PointValue("0.5")) == (try Money("-0.0002")))
        #expect(throws: Overflow.self) { try Price(units: .max).value(of: Lots(.max), at: PointValue(units: .max)) }
        #expect(throws: Overflow.self) { try Price(units: .max).value(of: Lots(2), at: PointValue(whole: 1)) }
    }

    @Test(
        "A share of an amount is rounded half away from zero",
        arguments: [("100", "0.015", "1.5"), ("0.0001", "0.5", "0.0001"), ("-0.0001", "0.5", "-0.0001")])
    func times(amount: String, ratio: String, result: String) throws {
        #expect(try Money(amount).times(Ratio(ratio)) == (try Money(result)))
        #expect(try Price(amount).times(Ratio(ratio)) == (try Price(result)))
    }

    @Test("Products that do not fit overflow")
    func products() {
        #expect(throws: Overflow.self) { try Money(units: .max).times(Lots(2)) }
        #expect(throws: Overflow.self) { try Money(units: .max).times(Ratio(whole: 2)) }
        #expect(throws: Overflow.self) { try Price(units: .min).times(Ratio(whole: 2)) }
    }

    @Test(
        "Prices are rounded to the nearest tick",
        arguments: [
            ("52000.02", "0.05", "52000"), ("52000.025", "0.05", "52000.05"), ("52052.3", "1", "52052"), ("-0.025", "0.05", "-0.05"),
        ])
    func ticks(price: String, tick: String, rounded: String) throws {
        let tick = try #require(Tick(Price(tick)))
        #expect(try Price(price).rounded(to: tick) == (try Price(rounded)))
        #expect(Price(units: .max).rounded(to: Tick(units: .max - 1)) == Price(units: .max - 1))
    }

    @Test("Nothing and less than nothing is no tick", arguments: [Int64(0), -1, .min])
    func noTick(units: Int64) throws {
        #expect(Tick(Price(units: units)) == nil)
        let json = try JSONEncoder().encode([Price(units: units)])
        let error = #expect(throws: DecodingError.self) { try JSONDecoder().decode([Tick].self, from: json) }
        #expect(String(reflecting: try #require(error)).contains("a tick is positive, found \(Price(units: units))"))
    }

    @Test("A tick is written as the price it is")
    func tickText() throws {
        let json = try JSONEncoder().encode([Tick(units: 500)])
        #expect(String(decoding: json, as: UTF8.self) == "[\"0.05\"]")
        #expect(try JSONDecoder().decode([Tick].self, from: json) == [Tick(units: 500)])
    }

    @Test("Lots and quantities convert without losing a unit", arguments: [(Int64(3), Int64(30), Int64(90)), (0, 35, 0), (7, 1, 7)])
    func lots(lots: Int64, unitsPerLot: Int64, quantity: Int64) throws {
        let size = try #require(LotSize(unitsPerLot))
        #expect(try Lots(lots).quantity(unitsPerLot: size) == Quantity(quantity))
        #expect(Quantity(quantity).lots(unitsPerLot: size) == Lots(lots))
        #expect(Quantity(quantity).isWhole(unitsPerLot: size))
        if unitsPerLot > 1 { #expect(!Quantity(quantity + 1).isWhole(unitsPerLot: size)) }
        #expect(throws: Overflow.self) { try Lots(.max).quantity(unitsPerLot: 2) }
    }

    @Test("A lot of no units cannot be made, read from a row or decoded", arguments: [Int64(0), -1, .min])
    func emptyLot(count: Int64) throws {
        #expect(LotSize(count) == nil)
        #expect(LotSize(Value.integer(count)) == nil)
        let error = #expect(throws: DecodingError.self) { try JSONDecoder().decode([LotSize].self, from: Data("[\(count)]".utf8)) }
        #expect(String(reflecting: try #require(error)).contains("a lot has at least one unit, found \(count)"))
    }

    @Test("What is left of a quantity is never negative")
    func remaining() {
        #expect(Quantity(90).remaining(after: Quantity(30)) == Quantity(60))
        #expect(Quantity(30).remaining(after: Quantity(90)) == .zero)
    }

    @Test("Negative lots and quantities, and empty lots and ticks written in code, are mistakes of ours and stop the process")
    func negative() async {
        await #expect(processExitsWith: .failure) { _ = 0 as LotSize }
        await #expect(processExitsWith: .failure) { _ = Tick(units: 0) }
        await #expect(processExitsWith: .failure) { _ = Lots(-1) }
        await #expect(processExitsWith: .failure) { _ = Quantity(-1) }
    }
}

import Testing

@testable import munim

/// A change that makes a good body a bad one, and the one fault that must be found.
struct BadSignal: Sendable, CustomTestStringConvertible {
    let fields: [String: String]
    let changes: [String: String]
    let status: Int
    let says: String
    var testDescription: String { changes.map { "\($0.key)=\($0.value.prefix(60))" }.sorted().joined(separator: " ") + " " + says }

    init(_ fields: [String: String], _ field: String, _ value: String, _ status: Int, says: String) {
        self.fields = fields
        self.changes = [field: value]
        self.status = status
        self.says = says
    }

    private static let base = SampleBodies.base
    private static let exit = SampleBodies.exit
    private static let pyramid = SampleBodies.pyramid
    private static let data = SampleBodies.marketData
    private static let endOfDay = SampleBodies.endOfDay

    static let numbers = ["price", "stop", "atr", "er", "supertrend", "lots"].flatMap { field in
        [
            BadSignal(base, field, "NaN", 400, says: "\(field): found the bare word NaN, which is not JSON"),
            BadSignal(base, field, "Infinity", 400, says: "the bare word Infinity"),
            BadSignal(base, field, "-Infinity", 400, says: "the bare word -Infinity"),
            BadSignal(base, field, "-1", 422, says: "\(field): found -1"),
            BadSignal(base, field, "1e400", 422, says: "\(field): found 1e400"),
            BadSignal(base, field, "9223372036854775808", 422, says: "\(field): found 9223372036854775808"),
            BadSignal(base, field, "18446744073709551616", 422, says: "found 18446744073709551616"),
            BadSignal(base, field, "1e-400", field == "er" ? 200 : 422, says: field == "er" ? "" : "found 1e-400"),
            BadSignal(base, field, "true", 400, says: "\(field): found true, expected"),
            BadSignal(base, field, "null", 400, says: "\(field): found null"),
            BadSignal(base, field, "[1]", 400, says: "\(field): found an array"),
            BadSignal(base, field, #"{"a":1}"#, 400, says: "\(field): found an object"),
            BadSignal(base, field, #""""#, 400, says: #"\#(field): found """#),
            BadSignal(base, field, #""abc""#, 400, says: #"found "abc""#),
            BadSignal(base, field, #""12abc""#, 400, says: #"found "12abc""#),
            BadSignal(base, field, #""1,5""#, 400, says: #"found "1,5""#),
            BadSignal(base, field, #""nan""#, 400, says: #"found "nan""#),
            BadSignal(base, field, #""0x1p3""#, 400, says: #"found "0x1p3""#),
            BadSignal(base, field, #"" 5""#, 400, says: #"found " 5""#),
            BadSignal(base, field, #""5\n""#, 400, says: #"found "5\u{a}""#),
            BadSignal(base, field, #""٥""#, 400, says: #"found "٥""#),
            BadSignal(base, field, "", 400, says: "\(field): found nothing, expected"),
        ]
    }.filter { $0.status != 200 }

    static let values = [
        BadSignal(base, "price", "0", 422, says: "price: found 0, expected a number above 0"),
        BadSignal(base, "price", "-0", 422, says: "price: found -0"),
        BadSignal(base, "price", "52000.00001", 422, says: "too many decimals"),
        BadSignal(base, "price", "1000000000", 422, says: "at most 9 digits"),
        BadSignal(base, "atr", "999999999.99995", 422, says: "at most 9 digits"),
        BadSignal(base, "roc", "-999999999.9999995", 422, says: "at most 9 digits"),
        BadSignal(base, "atr", "0", 422, says: "atr: found 0, expected a number above 0"),
        BadSignal(base, "atr", "0.00004", 422, says: "atr: found 0.00004"),
        BadSignal(base, "supertrend", "0", 422, says: "supertrend: found 0"),
        BadSignal(data, "supertrend", "0", 422, says: "supertrend: found 0"),
        BadSignal(base, "er", "1.01", 422, says: "er: found 1.01, expected a number from 0 to 1"),
        BadSignal(base, "er", "1e9", 422, says: "er: found 1e9"),
        BadSignal(base, "roc", "NaN", 400, says: "roc: found the bare word NaN"),
        BadSignal(base, "roc", "1e10", 422, says: "roc: found 1e10"),
        BadSignal(base, "note", "NaN", 400, says: "note: found the bare word"),
        BadSignal(base, "note", "[1,{\"a\":NaN}]", 400, says: "note: found the bare word"),
        BadSignal(base, "lots", "0", 422, says: "lots: found 0, expected a whole number from 1 to 10000"),
        BadSignal(base, "lots", "10001", 422, says: "from 1 to 10000"),
        BadSignal(base, "lots", "1000000000", 422, says: "from 1 to 10000"),
        BadSignal(base, "lots", "5.5", 422, says: "lots: found 5.5"),
        BadSignal(base, "lots", "5.0", 422, says: "lots: found 5.0"),
        BadSignal(base, "lots", "1e2", 422, says: "lots: found 1e2"),
        BadSignal(base, "instrument", #""bank_nifty""#, 422, says: "instrument: found"),
        BadSignal(base, "instrument", #""""#, 422, says: "1 to 32 characters"),
        BadSignal(base, "instrument", #""BANK NIFTY""#, 422, says: "1 to 32 characters"),
        BadSignal(base, "instrument", "\"\(String(repeating: "A", count: 33))\"", 422, says: "1 to 32 characters"),
        BadSignal(base, "instrument", "\"\(String(repeating: "A", count: 9_000))\"", 422, says: "AAAA…\""),
        BadSignal(base, "instrument", #""ВANK_NIFTY""#, 422, says: "1 to 32 characters"),
        BadSignal(base, "instrument", #""BAN\u212A_NIFTY""#, 422, says: "1 to 32 characters"),
        BadSignal(base, "instrument", #""../../etc/passwd""#, 422, says: "1 to 32 characters"),
        BadSignal(base, "instrument", #""%s%n""#, 422, says: "1 to 32 characters"),
        BadSignal(base, "instrument", #""GOLD\u202eMINI""#, 422, says: #"found "GOLD\u{202e}MINI""#),
        BadSignal(base, "instrument", #""GOLD\r\nlevel=info""#, 422, says: #"GOLD\u{d}\u{a}level=info"#),
        BadSignal(base, "instrument", #""X'; DROP TABLE orders;--""#, 422, says: "1 to 32 characters"),
        BadSignal(base, "instrument", #""=HYPERLINK(1)""#, 422, says: "1 to 32 characters"),
        BadSignal(base, "instrument", "5", 400, says: "instrument: found 5"),
    ]

    static let meanings =
        [
            BadSignal(base, "stop", "52000", 422, says: "stop: found 52000, expected a stop below the price 52000"),
            BadSignal(base, "stop", "52000.00004", 422, says: "expected a stop below the price"),
            BadSignal(pyramid, "stop", "60000", 422, says: "stop: found 60000, expected a stop below the price 52200"),
            BadSignal(base, "stop", "0", 422, says: "stop: found 0, expected a number above 0"),
            BadSignal(exit, "stop", "-1", 422, says: "stop: found -1, expected a number of at least 0"),
            BadSignal(base, "type", #""EXITT""#, 422, says: "did you mean EXIT?"),
            BadSignal(base, "type", #""BASE-ENTRY""#, 422, says: "did you mean BASE_ENTRY?"),
            BadSignal(base, "type", #""SELL""#, 422, says: #"type: found "SELL", expected BASE_ENTRY, PYRAMID, EXIT or MARKET_DATA"#),
            BadSignal(base, "type", #""PYRAM\u0130D""#, 422, says: "type: found"),
            BadSignal(endOfDay, "type", #""eod_monitor""#, 422, says: "trades on closed bars only and takes no state of a forming one"),
            BadSignal(
                endOfDay, "type", #""EOD_MONITOR""#, 422,
                says: #"type: found "EOD_MONITOR", expected BASE_ENTRY, PYRAMID, EXIT or MARKET_DATA, as this host trades on closed bars"#),
            BadSignal(base, "type", "1", 400, says: "type: found 1"),
            BadSignal(base, "type", "", 400, says: "type: found nothing"),
            BadSignal(base, "position", #""Long_2""#, 422, says: #"position: found "Long_2", expected Long_1, the base layer"#),
            BadSignal(base, "position", #""ALL""#, 422, says: "expected Long_1, the base layer"),
            BadSignal(pyramid, "position", #""Long_1""#, 422, says: "expected Long_2 or a higher layer"),
            BadSignal(pyramid, "position", #""ALL""#, 422, says: "expected Long_2 or a higher layer"),
            BadSignal(exit, "position", #""all""#, 422, says: "did you mean ALL?"),
            BadSignal(exit, "position", #""long_1""#, 422, says: "did you mean Long_1?"),
            BadSignal(exit, "position", #""Short_1""#, 422, says: "position: found"),
            BadSignal(exit, "position", #""Long_0""#, 422, says: "position: found"),
            BadSignal(exit, "position", #""Long_01""#, 422, says: "position: found"),
            BadSignal(exit, "position", #""Long_+1""#, 422, says: "position: found"),
            BadSignal(exit, "position", #""Long_١""#, 422, says: "position: found"),
            BadSignal(exit, "position", #""Long_100""#, 422, says: "position: found"),
            BadSignal(exit, "position", "", 400, says: "position: found nothing"),
            BadSignal(exit, "reason", "", 400, says: "reason: found nothing"),
            BadSignal(exit, "reason", #""""#, 422, says: "1 to 50 printable characters"),
            BadSignal(exit, "reason", #""   ""#, 422, says: "1 to 50 printable characters"),
            BadSignal(exit, "reason", "\"\(String(repeating: "x", count: 51))\"", 422, says: "1 to 50 printable characters"),
            BadSignal(exit, "reason", #""a\nlevel=error""#, 422, says: "1 to 50 printable characters"),
            BadSignal(exit, "reason", #""a\u202eb""#, 422, says: "1 to 50 printable characters"),
            BadSignal(exit, "reason", #""a\u001b[31m""#, 422, says: "1 to 50 printable characters"),
            BadSignal(exit, "reason", "7", 400, says: "reason: found 7"),
            BadSignal(exit, "entry_price", "-5", 422, says: "entry_price: found -5"),
            BadSignal(base, "secret", "5", 400, says: "secret: found another value"),
            BadSignal(base, "secret", "\"\(String(repeating: "s", count: 257))\"", 422, says: "secret: found another value"),
        ] + times

    private static let times = [
        "", "5", #""""#, #""yesterday""#, #""2025-11-28""#, #""2025-11-28T10:30""#, #""2025-02-30T10:30:00""#, #""2025-02-29T10:30:00Z""#,
        #""2025-13-01T10:30:00Z""#, #""2025-11-28T24:00:00Z""#, #""2025-11-28T10:60:00Z""#, #""2016-12-31T23:59:60Z""#,
        #""1970-01-01T00:00:00Z""#, #""9999-12-31T23:59:59Z""#, #""1999-12-31T23:59:59Z""#, #""2100-01-01T00:00:00Z""#,
        #""2025-11-28T10:30:00+5:30""#, #""2025-11-28T10:30:00 IST""#, #""2025-11-28T10:30:00+15:00""#, #""2025-11-28T10:30:00Zjunk""#,
        #""２025-11-28T10:30:00Z""#, "1764306000", "1764306000000",
    ].map { BadSignal(base, "timestamp", $0, $0.isEmpty || !$0.hasPrefix("\"") ? 400 : 422, says: "timestamp: found") }
}

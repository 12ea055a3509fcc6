import MunimKit

/// Where each column of an export stands, found by name: charts add, move and rename columns.
struct ExportColumns: Sendable {
    /// The currency that the price column names; empty when it names none.
    let currency: String
    private let places: [Column: Int]
    private let width: Int

    /// What is read of each row.
    enum Column: String, CaseIterable {
        case trade = "Trade #"
        case type = "Type"
        case time = "Date/Time"
        case label = "Signal"
        case price = "Price"
        case lots = "Position size (qty)"
        case profit = "Net P&L"

        /// Every name that charts gave it, in lower case.
        var names: [String] {
            switch self {
            case .time: ["date/time", "date and time"]
            case .lots: ["position size (qty)", "size (qty)", "quantity", "contracts"]
            case .profit: ["net p&l", "net pnl", "profit"]
            default: [rawValue.lowercased()]
            }
        }

        /// Whether a currency stands behind the name.
        var isAmount: Bool { self == .price || self == .profit }
    }

    /// The columns that a header names, or every one that it lacks.
    init(_ header: DelimitedText.Row, file: String) throws(InputFaults) {
        var places: [Column: Int] = [:]
        var currency = ""
        var faults = InputFaults()
        for column in Column.allCases {
            let found = header.fields.enumerated().compactMap { place, name in Self.suffix(of: name, after: column).map { (place, $0) } }
            guard let (place, suffix) = found.first else {
                let names = header.fields.joined(separator: ", ")
                faults.add(
                    InputFault(
                        file: file, line: header.line,
                        message:
                            "found the columns \(Excerpt.visible(names, limit: 200)), expected a column `\(column.rawValue)\(column.isAmount ? " CURRENCY" : "")`"
                    ))
                continue
            }
            places[column] = place
            if column == .price { currency = suffix }
        }
        try faults.check()
        self.places = places
        self.currency = currency
        width = header.fields.count
    }

    /// What follows a column's name in a header field: a currency or nothing; nil when the field is another column.
    private static func suffix(of field: String, after column: Column) -> String? {
        let text = field.withoutOuterBlanks
        for name in column.names {
            if text.lowercased() == name { return "" }
            guard column.isAmount, text.lowercased().hasPrefix(name + " ") else { continue }
            let suffix = text.dropFirst(name.count + 1)
            if (3...5).contains(suffix.count), suffix.allSatisfy({ $0.isASCII && $0.isLetter }) { return String(suffix) }
        }
        return nil
    }

    /// Reads one row, or throws its first mistake.
    func side(_ row: DelimitedText.Row, file: String) throws(InputFault) -> ExportSide {
        func fault(_ column: Column, expected: String) -> InputFault {
            InputFault(
                file: file, line: row.line, message: "\(column.rawValue): found \(Excerpt.quoted(field(column, row))), expected \(expected)"
            )
        }
        guard row.fields.count == width else {
            throw InputFault(file: file, line: row.line, message: "found \(row.fields.count) fields, expected the \(width) of the header")
        }
        guard let trade = Int(field(.trade, row)), trade > 0 else { throw fault(.trade, expected: "the number of a trade") }
        let type = field(.type, row).lowercased()
        guard type == "entry long" || type == "exit long" else {
            throw fault(.type, expected: "Entry long or Exit long, as positions are long only")
        }
        guard let time = Self.time(field(.time, row)) else { throw fault(.time, expected: "an existing time as YYYY-MM-DD HH:MM") }
        guard let price = try? Price(field(.price, row)), price > .zero, price.units < 10_000_000_000_000 else {
            throw fault(.price, expected: "a price above 0 with at most 4 decimals")
        }
        guard type == "exit long" || price.units > 1 else {
            throw fault(.price, expected: "the price of an entry above 0.0001, so that a stop fits below it")
        }
        guard let lots = Self.lots(field(.lots, row)) else { throw fault(.lots, expected: "a whole number of lots from 1 to 1000000") }
        guard let profit = try? Money(field(.profit, row)) else { throw fault(.profit, expected: "an amount with at most 4 decimals") }
        return ExportSide(
            line: row.line, trade: trade, isEntry: type.hasPrefix("entry"), time: time, label: field(.label, row), price: price, lots: lots,
            profit: profit)
    }

    private func field(_ column: Column, _ row: DelimitedText.Row) -> String {
        guard let place = places[column], row.fields.indices.contains(place) else { return "" }
        return row.fields[place].withoutOuterBlanks
    }

    /// The exchange's wall clock, +05:30.
    private static func time(_ text: String) -> Instant? {
        Instant(text.utf8.count == 16 ? text + ":00" : text, defaultOffset: .exchange)
    }

    /// A whole number, also when it is written with a fraction of zero.
    private static func lots(_ text: String) -> Int64? {
        guard let lots = try? FixedPoint.units(of: text, scale: 0), (1...1_000_000).contains(lots) else { return nil }
        return lots
    }
}

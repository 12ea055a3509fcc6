import MunimKit

/// Order and trade numbers: the day as six digits, then a number that never repeats; short enough to need no memory of their own.
enum PaperNumber {
    /// The six digits of a day.
    static func prefix(_ day: TradingDay) -> [UInt8] {
        let (year, month, dayOfMonth) = day.date
        return [year / 10 % 10, year % 10, month / 10, month % 10, dayOfMonth / 10, dayOfMonth % 10].map { UInt8($0) + 48 }
    }

    /// `YYMMDD` and the number with at least eight digits; a trade's begins with a T.
    static func text(_ prefix: [UInt8], _ number: Int64, isTrade: Bool) -> String {
        String(unsafeUninitializedCapacity: 26) { buffer in
            var count = 0
            if isTrade {
                buffer[0] = 84
                count = 1
            }
            for byte in prefix {
                buffer[count] = byte
                count += 1
            }
            var width = 8
            var limit: Int64 = 100_000_000
            while width < 18, number >= limit {
                width += 1
                limit *= 10
            }
            var rest = number
            for index in (count..<count + width).reversed() {
                buffer[index] = UInt8(48 + rest % 10)
                rest /= 10
            }
            return count + width
        }
    }

    /// The id of an order.
    static func order(_ prefix: [UInt8], _ number: Int64) -> BrokerOrderID { BrokerOrderID(text(prefix, number, isTrade: false)) }

    /// The number within an order id, or nil when it is not one of ours.
    static func number(of order: BrokerOrderID) -> Int64? {
        guard order.text.utf8.count >= 14, order.text.utf8.count <= 24 else { return nil }
        return Int64(order.text.dropFirst(6))
    }
}

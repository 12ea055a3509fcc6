@testable import munim

/// Bodies as a chart script writes them.
enum SampleBodies {
    static let base: [String: String] = [
        "type": #""BASE_ENTRY""#, "instrument": #""BANK_NIFTY""#, "position": #""Long_1""#, "price": "52000", "stop": "51650", "lots": "5",
        "atr": "350", "er": "0.82", "supertrend": "51650", "roc": "2.5", "timestamp": #""2025-11-28T10:30:00+05:30""#,
    ]
    static let pyramid = base.merging([
        "type": #""PYRAMID""#, "position": #""Long_2""#, "price": "52200", "stop": "51800", "lots": "3", "atr": "360", "er": "0.85",
        "supertrend": "51800", "roc": "2.8", "timestamp": #""2025-11-28T10:35:00+05:30""#,
    ]) { $1 }
    static let exit = base.merging([
        "type": #""EXIT""#, "price": "51600", "stop": "0", "lots": "0", "atr": "355", "er": "0.4", "reason": #""SuperTrend""#,
        "timestamp": #""2025-11-28T11:30:00+05:30""#,
    ]) { $1 }
    static let marketData: [String: String] = [
        "type": #""MARKET_DATA""#, "instrument": #""GOLD_MINI""#, "timestamp": #""2025-12-02T15:00:00""#, "price": "72000.5",
        "atr": "500.25",
        "supertrend": "71500",
    ]
    /// What some charts send every 15 s before the close; no signal.
    static let endOfDay: [String: String] = [
        "type": #""EOD_MONITOR""#, "instrument": #""BANK_NIFTY""#, "timestamp": #""2025-12-02T15:20:15""#, "price": "52150",
        "conditions": #"{"rsi_condition":true,"long_entry":true,"long_exit":false}"#,
        "indicators": #"{"rsi":72.4,"adx":21.3,"er":0.83,"supertrend":51650,"atr":350}"#, "position_status": #"{"in_position":false}"#,
        "sizing": #"{"suggested_lots":4,"stop_level":51625}"#,
    ]
    static let all = [base, pyramid, exit, marketData]

    /// A body with `changes` made to it; an empty value leaves the field out.
    static func body(_ fields: [String: String], _ changes: [String: String] = [:]) -> String {
        let members = fields.merging(changes) { $1 }.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        return "{" + members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    static func parse(_ text: String) -> Result<ParsedWebhook, WebhookFaults> { WebhookParse.parse(Array(text.utf8)) }

    static func faults(_ text: String) -> WebhookFaults? {
        if case .failure(let faults) = parse(text) { faults } else { nil }
    }
}

import MunimKit

extension ReplayReport {
    /// The report as one JSON object; money and shares are texts, because a JSON number loses digits in many readers. Times are UTC.
    var json: JSONValue {
        .object([
            "currency": .string(currency), "figures": figuresJSON, "years": Self.json(years), "instruments": Self.json(instruments),
            "equity": .array(curve.points.map { Self.json($0) }), "exposure": .array(exposure.map { Self.json($0) }),
            "trades": .array(trades.map { Self.json($0) }), "signals": .object(["entries": .count(entries), "exits": .count(exits)]),
            "verdicts": .object(Dictionary(verdicts.map { ($0.name, JSONValue.count($0.count)) }) { first, _ in first }),
            "run": .array(facts.map { .object(["name": .string($0.name), "text": .string($0.text)]) }),
            "notes": .array(notes.map { .string($0) }),
        ])
    }

    /// The report without its series, for a terminal.
    var headlineJSON: JSONValue {
        guard case .object(var members) = json else { return json }
        for name in ["equity", "exposure", "trades"] { members[name] = nil }
        return .object(members)
    }

    private var figuresJSON: JSONValue {
        let fall = figures.drawdown
        return .object([
            "capital": .amount(figures.capital), "net": .amount(figures.net), "open": .amount(figures.open),
            "gross": .amount(figures.gross),
            "charges": .amount(figures.charges), "equity": .amount(figures.equity), "closed_trades": .count(figures.closedTrades),
            "open_trades": .count(figures.openTrades), "winners": .count(figures.winners), "win_rate": .ratio(figures.winRate),
            "profit_factor": .ratio(figures.profitFactor), "average_trade": .amount(figures.averageTrade),
            "largest_win": .amount(figures.largestWin), "largest_loss": .amount(figures.largestLoss),
            "annual_growth": .ratio(figures.annualGrowth), "time_in_market": .ratio(figures.exposure), "start": .time(figures.start),
            "end": .time(figures.end),
            "drawdown": .object([
                "amount": .amount(fall.amount), "amount_at": .time(fall.amountAt), "share": .ratio(fall.share),
                "share_at": .time(fall.shareAt),
                "longest_days": .number("\(ReportText.days(fall.longest))"), "longest_from": .time(fall.longestFrom),
                "has_recovered": .boolean(fall.hasRecovered),
            ]),
        ])
    }

    private static func json(_ groups: [Group]) -> JSONValue {
        .array(
            groups.map {
                .object(["name": .string($0.name), "net": .amount($0.net), "trades": .count($0.trades), "winners": .count($0.winners)])
            })
    }

    private static func json(_ point: EquityCurve.Point) -> JSONValue {
        .object(["at": .time(point.at), "equity": .amount(point.equity), "drawdown": .amount(point.fall)])
    }

    private static func json(_ point: ExposurePoint) -> JSONValue {
        .object([
            "at": .time(point.at), "lots": .number("\(point.lots)"), "value": .amount(point.value), "risk": .amount(point.risk),
            "equity": .amount(point.equity),
        ])
    }

    private static func json(_ trade: ReplayTrade) -> JSONValue {
        .object([
            "number": .count(trade.number), "instrument": .string(trade.instrument.text), "layer": .string(trade.layer.description),
            "entry_at": .time(trade.entryAt), "entry_price": .string(trade.entryPrice.description), "exit_at": .time(trade.exitAt),
            "exit_price": .string(trade.exitPrice.description), "reason": .string(trade.reason), "lots": .number("\(trade.lots)"),
            "point_value": .string(trade.pointValue.description), "charges": .amount(trade.charges), "net": .amount(trade.net),
            "open": .boolean(trade.isOpen),
        ])
    }
}

extension JSONValue {
    fileprivate static func amount(_ amount: ExactAmount) -> JSONValue { .string(amount.description) }
    fileprivate static func ratio(_ ratio: Ratio?) -> JSONValue { ratio.map { .string($0.description) } ?? .null }
    fileprivate static func time(_ instant: Instant?) -> JSONValue { instant.map { .string($0.description) } ?? .null }
    fileprivate static func count(_ count: Int) -> JSONValue { .number("\(count)") }
}

extension ReplayReport {
    /// The trades as comma-separated text with a header, amounts exact, times on the exchange's clock.
    var tradesCSV: String {
        var lines = ["number,instrument,layer,entry_at,entry_price,exit_at,exit_price,reason,lots,point_value,gross,charges,net,open"]
        for trade in trades {
            lines.append(
                [
                    "\(trade.number)", Self.field(trade.instrument.text), trade.layer.description, ReportText.zoned(trade.entryAt),
                    trade.entryPrice.description, ReportText.zoned(trade.exitAt), trade.exitPrice.description, Self.field(trade.reason),
                    "\(trade.lots)", trade.pointValue.description, trade.gross.description, trade.charges.description,
                    trade.net.description,
                    trade.isOpen ? "true" : "false",
                ].joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A field; a text that a spreadsheet would take for a formula begins with an apostrophe.
    private static func field(_ text: String) -> String {
        let isFormula = text.unicodeScalars.first.map { "=+-@".unicodeScalars.contains($0) } ?? false
        return DelimitedText.field(isFormula ? "'" + text : text)
    }
}

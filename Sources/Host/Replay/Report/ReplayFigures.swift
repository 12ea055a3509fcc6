import Glibc
import MunimKit

/// The headline numbers of a run. Money is exact; shares are rounded to a millionth.
struct ReplayFigures: Equatable, Sendable {
    let capital: ExactAmount
    /// All trades, open ones at their last price, after charges.
    let net: ExactAmount
    /// The part of ``net`` that is still open.
    let open: ExactAmount
    let gross: ExactAmount
    let charges: ExactAmount
    let closedTrades: Int
    let openTrades: Int
    let winners: Int
    /// Winners among closed trades.
    let winRate: Ratio?
    /// What winners earned for each unit that losers lost; nil without losers.
    let profitFactor: Ratio?
    let averageTrade: ExactAmount
    let largestWin: ExactAmount
    let largestLoss: ExactAmount
    /// Yearly growth of the account; nil when the account did not survive, or lived for less than a quarter of a year.
    let annualGrowth: Ratio?
    /// Time with lots in hand as a share of the whole time.
    let exposure: Ratio?
    let drawdown: Drawdown
    let start: Instant
    let end: Instant

    /// The account at the end.
    var equity: ExactAmount { capital + net }

    init(_ trades: [ReplayTrade], curve: EquityCurve, capital: ExactAmount, start: Instant, end: Instant) {
        let closed = trades.filter { !$0.isOpen }
        let results = closed.map(\.net)
        self.capital = capital
        self.start = start
        self.end = end
        net = Self.sum(trades.map(\.net))
        open = Self.sum(trades.filter(\.isOpen).map(\.net))
        gross = Self.sum(trades.map(\.gross))
        charges = Self.sum(trades.map(\.charges))
        closedTrades = closed.count
        openTrades = trades.count - closed.count
        winners = results.count { $0 > .zero }
        winRate = closed.isEmpty ? nil : Ratio(units: Int64(winners) * 1_000_000 / Int64(closed.count))
        let won = Self.sum(results.filter { $0 > .zero })
        let lost = ExactAmount.zero - Self.sum(results.filter { $0 < .zero })
        profitFactor = won.share(of: lost)
        let average = Self.sum(results).units.divided(by: Int128(max(1, closed.count)), rounding: .halfAwayFromZero)
        averageTrade = ExactAmount(units: average)
        largestWin = max(.zero, results.max() ?? .zero)
        largestLoss = min(.zero, results.min() ?? .zero)
        annualGrowth = Self.growth(from: capital, to: capital + net, over: end - start)
        exposure = Self.exposure(trades, start: start, end: end)
        drawdown = curve.drawdown
    }

    static func sum(_ amounts: [ExactAmount]) -> ExactAmount { amounts.reduce(.zero, +) }

    /// The rate that, compounded, makes `start` into `end`. A root has no exact value, so this one figure is computed in binary.
    private static func growth(from start: ExactAmount, to end: ExactAmount, over span: Span) -> Ratio? {
        let years = Double(span.microseconds) / (365.25 * 86_400 * 1e6)
        guard start > .zero, end > .zero, years >= 0.25 else { return nil }
        let rate = pow(end.approximate / start.approximate, 1 / years) - 1
        guard rate.isFinite, abs(rate) < 1e6 else { return nil }
        return Ratio(units: Int64((rate * 1e6).rounded()))
    }

    private static func exposure(_ trades: [ReplayTrade], start: Instant, end: Instant) -> Ratio? {
        let whole = (end - start).microseconds
        guard whole > 0 else { return nil }
        var held: Int64 = 0
        var reached = start
        for trade in trades.sorted(by: { $0.entryAt < $1.entryAt }) {
            let from = max(reached, trade.entryAt)
            guard trade.exitAt > from else { continue }
            held += (trade.exitAt - from).microseconds
            reached = trade.exitAt
        }
        return try? Ratio(wide: (Int128(held) * 1_000_000).divided(by: Int128(whole), rounding: .halfAwayFromZero))
    }
}

/// How far and how long an account stood below its highest point.
struct Drawdown: Equatable, Sendable {
    /// The largest fall in money, below or at zero.
    var amount = ExactAmount.zero
    /// When that fall was deepest.
    var amountAt: Instant?
    /// The largest fall as a share of the peak before it, as a positive number.
    var share = Ratio.zero
    var shareAt: Instant?
    /// The longest time from a peak to its recovery, or to the end.
    var longest = Span.zero
    var longestFrom: Instant?
    /// Whether the longest fall had recovered by the end.
    var hasRecovered = true
}

/// The account after each trade.
struct EquityCurve: Equatable, Sendable {
    struct Point: Equatable, Sendable {
        let at: Instant
        let equity: ExactAmount
        let peak: ExactAmount
        /// Equity less peak; below or at zero.
        var fall: ExactAmount { equity - peak }
    }

    private(set) var points: [Point]
    private(set) var drawdown = Drawdown()

    /// The curve of trades in order of their end, beginning with the capital.
    init(_ trades: [ReplayTrade], capital: ExactAmount, start: Instant) {
        points = [Point(at: start, equity: capital, peak: capital)]
        var peakAt = start
        for trade in trades {
            guard let last = points.last else { continue }
            let equity = last.equity + trade.net
            let point = Point(at: max(last.at, trade.exitAt), equity: equity, peak: max(last.peak, equity))
            if last.at == point.at, points.count > 1 { points.removeLast() }
            points.append(point)
            note(point, &peakAt)
        }
        if let last = points.last, last.fall < .zero { extend(from: peakAt, to: last.at, hasRecovered: false) }
    }

    private mutating func note(_ point: Point, _ peakAt: inout Instant) {
        guard point.fall < .zero else {
            extend(from: peakAt, to: point.at, hasRecovered: true)
            return peakAt = point.at
        }
        if point.fall < drawdown.amount {
            drawdown.amount = point.fall
            drawdown.amountAt = point.at
        }
        if let share = (ExactAmount.zero - point.fall).share(of: point.peak), share > drawdown.share {
            drawdown.share = share
            drawdown.shareAt = point.at
        }
    }

    /// Notes a time without a new peak, if it is the longest and the account fell in it.
    private mutating func extend(from peakAt: Instant, to at: Instant, hasRecovered: Bool) {
        guard at - peakAt > drawdown.longest, points.contains(where: { $0.at > peakAt && $0.at <= at && $0.fall < .zero }) else { return }
        drawdown.longest = at - peakAt
        drawdown.longestFrom = peakAt
        drawdown.hasRecovered = hasRecovered
    }
}

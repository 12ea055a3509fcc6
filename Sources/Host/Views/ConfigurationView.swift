import MunimKit

/// The effective configuration as JSON, in the shape of the file; secrets are ``Secret/redacted``.
enum ConfigurationView {
    /// - Parameter desks: the instruments as they were made; their terms of `day` are shown.
    static func value(of configuration: HostConfiguration, desks: [Desk], on day: TradingDay) -> JSONValue {
        .object([
            "instance": .object([
                "name": .string(configuration.instance.name), "mode": .string(configuration.instance.mode.rawValue),
                "data": .string(configuration.instance.data),
            ]),
            "http": http(configuration.http),
            "storage": chosen(configuration.storage), "coordination": chosen(configuration.coordination),
            "broker": chosen(configuration.broker),
            "instruments": .object(
                Dictionary(configuration.instruments.map { ($0.name.text, instrument($0, desks, day)) }) { first, _ in first }),
            "risk": risk(configuration.policy),
            "alerts": .array(configuration.alerts.map(chosen)),
            "load": .array(configuration.load.map { .string($0.path) }),
            "disabled_guards": .array(configuration.policy.disabledGuards.map(JSONValue.string)),
        ])
    }

    private static func chosen(_ plugin: ChosenPlugin) -> JSONValue {
        .object(["use": .string(plugin.name), "version": .string(plugin.prepared.manifest.version)])
    }

    private static func http(_ http: HTTPConfiguration) -> JSONValue {
        let server = http.server
        return .object([
            "listen": .string(http.listen.description), "admin": text(http.admin), "secret": text(http.secret),
            "previous_secret": text(http.previousSecret), "operator_token": text(http.operatorToken),
            "path_secret": .boolean(http.pathSecret), "allow": .array(http.allow.map { .string("\($0)") }),
            "trusted_proxies": .array(http.trustedProxies.map { .string("\($0)") }), "reply_within": text(http.replyWithin),
            "threads": number(server.threads), "connection_limit": number(server.connections),
            "connections_per_address": number(server.connectionsPerAddress), "body_limit": number(server.bodyBytes),
            "head_limit": number(server.headBytes), "target_limit": number(server.targetBytes), "field_limit": number(server.fields),
            "header_timeout": text(span(server.headLimit)), "body_timeout": text(span(server.bodyLimit)),
            "idle_timeout": text(span(server.idleLimit)),
            "answer_timeout": text(span(server.answerLimit)), "timeout_precision": text(span(server.tick)),
        ])
    }

    private static func instrument(_ entry: InstrumentConfiguration, _ desks: [Desk], _ day: TradingDay) -> JSONValue {
        var members: [String: JSONValue] = [
            "use": .string(entry.instrument.name), "version": .string(entry.instrument.prepared.manifest.version),
            "mode": .string(entry.mode.rawValue), "sizing": chosen(entry.sizing), "rollover": chosen(entry.rollover),
            "tests": number(entry.tests.count),
        ]
        if let desk = desks.first(where: { $0.name == entry.name }) { members["terms"] = terms(desk.instrument.terms(on: day)) }
        return .object(members)
    }

    /// What the plugin makes of its options today.
    private static func terms(_ terms: InstrumentTerms) -> JSONValue {
        .object([
            "point_value": text(terms.pointValue), "lot_size": number(Int(terms.unitsPerLot.count)),
            "margin_per_lot": text(terms.marginPerLot), "initial_stop": text(terms.initialStopMultiple),
            "trailing_stop": text(terms.trailingStopMultiple), "pyramids": number(terms.maximumPyramids),
            "pyramid_spacing": text(terms.pyramidSpacing), "bar": text(terms.barLength),
        ])
    }

    private static func risk(_ policy: Policy) -> JSONValue {
        let (equity, blend) = words(policy.equity)
        return .object([
            "equity": .string(equity), "blend": text(blend), "margin_share": text(policy.marginShare),
            "sizing_stop": .string(policy.sizingStop.rawValue), "charge_rate": text(policy.chargeRate),
            "initial_capital": text(policy.initialCapital), "counterfactuals": .boolean(policy.explainsCounterfactuals),
            "limits": limits(policy.limits), "divergence": divergence(policy.divergence),
            "signals": .object([
                "entry_window": text(policy.entryWindow), "future_tolerance": text(policy.futureTolerance),
                "late_exit": text(policy.lateExit), "duplicate_window": text(policy.duplicateWindow),
                "attempts": number(policy.attemptLimit), "sessions": .string(policy.sessions.rawValue),
            ]),
            "orders": .object([
                "resolution": .array(policy.resolution.map(text)), "resolution_interval": text(policy.resolutionInterval),
                "poll_interval": text(policy.pollInterval), "reconcile_interval": text(policy.reconcileInterval),
                "repair_alert": text(policy.repairAlert), "retry": .array(policy.retry.map(text)),
                "entry_attempts": number(policy.entryAttempts), "reserved_rate": number(policy.reservedRate),
            ]),
            "rollover": .object([
                "interval": text(policy.rolloverInterval), "entry_days": number(policy.entryRolloverDays),
                "hours": policy.rolloverHours.map { .string("\($0.open)-\($0.close)") } ?? .null,
            ]),
        ])
    }

    private static func limits(_ limits: PortfolioLimits) -> JSONValue {
        .object([
            "enforced": .boolean(limits.areEnforced), "pyramid_risk": text(limits.pyramidRisk), "entry_risk": text(limits.entryRisk),
            "pyramid_volatility": text(limits.pyramidVolatility), "entry_volatility": text(limits.entryVolatility),
            "positions": number(limits.positions), "order_value": text(limits.orderValue),
        ])
    }

    private static func divergence(_ limits: DivergenceLimits) -> JSONValue {
        .object([
            "enforced": .boolean(limits.areEnforced), "entry": text(limits.entry), "pyramid": text(limits.pyramid),
            "entry_risk_increase": text(limits.entryRiskIncrease), "pyramid_risk_increase": text(limits.pyramidRiskIncrease),
        ])
    }

    private static func words(_ equity: EquityPolicy) -> (String, Ratio?) {
        switch equity {
        case .closed: ("closed", nil)
        case .open: ("open", nil)
        case .blended(let share): ("blended", share)
        case .highWater: ("high-water", nil)
        }
    }

    private static func span(_ duration: Duration) -> Span {
        let (seconds, attoseconds) = duration.components
        return Span(microseconds: seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }

    private static func text(_ value: (some CustomStringConvertible)?) -> JSONValue { value.map { .string($0.description) } ?? .null }
    private static func number(_ value: Int) -> JSONValue { .number(String(value)) }
}

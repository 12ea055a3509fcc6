import MunimKit

/// Whether the reason of a declined signal was a fact when it was declined.
extension ReferenceModel {
    mutating func checkReason(of row: SignalRecord, _ intent: IntentRecord?, _ name: String) {
        let reason = row.reason?.rawValue ?? ""
        guard let then = declined[row.fingerprint] else { return breach("\(name) became \(row.status.rawValue) without a trail") }
        let isFact =
            switch row.status {
            case .expired where intent != nil, .refused where intent != nil: isDropped(reason, intent)
            case .failed: isFailure(reason, intent)
            case .superseded: isOvertaken(reason, row, then)
            case .expired: row.signal.content.kind.isEntry && isLate(row, then)
            case .quarantined: row.attempts >= evidence.policy.attemptLimit && then.takeovers > 0
            case .refused: isRefusal(reason, row, then)
            case .accepted, .working, .executed: false
            }
        if !isFact { breach("\(name) is \(row.status.rawValue) with \(reason), which was not so at \(then.at)") }
    }

    // I4
    private func isLate(_ row: SignalRecord, _ then: Circumstances) -> Bool {
        then.at > row.signalTimestamp + evidence.policy.entryWindow
    }

    // 4.4: decided, and stopped before it left.
    private func isDropped(_ reason: String, _ intent: IntentRecord?) -> Bool {
        guard let intent, ["order_rate", "trading_stopped", "outside_session", "entry_window"].contains(reason) else { return false }
        return evidence.orders.values.contains {
            $0.intent == intent.id && $0.state == .dropped && $0.reason?.rawValue == reason
        }
    }

    // 4.5, 4.6: something of it was sent and nothing is held, or its time was over before it was sent.
    private func isFailure(_ reason: String, _ intent: IntentRecord?) -> Bool {
        guard let intent else { return false }
        let states = Set(evidence.orders.values.filter { $0.intent == intent.id }.map(\.state))
        if reason == "order_absent" { return states.contains(.absent) || intent.state == .quarantined }
        // An order that was missing may have come late, after all of it was being taken back.
        let isTakenBack = intent.plan.content.positionPlans.contains { $0.legs.contains(where: \.isRepair) }
        return isTakenBack || !states.isDisjoint(with: [.rejected, .cancelled, .notSent, .dropped, .absent])
    }

    // I4, I5, 4.3
    private func isOvertaken(_ reason: String, _ row: SignalRecord, _ then: Circumstances) -> Bool {
        let signal = row.signal.content
        guard signal.kind.isEntry else {
            return targets(of: signal, then).contains {
                evidence.positions[$0].map { $0.entryTimestamp.seconds > signal.timestamp.seconds } ?? false
            }
        }
        if let exit = then.scope.lastExit, signal.timestamp.seconds <= exit.seconds { return true }
        guard then.wasWorking else { return false }
        if signal.kind == .pyramid, then.scope.base == nil { return true }
        // An exit that waits for what is under way has no trail yet; a stop has no signal.
        return evidence.signals.values.contains {
            $0.instrument == row.instrument && $0.signal.content.kind == .exit && $0.signalTimestamp.seconds >= signal.timestamp.seconds
        } || evidence.intents.values.contains { $0.instrument == row.instrument && $0.kind == .exit && $0.signal == nil }
    }

    /// The open positions that an exit speaks of.
    private func targets(of signal: Signal, _ then: Circumstances) -> [PositionID] {
        then.scope.live.filter { live in
            switch signal.target {
            case .all: true
            case .layer(let layer): layer == live.value.layer
            case .none: false
            }
        }.map(\.key)
    }

    private func isRefusal(_ reason: String, _ row: SignalRecord, _ then: Circumstances) -> Bool {
        let signal = row.signal.content
        guard signal.kind != .marketData else { return false }
        // Nothing but the want of something to close may keep an exit from being carried out.
        guard signal.kind.isEntry else {
            return reason == "no_position" && targets(of: signal, then).allSatisfy { then.scope.live[$0]?.isClosing == true }
        }
        switch reason {
        case "signal_from_future": return signal.timestamp > then.at + evidence.policy.futureTolerance
        case "duplicate": return then.scope.hasTwin(ofDeclined: signal, within: evidence.policy.duplicateWindow)
        case "position_exists": return signal.layer.map { then.scope.isTaken($0) } ?? false
        case "base_position_exists": return signal.layer == .base && then.scope.isTaken(.base)
        case "no_base_position_found":
            return signal.kind == .pyramid && then.scope.base.map { then.scope.live[$0]?.isClosing == true } ?? true
        case "slot_quarantined":
            return signal.layer.map { layer in then.scope.quarantined.contains { then.scope.open[$0]?.contains(layer) == true } } ?? false
        case "trading_stopped": return then.isStopped
        case "scope_frozen": return then.scope.isFrozen
        case "outside_session":
            return evidence.policy.sessions == .enforced && evidence.instruments[row.instrument]?.isOpen(at: then.at) == false
        // Where prices are absurd the account's numbers may be as well.
        case "number_too_large":
            return evidence.signals.values.contains { $0.signal.content.price > Price(whole: 1_000_000_000) } || isHardlyCountable(row)
        case "decision_lots", "decision_orders", "order_value": return evidence.policy.limits.areEnforced && isLarge(row)
        case "price_jump": return hasJumped(row)
        case "no_quote": return row.explanation?.content.quotes.isEmpty ?? true
        case "1r_gate_not_passed", "pyramid_spacing": return isGateClosed(reason, signal, then)
        default: return isTooLittle(reason, row, then)
        }
    }

    /// Whether its size at the highest price comes near what 64 bits count in ten-thousandths.
    private func isHardlyCountable(_ row: SignalRecord) -> Bool {
        guard let lots = row.explanation?.content.sizing?.lots,
            let terms = evidence.instruments[row.instrument]?.terms(on: TradingDay(of: row.receivedAt))
        else { return true }
        let most = Int128(lots.count) * Int128(max(terms.pointValue.units, terms.unitsPerLot.count * 10_000)) * 1_000_000_000
        return most > Int128(Int64.max) / 400
    }

    private func isLarge(_ row: SignalRecord) -> Bool {
        guard let lots = row.explanation?.content.sizing?.lots else { return false }
        let limits = evidence.policy.limits
        guard let terms = evidence.instruments[row.instrument]?.terms(on: TradingDay(of: row.receivedAt)) else { return false }
        let value = try? row.signal.content.price.value(of: lots, at: terms.pointValue)
        // The market may lie above the price, and fifty orders take at least fifty lots.
        return lots > limits.lots || lots.count > Int64(limits.slices) || value.map { $0.units > limits.orderValue.units / 2 } ?? true
    }

    /// Whether another signal of the instrument spoke of a price three times as high or low.
    private func hasJumped(_ row: SignalRecord) -> Bool {
        let price = Int128(row.signal.content.price.units)
        return evidence.signals.values.contains { other in
            let another = Int128(other.signal.content.price.units)
            return other.instrument == row.instrument && (another > 3 * price || price > 3 * another)
        }
    }

    // domain.md 4.2
    private func isGateClosed(_ reason: String, _ signal: Signal, _ then: Circumstances) -> Bool {
        guard evidence.policy.limits.areEnforced, signal.kind == .pyramid, let base = then.scope.base.flatMap({ evidence.positions[$0] })
        else {
            return false
        }
        if base.rolloverCount > 0 { return true }
        if reason == "1r_gate_not_passed" { return signal.price.units - base.entryPrice.units <= base.initialRisk.units }
        guard let last = then.scope.lastLayerPrice, let terms = evidence.instruments[base.instrument]?.terms(on: TradingDay(of: then.at))
        else {
            return false
        }
        return Int128(signal.price.units - last.units) * 1_000_000 < Int128(signal.atr.units) * Int128(terms.pyramidSpacing.units)
    }

    /// A size of nothing, limited by what is named, or a gate that did not pass, with the numbers that were true then.
    private func isTooLittle(_ reason: String, _ row: SignalRecord, _ then: Circumstances) -> Bool {
        guard let explanation = row.explanation?.content else { return false }
        if let request = explanation.request {
            if evidence.policy.equity == .closed, request.equity.units != then.equity { return false }
            if let used = then.marginUsed {
                let most = Int64(Int128(then.equity) * Int128(evidence.policy.marginShare.units) / 1_000_000) - used
                // A share of money is rounded.
                if !evidence.hasScarceFunds, abs(request.availableMargin.units - max(0, most)) > 1 { return false }
            }
            if reason == "margin", request.availableMargin.units >= request.marginPerLot.units { return false }
        }
        if explanation.gates.contains(where: { $0.name == reason && !$0.passed }) { return true }
        guard let sizing = explanation.sizing else { return false }
        return sizing.limiter == reason && sizing.lots == .zero
    }
}

extension Signal {
    fileprivate var layer: Layer? {
        guard case .layer(let layer) = target else { return nil }
        return layer
    }
}

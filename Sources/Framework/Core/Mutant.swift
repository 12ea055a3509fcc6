/// A bug built in on purpose, by which the proof shows that it would find it.
///
/// One can be switched on in test builds only; in every other build ``Policy/has(_:)`` is false for all of them and the compiler leaves them out.
public enum Mutant: String, CaseIterable, Codable, Sendable {
    // Signals and decisions.
    case staleEntryTraded, exitForgotten, exitOrderIgnored, exitOlderThanPosition, switchIgnored, frozenScopeTrades, pyramidWithoutBase,
        secondPositionInLayer, closingPositionClosedAgain, positionLimitIgnored, verdictForgotten, answerBeforeCommit, resendTakenForNew
    // Orders.
    case entryAfterUnknown, unknownIsRefusal, horizonIgnored, exitBeyondExposure, tagReused, sentAgainAfterDeath, sendingForgotten,
        freezeQuantityIgnored, rateIgnored, windowIgnoredAtGate, outrankedEntrySent, callBeforeCommit, gateWithoutClock
    // Fills, positions and money.
    case fillPostedTwice, laterFillsIgnored, plannedSizeBooked, surplusKept, surplusDoubled, lateOrderIgnored, stopFalls, ledgerGap,
        oneLeggedUntold, mismatchIgnored, equityForgotten, profitForgotten, chargesForgotten
    // Stops: highs, trails, hits and what a roll does to them.
    case oldBarTested, stopTestedBeforeRaise, stopHitAtLimit, stopOfFirstOnly, stopHitForgotten, stopClosesStack,
        barBeforeEntryCounts, trailByFirstMultiple, trailFromLastClose, trailFromEntry, highForgotten, stopFromSignalPrice,
        firstStopByTrail,
        rollKeepsFirstStop, rollKeepsStop, rollKeepsHigh, basisReversed
    // The switch, the window and the rate.
    case exitUndecidedUnderSwitch, exitHeldBySwitch, secondLegUnderSwitch, rollUnderSwitch, switchForgottenAtGate, resumeForgotten,
        windowFromDecision, windowFromReceipt, exitsUncounted, reservedRateUsed, minuteIgnored, dayIgnored, rateNotRead
    // Evidence of absence, and slots after it.
    case failedLookCounts, oneLookIsEnough, horizonOfOthersIgnored, looksBeforeHorizonCount, slotFreedAtAbsent,
        slotFreedSoon
    // Sizes, limits and layers.
    case marginUnreserved, reservationKept, inFlightUncounted, othersUncounted, sizedOnHigh, marginWithoutUsed, riskLimitsSwapped,
        volatilityOfNewOnly, oneRIgnored, spacingIgnored, surgeIgnored, sizedOnNarrowStop, riskNotRefreshed, spacingFromBase,
        spacingFromFill, layersOfOldBase, layerNotCounted, lastSliceForgotten, decisionLotsIgnored, decisionOrdersIgnored,
        decisionValueIgnored
    // Values, charges and capital.
    case lastPriceForAll, lateCostForgotten, lateCostReversed, repairUnbooked, openedWithoutCharges, closedWithoutCharges, rollChargedOnce,
        exitPriceOfEntry, costOfPartKept, capitalKeyForgotten, capitalKeysNotRead, capitalNotBooked, highIgnoresCapital
    // Storage and processes.
    case failedCommitIsSuccess, epochNotDemanded, trailGap, trailWithoutEpoch, unansweredGateForgotten,
        leavingOrdersForgotten, readAnewInOldEpoch, recoverySkipped, commandKeptWaiting
}

extension Policy {
    /// Whether a bug is switched on.
    @inline(__always)
    public func has(_ mutant: Mutant) -> Bool {
        #if DEBUG || MUTANTS
            return self.mutant == mutant
        #else
            return false
        #endif
    }
}

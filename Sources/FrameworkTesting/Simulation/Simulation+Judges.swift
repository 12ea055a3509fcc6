import MunimKit

/// Those who judge a whole run, once it has come to rest.
extension Simulation {
    /// Everything that the judges look at.
    var evidence: RunEvidence {
        var evidence = RunEvidence(store, broker, policy: stage.policy, desks: stage.desks, trail: trail, at: now)
        evidence.hasTrueClocks = outcome.faults[.clockJumps] == nil && outcome.faults[.clockSkewed] == nil
        return evidence
    }

    func judgeAtRest() {
        let evidence = evidence
        let history = HistoryCheck(evidence)
        for breach in history.breaches { oracle.breach("history", breach) }
        for breach in ReferenceModel.judge(evidence, declined: history.declined) { oracle.breach("model", breach) }
    }
}

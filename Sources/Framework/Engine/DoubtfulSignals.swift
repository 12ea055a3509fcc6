/// Signals whose storing had no certain answer: the lane hears of those that are there.
extension Engine {
    /// Looks for each signal a second after it became doubtful, and again for a few seconds more, as long as the engine runs.
    func settle(_ doubts: Mailbox<Fingerprint>) async {
        await doubts.walk(limit: 256) { batch in
            var open = Set(batch)
            // A commit that is still on its way arrives within seconds; what is not there then was never written.
            var looks = 5
            while !open.isEmpty, looks > 0 {
                guard (try? await parts.clock.sleep(until: parts.clock.now() + .seconds(1))) != nil else { return }
                let query = Query<SignalRecord>(.isIn("fingerprint", open.sorted()))
                guard let found = try? await parts.store.fetch(query) else { continue }
                looks -= 1
                for signal in found {
                    open.remove(signal.fingerprint)
                    if !signal.status.isVerdict { submit(.signal(signal)) }
                }
            }
        }
    }
}

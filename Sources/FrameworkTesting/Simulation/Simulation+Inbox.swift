import MunimKit

/// The sender and the door: signals as a strategy sends them, sent again when no good answer comes.
extension Simulation {
    /// Plans the sending of all signals.
    func sendAll() {
        var sender = SimulatedSender(stage: senderStage, chance: chance.fork())
        for number in 1...max(1, plan.signals) where number <= plan.signals {
            enter(signal: number)
            if happens(.nightFalls) { sender.rest(until: night(after: sender.at)) }
            let (signal, at) = sender.next()
            if use?.isRecording == true { use?.tape.signals.append(signal) }
            guard plan.reduction?.signals?.contains(number) ?? true,
                stage.tradedInstruments.contains(where: { $0.name == signal.instrument })
            else {
                continue
            }
            outcome.signals += 1
            poison(signal)
            send(signal, at: at)
            if happens(.signalRepeated) { send(signal, at: at + chance.span(0, 5_000)) }
            if happens(.signalContradicted) {
                var other = signal
                other.price = Price(units: signal.price.units + 10_000)
                send(other, at: at + chance.span(0, 5_000))
            }
        }
    }

    func send(_ signal: Signal, at: Instant) {
        var at = at
        if happens(.signalReordered) { at = at + chance.span(0, 15_000) }
        if happens(.signalLate) { at = at + (chance.happens(500) ? chance.span(65_000, 95_000) : chance.span(60_000, 1_200_000)) }
        messages += 1
        unanswered.insert(messages)
        schedule.add(.arrive(Message(number: messages, record: SignalRecord(of: signal, at: at))), at: at)
    }

    /// A webhook reaches one of the instances that are up; when none is, it fails at once.
    func arrive(_ message: Message) {
        let up = processes.indices.filter { processes[$0].isUp && !processes[$0].isStopping }
        guard !up.isEmpty, !isDatabaseDown else { return sendAgain(message) }
        if isSquaredOff(before: message) { return sendAgain(message) }
        // A process that dies or is paused does not answer; the sender waits three seconds.
        add(.giveUp(message), after: .seconds(3))
        take(message, at: chance.pick(up))
    }

    private func take(_ message: Message, at index: Int) {
        guard processes[index].pausedUntil == nil else { return }
        var first = message.record
        first.receivedAt = wall(index)
        first.attempts = 1
        trace(7, first.fingerprint.text, index)
        say("\(processes[index].incarnation) gets \(first.signal.content)")
        atDoor[message.number] = (index, false)
        guard !dies(at: index, isDone: false) else { return }
        call(.admit(Message(number: message.number, record: first, attempt: message.attempt)), from: index)
        _ = dies(at: index, isDone: true)
    }

    func conclude(_ message: Message, _ answer: SimulatedProcess.InboxAnswer, at index: Int) {
        guard !dies(at: index, isDone: false) else { return }
        atDoor[message.number] = nil
        oracle.answered(message, answer, store)
        switch answer {
        case .failed: return awaits(message) ? sendAgain(message) : ()
        case .inserted(let record):
            unanswered.remove(message.number)
            handOver(record, from: index)
        case .known(let stored):
            guard let stored, stored.digest != message.record.digest else {
                unanswered.remove(message.number)
                return
            }
            let conflict = ConflictRecord(
                fingerprint: stored.fingerprint, digest: message.record.digest, rawBody: "", receivedAt: message.record.receivedAt)
            call(.contradict(conflict, message), from: index)
        }
    }

    /// A message that contradicts a stored one is kept before its sender is told.
    func conclude(_ message: Message, contradicting conflict: ConflictRecord, isKept: Bool, at index: Int) {
        guard !dies(at: index, isDone: false) else { return }
        guard isKept else { return awaits(message) ? sendAgain(message) : () }
        outcome.marks.insert("conflict stored")
        oracle.answered(with: conflict)
        unanswered.remove(message.number)
    }

    /// The sender has waited long enough for an answer.
    func giveUp(_ message: Message) {
        if awaits(message) { sendAgain(message) }
    }

    /// Whether the sender still waits for the answer to this attempt.
    private func awaits(_ message: Message) -> Bool {
        unanswered.contains(message.number) && attempts[message.number, default: 1] == message.attempt
    }

    /// The signal is told to whoever decides; a hint that is lost costs a sweep.
    private func handOver(_ record: SignalRecord, from index: Int) {
        guard let decider = processes.indices.first(where: { processes[$0].decides }) else { return }
        if decider == index { return put(.signal(record), at: index) }
        guard !happens(.leaseLost) else { return }
        later(decider, .input(.event(.signal(record))), after: chance.span(0, 2), inGeneration: true)
    }

    /// After no answer or a 5xx it is sent again three times, then given up.
    private func sendAgain(_ message: Message) {
        guard message.attempt <= 3 else {
            unanswered.remove(message.number)
            return
        }
        var next = message
        next.attempt += 1
        attempts[message.number] = next.attempt
        add(.arrive(next), after: .seconds(5))
    }
}
